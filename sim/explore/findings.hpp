// From a node at which a check does not hold to what a person can use: the way there, and a
// scenario that replays it.
#pragma once

#include <sim/check.hpp>
#include <sim/exploration.hpp>

namespace brownout::sim {

// The shortest finding of every check that does not hold somewhere, in the order of `checks`.
std::vector<Finding> find_violations(const Graph& graph, ScenarioMachine& machine,
                                     const std::vector<std::unique_ptr<Check>>& checks);

}  // namespace brownout::sim
