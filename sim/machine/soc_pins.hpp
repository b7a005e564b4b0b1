// Where controllers of a board's SoC lie.
#pragma once

#include <models/soc.hpp>
#include <sim/machine.hpp>

#include <string_view>

namespace brownout::sim {

// The SPIM instance of this name ("spim2"); nullptr: the SoC has none, or is unknown.
const models::SpimInstance* spim_instance(const BoardPlan& board, std::string_view name);

// What no driver or bus of the board's external parts can do, as a sentence; "" if there is
// nothing.
std::string external_problem(const BoardPlan& board);

// The base of a GPIO port such that OUT lies at + 0x504.
std::uint32_t gpio_base(const BoardPlan& board, unsigned port);

}  // namespace brownout::sim
