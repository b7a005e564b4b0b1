// A firmware image in this process: the file, its code, its memory.
#pragma once

#include "firmware/elf_file.hpp"
#include "firmware/firmware_memory.hpp"
#include "firmware/shared_object.hpp"

#include <sim/firmware.hpp>

#include <optional>

namespace brownout::sim {

class LoadedFirmware final : public Firmware {
public:
    LoadedFirmware(const std::filesystem::path& path, const FirmwarePlacement& placement);

    const boot_firmware& table() const noexcept override { return table_; }
    const std::filesystem::path& path() const noexcept override { return path_; }
    std::vector<models::MemoryWindow> windows() const override { return memory_->windows(); }
    std::optional<std::string> symbol_at(const void* host_address) const override;

    FirmwareMemory& memory() { return *memory_; }
    const FirmwareMemory& memory() const { return *memory_; }

    // The one run whose memory this is: a later start() ends an earlier run.
    const void* current_run = nullptr;

private:
    void read_table();
    void check_table(const boot_firmware* table) const;
    std::string read_name(const char* name, const char* field) const;
    bool holds(const void* pointer, std::size_t size_bytes) const;

    std::filesystem::path path_;
    ElfFile file_;
    std::unique_ptr<SharedObject> object_;
    std::unique_ptr<FirmwareMemory> memory_;
    boot_firmware table_{};  // a copy: firmware cannot spoil it
    std::string name_;
    std::string release_;
};

}  // namespace brownout::sim
