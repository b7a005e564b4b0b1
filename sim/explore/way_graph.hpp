// Graphs that hold the nodes of one way instead of all: of a random walk, or of a way that
// minimisation tries.
#pragma once

#include "edges.hpp"

namespace brownout::sim {

// A state that changes for longer than this many boots is taken for one that comes to rest.
inline constexpr std::uint32_t kBootsAheadMax = 12;

// A graph with the root of `graph` alone.
Graph root_of(const Graph& graph);

// Boots the last node of `graph`, and on, without a cut, until a state comes again or `boots_max`
// are done: what checks that look ahead ask for. Sets the facts and Node::next of that node, and
// appends those that follow it. How many boots it took.
std::uint32_t boot_ahead(ScenarioMachine& machine, const CutPlan& plan, Graph& graph,
                         std::uint32_t boots_max);

// Forgets what follows `node`.
void forget_ahead(Graph& graph, std::uint32_t node);

}  // namespace brownout::sim
