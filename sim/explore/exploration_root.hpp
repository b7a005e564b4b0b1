// Where an exploration starts: at the first explored step after the last upload, which is what it
// is about. The steps before are run once, without cuts; what they asked for is what boots owe.
#pragma once

#include <sim/exploration.hpp>

namespace brownout::sim {

// A graph with the root alone. InputError if there is nothing to explore, or if an expectation
// before it does not hold.
Graph exploration_root(ScenarioMachine& machine, const ExploreOptions& options);

}  // namespace brownout::sim
