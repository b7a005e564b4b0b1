// What the configuration and the images themselves forbid: going back, and going without.
#pragma once

#include <sim/exploration.hpp>

#include <string>

namespace brownout::sim {

// A sentence if an image in a primary slot needs another one, or a newer one, than lies in the
// primary slot of the image that it names; empty if none does, or there is one image only.
std::string unmet_dependency(const ScenarioMachine& machine, const MachineState& state);

// Must the bootloader refuse to install `new_image` over `old_image` (indices of images(); -1: not
// known), whatever is requested? Where it cannot be told, no.
bool must_be_refused(const ScenarioMachine& machine, const MachineState& state,
                     std::int16_t old_image, std::int16_t new_image);

// Does an image that nobody confirms make room for the old one again? Where it does not, every
// upgrade is for good, whatever was requested.
bool can_revert(const ScenarioMachine& machine);

// Is `image` older than `other` by the rule of the configuration? False where going back is
// allowed.
bool goes_back(const ScenarioMachine& machine, std::int32_t image, std::int32_t other);

}  // namespace brownout::sim
