// Minimisation: from a way to a violation to the simplest one that can be found.
//
// Simpler is, in this order: fewer cuts; a plainer kind of cut (power lost between two calls,
// inside a call, a torn operation, a reset of the microcontroller alone); fewer runs; earlier ones.
// What is tried: to leave out each run, and to replace each by every simpler one from the same
// state, the rest of the way unchanged; again from the start after every success, until nothing
// simpler is found or the boots allowed are used up. It is the same whatever the number of workers.
#pragma once

#include "edges.hpp"
#include "failure.hpp"

#include <sim/check.hpp>

#include <compare>

namespace brownout::sim {

// Boots that one minimisation may take.
inline constexpr std::uint32_t kMinimisingBootsMax = 600;

struct PathCost {
    std::uint32_t cuts = 0;
    std::uint32_t kinds = 0;  // of cuts, the plainer the less
    std::uint32_t runs = 0;
    std::vector<std::uint64_t> places;  // where each run is cut

    auto operator<=>(const PathCost&) const = default;
};

PathCost cost_of(const std::vector<EdgeLabel>& path);

// Whether the check fails at a node with this key, for those that are known; may be empty.
using KnownVerdict = std::function<std::optional<bool>(const NodeKey&)>;

struct SimplestPath {
    Failure failure;                 // at its end
    std::vector<std::string> trace;  // for people, with the boot at its end
    std::uint32_t tried = 0;         // ways
};

// `path`: edges from `root` to a node at which `check` fails. nullopt if following it does not lead
// there.
std::optional<SimplestPath> simplest_path(ScenarioMachine& machine, const Graph& graph,
                                          const CutPlan& plan, const Check& check,
                                          const std::vector<EdgeLabel>& path,
                                          const KnownVerdict& known);

// "cut before call 12; completes; cut in op 300, torn"
std::string path_words(const std::vector<EdgeLabel>& path);

}  // namespace brownout::sim
