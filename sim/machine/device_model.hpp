// A device of a board plan as the model that plays it.
#pragma once

#include <models/bus.hpp>
#include <models/flash_array.hpp>
#include <models/part_state.hpp>
#include <models/power_fail.hpp>
#include <models/spi_part.hpp>
#include <sim/machine.hpp>

#include <memory>

namespace brownout::models {
class FlashSecurity;
}  // namespace brownout::models

namespace brownout::sim {

class DeviceModel {
public:
    virtual ~DeviceModel() = default;

    // Puts the registers and the mapped memory of the device on a bus.
    virtual void map(models::Bus& bus) = 0;
    // The cells and part registers that the next run works on; not owned.
    virtual void attach(models::FlashArray& cells, models::PartState& part) = 0;
    // Controller registers to their reset values; those of a part as the kind of reset says.
    virtual void reset(models::ResetKind kind) = 0;
    // Told before reset() whether the run is a boot, for faults that only show there.
    virtual void run_begins(bool /*is_boot*/) {}
    // The comparator that holds off operations when the supply is low; must outlive the device.
    virtual void watch(const models::PowerFailComparator&) {}
    // What answers for the UICR of its SoC; nullptr: no NVMC.
    virtual models::BusTarget* uicr() { return nullptr; }
    // Says which of its flash is non-secure; must outlive the device.
    virtual void set_security(const models::FlashSecurity&) {}
    // Told what happens on the wires of a part; nullptr: nobody. On-chip flash has none.
    virtual void set_wave_observer(models::WaveObserver*) {}
};

// The cells of a device, all erased.
models::FlashArray blank_cells(const DevicePlan& plan);
// The registers of its part as delivered; empty for on-chip flash.
models::PartState blank_part(const DevicePlan& plan);

class SharedControllers;

// The model of a device; parts are wired to controllers of `shared`, which must outlive it.
std::unique_ptr<DeviceModel> make_device_model(const DevicePlan& plan, std::uint32_t device_index,
                                               SharedControllers& shared);

// The record that firmware gets; `board` must outlive its use.
::board board_record(const BoardPlan& board);

}  // namespace brownout::sim
