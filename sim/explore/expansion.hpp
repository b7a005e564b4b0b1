// Expands one node: boots it, lets the application act, and collects every state that this or a cut
// of it leaves.
#pragma once

#include "byte_stream.hpp"
#include "edges.hpp"

#include <sim/exploration.hpp>

#include <unordered_set>

namespace brownout::sim {

using KnownNodes = std::unordered_set<NodeKey, NodeKeyHash>;

// The same state and story reached with fewer torn operations, from where as much can happen; or
// `key` itself. nullopt: neither is known.
template <class Container>
std::optional<NodeKey> known_as(const Container& known, NodeKey key)
{
    const std::uint8_t torn_max = key.torn;
    for (key.torn = 0; key.torn <= torn_max; ++key.torn) {
        if (known.find(key) != known.end()) {
            return key;
        }
    }
    return std::nullopt;
}

// What the expansion of a node found, as it travels between processes. New states are written as
// differences, each to the one before it, the first to the node's own state.
struct Expansion {
    std::uint32_t node = 0;
    BootFacts facts;
    NodeKey next;  // after the uncut boot alone
    std::uint64_t edges = 0;
    std::uint64_t boots = 1;
    std::uint64_t network_half_written = 0;  // edges that leave it so
    std::uint32_t new_states = 0;
    std::vector<std::uint8_t> new_state_bytes;
};

// One new state of an expansion.
struct NewState {
    NodeKey key;
    Story story;
    EdgeLabel label;
    std::vector<SectorErases> erases;  // see Node::erases
};

// Boots `node`. States whose key is in `known` are not reported; others are added to it.
Expansion expand(ScenarioMachine& machine, const Graph& graph, const Node& node,
                 std::uint32_t node_index, const CutPlan& plan, KnownNodes& known);

// Calls `take` for every new state of `expansion`, in order; `state` starts as the node's own and
// is brought from one to the next.
void read_new_states(const Expansion& expansion, MachineState state,
                     const std::function<void(const NewState&, const MachineState&)>& take);

void write_expansion(const Expansion& expansion, ByteWriter& to);
Expansion read_expansion(ByteReader& from);

}  // namespace brownout::sim
