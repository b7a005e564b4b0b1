// What an upgrade costs the sectors of its devices.
//
// An upgrade is everything from the first explored step, or from the last upload of the
// application, until boots change nothing any more.
#pragma once

#include <sim/exploration.hpp>

#include <optional>
#include <vector>

namespace brownout::sim {

struct SectorWear {
    std::uint32_t device = 0;
    std::uint64_t offset_bytes = 0;
    std::uint32_t erases = 0;
    std::uint32_t erase_cycles = 0;

    std::uint64_t upgrades() const { return erase_cycles / erases; }
};

// Of the sectors with a known endurance, the one that an upgrade along the way to `node`, and on
// without cuts, wears out first. nullopt: none is erased.
std::optional<SectorWear> most_worn(const Graph& graph, const Node& node, const BoardPlan& board);

// By sector, the most that the way to any node, and on from it without cuts, erases it: in the
// order of devices and offsets; empty if erases were not counted.
std::vector<SectorErases> most_erases(const Graph& graph);

// Over all nodes.
std::optional<WearReport> wear_report(const Graph& graph, const BoardPlan& board);

}  // namespace brownout::sim
