// A fiber with a platform around it that writes down what the firmware tells.
#pragma once

#include "images/sample_commands.h"

#include <sim/firmware.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace brownout::sim {

inline std::string image_path(const std::string& name)
{
    return std::string(TEST_FIRMWARE_FOLDER) + "/" + name;
}

class FirmwareRun {
public:
    explicit FirmwareRun(Firmware& firmware) : fiber_(FirmwareFiber::create(firmware))
    {
        io_.struct_bytes = sizeof io_;
        io_.context = this;
        io_.write32 = [](void* context, std::uint32_t, std::uint32_t value) {
            static_cast<FirmwareRun*>(context)->value_ = value;
        };
        io_.wait_us = [](void* context, std::uint32_t microseconds) {
            static_cast<FirmwareRun*>(context)->wait(microseconds);
        };
        io_.mem_write = [](void* context, std::uint32_t what, const void* pointer, std::uint32_t) {
            static_cast<FirmwareRun*>(context)->note(what, pointer);
        };
        platform_.struct_bytes = sizeof platform_;
        platform_.io = &io_;
        platform_.command = &command_;
    }

    void start(std::uint32_t what, std::uint32_t argument = 0, std::uint64_t noise_seed = 0)
    {
        command_.area_id = what;
        command_.image_index = argument;
        fiber_->start(platform_, noise_seed);
    }

    // start() and run to the first event.
    FiberEvent run(std::uint32_t what, std::uint32_t argument = 0, std::uint64_t noise_seed = 0)
    {
        start(what, argument, noise_seed);
        return fiber_->resume();
    }

    FirmwareFiber& fiber() { return *fiber_; }
    std::uint32_t value() const { return value_; }
    const void* address(sample_address what) const { return addresses_[what]; }

private:
    void wait(std::uint32_t microseconds)
    {
        fiber_->enter_platform();
        if (microseconds > 0) {
            fiber_->suspend();
        }
        fiber_->leave_platform();
    }

    void note(std::uint32_t what, const void* pointer)
    {
        fiber_->enter_platform();
        if (command_.area_id == FAULT_IN_PLATFORM) {
            value_ = *static_cast<const volatile std::uint8_t*>(pointer);
        }
        addresses_[what] = pointer;
        fiber_->leave_platform();
    }

    boot_io io_{};
    app_command command_{};
    boot_platform platform_{};
    std::uint32_t value_ = 0;
    std::array<const void*, ADDRESS_KINDS> addresses_{};
    std::unique_ptr<FirmwareFiber> fiber_;
};

}  // namespace brownout::sim
