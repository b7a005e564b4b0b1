// What a replay says of checks that no `expect` can say: those that look at more than one boot, or
// at what a boot costs.
#pragma once

#include <sim/scenario_machine.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

// "comes-to-rest: boots go on changing the flash for ever": which of the checks, budgets and rules
// that `explore` of the scenario names do not hold for the boot in its last step, and those after
// it. Runs the steps before. Empty: all hold, or nothing is named, or the last step is no uncut
// reset.
std::vector<std::string> failed_checks(ScenarioMachine& machine);

}  // namespace brownout::sim
