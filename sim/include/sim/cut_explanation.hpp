// What the calls are for at which a scenario cuts the power: the "why" under the "where" of a
// finding.
#pragma once

#include <sim/scenario.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

// For every power cut in the steps of `scenario`, in their order: one sentence about the call that
// it prevents or interrupts, as if the power had held; "" where the run ends before that call, or
// something cannot be loaded any more. Runs the scenario once for each cut.
std::vector<std::string> explain_cuts(const Scenario& scenario);

}  // namespace brownout::sim
