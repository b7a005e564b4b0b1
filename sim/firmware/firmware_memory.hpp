// The memory of one loaded firmware image, as host memory and as device windows.
//
//   flash   read-only and RELRO segments, packed in their order from the flash address
//   RAM     writable segments, then the state block, then the stack, from the RAM address
//
// Distances modulo 64 bytes are kept, so alignment is the same on both sides. Below the stack of
// the firmware lies room for the host's side of platform calls, which has no device address; below
// that, and above the stack, a guard.
#pragma once

#include "firmware/elf_file.hpp"

#include <models/bus.hpp>

#include <sim/firmware.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// Half-open.
struct AddressRange {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;

    bool holds(std::uintptr_t address) const { return address >= begin && address < end; }
    std::size_t size_bytes() const { return end - begin; }
};

struct StackLayout {
    AddressRange guard;     // touching it is a stack overflow
    AddressRange platform;  // for platform calls that start on the last byte of the stack
    AddressRange stack;     // the firmware's own: RAM with device addresses

    // All that a stack pointer may legally be in.
    AddressRange usable() const { return {platform.begin, stack.end}; }
};

class FirmwareMemory {
public:
    // Takes the present content of the writable segments as their power-on content. `file` must
    // outlive this. InputError: more RAM than the placement has.
    FirmwareMemory(const ElfFile& file, std::uintptr_t bias, const boot_firmware& table,
                   const FirmwarePlacement& placement, const std::filesystem::path& path);
    ~FirmwareMemory();
    FirmwareMemory(const FirmwareMemory&) = delete;
    FirmwareMemory& operator=(const FirmwareMemory&) = delete;

    void restore_segments() noexcept;
    // Noise for a seed, zeroes for 0: state and stack have no power-on content.
    void fill_no_init(std::uint64_t noise_seed) noexcept;

    const std::vector<models::MemoryWindow>& windows() const { return windows_; }
    void* state() const { return reinterpret_cast<void*>(state_.begin); }
    const StackLayout& stack() const { return stack_; }
    bool holds_code(std::uintptr_t address) const;
    const std::vector<AddressRange>& code() const { return code_; }

    // See Firmware::symbol_at().
    std::optional<std::string> symbol_at(std::uintptr_t address) const;
    std::optional<std::uint32_t> device_address(std::uintptr_t address) const;

private:
    struct PowerOnContent {
        AddressRange range;
        std::vector<std::uint8_t> bytes;
    };

    void map_state_and_stack(std::uint32_t state_bytes, std::uint32_t stack_bytes);
    void add_segments();
    void add_window(AddressRange range, bool is_ram, std::uint32_t& next, std::string label);
    std::string main_section(AddressRange range) const;
    std::string segment_symbol(std::uint64_t link_address) const;

    const ElfFile& file_;
    std::uintptr_t bias_;
    std::string name_;
    AddressRange mapping_;  // guard, platform room, stack, guard, state, guard
    StackLayout stack_;
    AddressRange state_;
    std::uint32_t next_flash_;
    std::uint32_t next_ram_;
    std::vector<models::MemoryWindow> windows_;
    std::vector<AddressRange> code_;
    std::vector<PowerOnContent> power_on_;
};

}  // namespace brownout::sim
