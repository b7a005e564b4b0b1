// A way through a graph: the edges from its root, one after the other.
#pragma once

#include <sim/exploration.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

// An edge with the state that its run starts from.
struct PathStep {
    MachineState from;
    EdgeLabel label;
};

std::vector<EdgeLabel> path_to(const Graph& graph, std::uint32_t node);

// In lines for people, one per boot; runs boots to name the calls.
std::vector<std::string> path_text(ScenarioMachine& machine, const std::vector<PathStep>& path);

}  // namespace brownout::sim
