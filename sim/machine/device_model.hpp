// A device of a board plan as the model that plays it.
#pragma once

#include <models/bus.hpp>
#include <models/flash_array.hpp>
#include <sim/machine.hpp>

#include <memory>

namespace brownout::sim {

class DeviceModel {
public:
    virtual ~DeviceModel() = default;

    // Puts the registers and the mapped memory of the device on a bus.
    virtual void map(models::Bus& bus) = 0;
    // The cells that the next run works on; not owned.
    virtual void attach(models::FlashArray& cells) = 0;
    // Registers to their reset values.
    virtual void reset() = 0;
};

// The cells of a device, all erased.
models::FlashArray blank_cells(const DevicePlan& plan);

std::unique_ptr<DeviceModel> make_device_model(const DevicePlan& plan, std::uint32_t device_index);

// The record that firmware gets; `board` must outlive its use.
::board board_record(const BoardPlan& board);

}  // namespace brownout::sim
