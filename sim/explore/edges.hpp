// The edges of one node: everything that its boot, and what the application may do after it, can
// leave for the next reset.
#pragma once

#include "cut_points.hpp"

#include <sim/exploration.hpp>

#include <functional>

namespace brownout::sim {

// A node as the graph tells nodes apart.
struct NodeKey {
    models::Digest128 digest;
    std::uint64_t story = 0;  // Story::key()
    std::uint8_t torn = 0;    // see Node::torn
    bool operator==(const NodeKey&) const = default;
};

struct NodeKeyHash {
    std::size_t operator()(const NodeKey& key) const
    {
        return static_cast<std::size_t>(key.digest.low ^
                                        ((key.story ^ key.torn) * 0x9E3779B97F4A7C15u));
    }
};

struct Edge {
    EdgeLabel label;
    Story story;
    std::uint8_t torn = 0;
    const MachineState& state;  // as the next reset finds it
};

inline NodeKey key_of(const Node& node)
{
    return {node.state.digest(), node.story.key(), node.torn};
}
inline NodeKey key_of(const Edge& edge)
{
    return {edge.state.digest(), edge.story.key(), edge.torn};
}

// The node that `edge` leads to from node `parent` of `graph`; without Node::erases.
Node node_after(const Edge& edge, const Graph& graph, std::uint32_t parent);

struct BootedNode {
    BootFacts facts;
    std::uint64_t runs = 1;                  // boots and commands of the application
    std::uint64_t network_half_written = 0;  // edges that leave the network image so
};

// Boots `node` and calls `visit` for each of its edges: first the cuts of the boot in their order,
// then the boot alone, then the same for each thing that the application may do. `visit` runs on
// the firmware's stack and must not throw.
BootedNode boot_node(ScenarioMachine& machine, const Graph& graph, const Node& node,
                     const CutPlan& plan, const std::function<void(const Edge&)>& visit);

// The boot alone, without a cut, and without anything that the application may do.
BootFacts boot_uncut(ScenarioMachine& machine, const Graph& graph, const Node& node,
                     const CutPlan& plan, const std::function<void(const Edge&)>& visit);

}  // namespace brownout::sim
