// Expands a batch of nodes in worker processes.
//
// Workers are forked for each batch, so they see the coordinator's graph and its known states as
// shared pages and need no copy. A worker that dies, whatever the core did to it, is a finding at
// the node it was working on, and the rest of the batch goes on without it.
#pragma once

#include "expansion.hpp"

#include <atomic>
#include <span>

namespace brownout::sim {

struct WorkerBatch {
    ScenarioMachine& machine;
    const Graph& graph;
    std::span<const std::uint32_t> nodes;  // to expand
    const KnownNodes& known;
    const CutPlan& plan;
    unsigned jobs = 1;
};

// Expansions in the order of `batch.nodes`; shorter if `should_stop` became true: then some may be
// missing anywhere, and those there are complete.
std::vector<Expansion> expand_in_workers(const WorkerBatch& batch,
                                         const std::function<bool(std::size_t done)>& should_stop);

}  // namespace brownout::sim
