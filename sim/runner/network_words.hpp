// What is expected of the network core after a boot.
#pragma once

#include <sim/scenario_machine.hpp>

namespace brownout::sim {

// A sentence if it does something else than ExpectStep::network_core says.
std::optional<std::string> network_core_otherwise(const ScenarioMachine& machine,
                                                  const MachineState& state,
                                                  const RunReport& report,
                                                  const ExpectStep& expect);

}  // namespace brownout::sim
