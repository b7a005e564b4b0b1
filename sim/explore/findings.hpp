// From nodes at which a check does not hold to what a person can use: the simplest way to one of
// them, and a scenario that replays it.
#pragma once

#include "edges.hpp"
#include "failure.hpp"

#include <sim/check.hpp>

#include <unordered_map>

namespace brownout::sim {

struct Judged {
    const Graph& graph;
    ScenarioMachine& machine;
    const CutPlan& plan;
    const std::vector<std::unique_ptr<Check>>& checks;
    const std::unordered_map<NodeKey, std::uint32_t, NodeKeyHash>& index_of;  // nodes of `graph`
    unsigned jobs = 1;
    const std::atomic<bool>& stop;  // findings stay as they were found
};

// A check that fails, as it was found.
struct RawFinding {
    const Check* check = nullptr;
    Failure failure;
    std::uint32_t node = 0;          // see Finding
    std::uint64_t count = 1;         // likewise
    std::vector<std::string> trace;  // if no simpler way can be looked for
};

// Looks for simpler ways to each, and makes of them what a person can use.
std::vector<Finding> minimised_findings(const Judged& judged, std::vector<RawFinding> raw);

// The simplest finding of every check that does not hold somewhere, in the order of `checks`.
std::vector<Finding> find_violations(const Judged& judged);

}  // namespace brownout::sim
