// An io table that writes down what firmware asks of the hardware and answers as told.
#pragma once

#include <boot/io.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace brownout {

class IoRecorder {
public:
    IoRecorder()
    {
        io.struct_bytes = sizeof io;
        io.version = BOOT_IO_VERSION;
        io.context = this;
        io.read32 = [](void* self, std::uint32_t address) {
            return of(self).note("read 0x%08X", address), of(self).register_value;
        };
        io.write32 = [](void* self, std::uint32_t address, std::uint32_t value) {
            of(self).note("write 0x%08X 0x%X", address, value);
        };
        io.poll32 = [](void* self, std::uint32_t address, std::uint32_t mask,
                       std::uint32_t expected, std::uint32_t) {
            of(self).note("poll 0x%08X %u %u", address, mask, expected);
            return true;
        };
        io.write_words = [](void* self, std::uint32_t address, const void*, std::uint32_t count,
                            std::uint32_t ready, std::uint32_t mask) {
            of(self).note("words 0x%08X %u ready 0x%08X %u", address, count, ready, mask);
        };
        io.mem_read = [](void* self, std::uint32_t address, void* to, std::uint32_t count) {
            of(self).note("mem_read 0x%08X %u", address, count);
            std::memset(to, 0xA5, count);
        };
        io.dma_address = [](void* self, const void* pointer) {
            return of(self).dma_address(pointer);
        };
        io.area_begin = [](void* self, io_area_call call, std::uint32_t area, std::uint32_t offset,
                           std::uint32_t count) {
            of(self).note("begin %d area %u 0x%X %u", static_cast<int>(call), area, offset, count);
        };
        io.area_end = [](void* self, int result) { of(self).note("end %d", result); };
    }
    IoRecorder(const IoRecorder&) = delete;
    IoRecorder& operator=(const IoRecorder&) = delete;

    std::vector<std::string> take()
    {
        std::vector<std::string> taken;
        taken.swap(calls);
        return taken;
    }

    boot_io io{};
    std::vector<std::string> calls;
    std::uint32_t register_value = 0;
    std::function<std::uint32_t(const void*)> dma_address = [](const void*) {
        return IO_ADDRESS_NONE;
    };

    __attribute__((format(printf, 2, 3))) void note(const char* format, ...)
    {
        char line[96];
        va_list arguments;
        va_start(arguments, format);
        std::vsnprintf(line, sizeof line, format, arguments);
        va_end(arguments);
        calls.emplace_back(line);
    }

private:
    static IoRecorder& of(void* self) { return *static_cast<IoRecorder*>(self); }
};

}  // namespace brownout
