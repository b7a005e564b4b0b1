// The graph of an exploration, small enough to look at.
//
// States that look alike (as many power cuts, the same story of the application, the same outcome
// of the next boot) are drawn as one, with their number. States on the way to a finding stay
// single. An exploration keeps of each state the first way that led to it and where its uncut boot
// leads; these are the edges.
#pragma once

#include <sim/exploration.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::sim {

// One state, or several that look alike.
struct DrawnState {
    std::uint32_t first_node = 0;  // index in Graph::nodes
    std::uint64_t states = 1;
    std::uint32_t depth = 0;      // power cuts on the way here; of several the fewest
    std::uint32_t depth_max = 0;  // and the most
    Story story;
    std::string next_boot;    // what it ends in: "2.0.0 (v2)", "no image", "not booted yet"
    std::int16_t image = -1;  // that it starts, in ScenarioMachine::images(); -1: none of them
    bool at_rest = false;     // the next boot changes nothing
    bool booted = true;       // false: the exploration ended before
    bool on_way_to_finding = false;
    std::string broken_check;  // the first check that does not hold here; empty: all hold
};

struct DrawnEdge {
    enum class Kind { kCompletes, kCut, kTorn, kMcuReset };
    std::uint32_t from = 0;  // indices in StateGraph::states
    std::uint32_t to = 0;
    Kind kind = Kind::kCut;
    RunKind run = RunKind::kBoot;
    std::uint64_t states = 1;      // that are found this way
    std::uint32_t first_call = 0;  // of the cuts
    std::uint32_t last_call = 0;
    bool on_way_to_finding = false;
};

struct StateGraph {
    std::vector<DrawnState> states;  // the first is where the exploration starts
    std::vector<DrawnEdge> edges;
    std::uint64_t nodes = 0;     // of the exploration
    bool merges_depths = false;  // there were too many even so: any number of cuts looks alike
};

StateGraph state_graph(const ScenarioMachine& machine, const Exploration& exploration,
                       const Graph& graph);

// "441 states drawn as 30: ..."
std::string state_graph_summary(const StateGraph& graph);

// For Graphviz: dot -Tsvg.
std::string state_graph_dot(const ScenarioMachine& machine, const Exploration& exploration,
                            const StateGraph& graph);

}  // namespace brownout::sim
