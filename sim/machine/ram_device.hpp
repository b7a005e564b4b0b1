// RAM as a device of a board: its bytes are in the machine's state, so they survive what a warm
// reset survives, and a copy of the state has them.
#pragma once

#include "device_model.hpp"

namespace brownout::sim {

std::unique_ptr<DeviceModel> make_ram_device(const DevicePlan& plan);
models::FlashGeometry ram_geometry(const DevicePlan& plan);

}  // namespace brownout::sim
