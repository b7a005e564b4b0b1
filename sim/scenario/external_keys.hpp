// External parts in board files, and what a scenario changes about them.
#pragma once

#include "key_table.hpp"

#include <sim/scenario.hpp>

#include <string>

namespace brownout::sim {

// `part`, `bus`, `driver`, `times`, `faults` of a device.
std::vector<Key<DevicePlan>> external_device_keys();

// `devices:` of a scenario: changes to external parts of its board.
Key<Scenario> device_changes_key();

// "P0.17", "8 MHz": as they are read.
std::string pin_text(const PinPlan& pin);
std::string frequency_text(std::uint32_t hz);

}  // namespace brownout::sim
