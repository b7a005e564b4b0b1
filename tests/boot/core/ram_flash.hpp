// A flash device in RAM that remembers every write and erase, with the io table to go with it.
#pragma once

#include <boot/flash.h>
#include <boot/io.h>

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::boot_test {

struct RamOperation {
    char kind = 'W';  // or 'E'
    std::uint32_t offset_bytes = 0;
    std::uint32_t byte_count = 0;

    bool operator==(const RamOperation&) const = default;
};

// Thrown by io halt: an assertion or a panic of the firmware.
struct Halted {
    std::string where;
};

// Thrown by a RamFlash instead of the operation at which the power fails.
struct PowerLost {};

// Collects log lines, halts by throwing.
class TestIo {
public:
    TestIo();
    TestIo(const TestIo&) = delete;
    TestIo& operator=(const TestIo&) = delete;

    const boot_io* table() const { return &table_; }
    std::vector<std::string> log;

private:
    boot_io table_{};
};

class RamFlash {
public:
    RamFlash(const boot_io* io, std::vector<flash_sector_run> runs, std::uint32_t write_unit_bytes,
             bool needs_erase = true);
    RamFlash(const RamFlash&) = delete;
    RamFlash& operator=(const RamFlash&) = delete;

    flash_area area(flash_role role, std::uint32_t offset_bytes, std::uint32_t size_bytes,
                    std::uint32_t image_index = 0) const;
    const flash_device* device() const { return &device_; }

    std::vector<std::uint8_t> bytes;
    std::vector<RamOperation> operations;
    long* operations_left = nullptr;  // PowerLost when it is 0; nullptr: never

private:
    std::vector<flash_sector_run> runs_;
    flash_device device_{};
};

}  // namespace brownout::boot_test
