#include "expansion_workers.hpp"

#include "workers/forked_workers.hpp"

namespace brownout::sim {

namespace {

Expansion dead_expansion(const Graph& graph, std::uint32_t index, const std::string& death)
{
    const Node& node = graph.nodes[index];
    Expansion dead;
    dead.node = index;
    dead.facts.outcome = OutcomeKind::kFirmwareFault;
    dead.facts.text = "the core ended its process: " + death;
    dead.next = key_of(node);
    return dead;
}

std::string bytes_of(const Expansion& expansion)
{
    ByteWriter body;
    write_expansion(expansion, body);
    return {body.bytes.begin(), body.bytes.end()};
}

}  // namespace

std::vector<Expansion> expand_in_workers(const WorkerBatch& batch,
                                         const std::function<bool(std::size_t)>& should_stop)
{
    std::vector<Expansion> expansions;
    std::optional<KnownNodes> known;  // of each worker, its own
    run_in_workers(
        batch.nodes.size(), batch.jobs,
        [&](std::size_t index) {
            if (!known) {
                known = batch.known;
            }
            const std::uint32_t node = batch.nodes[index];
            return bytes_of(expand(batch.machine, batch.graph, batch.graph.nodes[node], node,
                                   batch.plan, *known));
        },
        [&](std::size_t index, const WorkResult& result) {
            const std::uint32_t node = batch.nodes[index];
            if (!result.answer) {
                expansions.push_back(dead_expansion(batch.graph, node, result.death));
                return;
            }
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(result.answer->data());
            ByteReader body({bytes, result.answer->size()});
            Expansion expansion = read_expansion(body);
            const bool whole = !body.failed && body.left.empty() && expansion.node == node;
            expansions.push_back(
                whole ? std::move(expansion)
                      : dead_expansion(batch.graph, node, "damaged memory of the simulator"));
        },
        [&] { return should_stop(expansions.size()); });
    return expansions;
}

}  // namespace brownout::sim
