#include "ram_flash.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <utility>

namespace brownout::boot_test {
namespace {

RamFlash& flash_of(const flash_device* device)
{
    return *static_cast<RamFlash*>(const_cast<void*>(device->options));
}

void count(const RamFlash& flash)
{
    if (flash.operations_left != nullptr && (*flash.operations_left)-- == 0) {
        throw PowerLost();
    }
}

int start_ram(const flash_device*)
{
    return FLASH_OK;
}

int read_ram(const flash_device* device, std::uint32_t offset, void* destination,
             std::uint32_t byte_count)
{
    std::memcpy(destination, flash_of(device).bytes.data() + offset, byte_count);
    return FLASH_OK;
}

int write_ram(const flash_device* device, std::uint32_t offset, const void* source,
              std::uint32_t byte_count)
{
    RamFlash& flash = flash_of(device);
    count(flash);
    flash.operations.push_back({'W', offset, byte_count});
    std::memcpy(flash.bytes.data() + offset, source, byte_count);
    return FLASH_OK;
}

int erase_ram(const flash_device* device, std::uint32_t offset, std::uint32_t byte_count)
{
    RamFlash& flash = flash_of(device);
    count(flash);
    flash.operations.push_back({'E', offset, byte_count});
    std::fill_n(flash.bytes.begin() + offset, byte_count, device->erased_value);
    return FLASH_OK;
}

// A unit is written once: the same store, of a part of it.
constexpr flash_driver kRamDriver = {start_ram, read_ram, write_ram, erase_ram, write_ram};

void add_line(void* context, io_log_level, const char* format, va_list arguments)
{
    char line[256];
    std::vsnprintf(line, sizeof line, format, arguments);
    static_cast<TestIo*>(context)->log.emplace_back(line);
}

}  // namespace

TestIo::TestIo()
{
    table_.struct_bytes = sizeof table_;
    table_.version = BOOT_IO_VERSION;
    table_.context = this;
    table_.area_begin = [](void*, io_area_call, std::uint32_t, std::uint32_t, std::uint32_t) {};
    table_.area_end = [](void*, int) {};
    table_.log = add_line;
    table_.halt = [](void*, io_halt_reason, const char* where) { throw Halted{where}; };
}

RamFlash::RamFlash(const boot_io* io, std::vector<flash_sector_run> runs,
                   std::uint32_t write_unit_bytes, bool needs_erase)
    : runs_(std::move(runs))
{
    std::uint32_t size = 0;
    for (const flash_sector_run& run : runs_) {
        size += run.sector_size_bytes * run.sector_count;
    }
    bytes.assign(size, 0xFF);
    device_.io = io;
    device_.driver = &kRamDriver;
    device_.mapped_address = IO_ADDRESS_NONE;
    device_.size_bytes = size;
    device_.write_unit_bytes = write_unit_bytes;
    device_.erased_value = 0xFF;
    device_.needs_erase = needs_erase;
    device_.sector_run_count = static_cast<std::uint32_t>(runs_.size());
    device_.sector_runs = runs_.data();
    device_.options = this;
}

flash_area RamFlash::area(flash_role role, std::uint32_t offset_bytes, std::uint32_t size_bytes,
                          std::uint32_t image_index) const
{
    flash_area area{};
    area.device = &device_;
    area.id = static_cast<std::uint32_t>(role) + 1;
    area.role = role;
    area.image_index = image_index;
    area.device_offset_bytes = offset_bytes;
    area.size_bytes = size_bytes;
    return area;
}

}  // namespace brownout::boot_test
