// What contradicts what in the slots: sentences for people, in AreaReport::inconsistencies.
#pragma once

#include <sim/inspection.hpp>

namespace brownout::sim {

void find_inconsistencies(const ScenarioMachine& machine, Inspection& inspection);

}  // namespace brownout::sim
