#include "way_graph.hpp"

#include "sector_erases.hpp"

#include <algorithm>

namespace brownout::sim {

Graph root_of(const Graph& graph)
{
    Graph root;
    root.first_step = graph.first_step;
    root.offers_request = graph.offers_request;
    root.offers_confirm = graph.offers_confirm;
    root.nodes.push_back(graph.nodes[0]);
    return root;
}

std::uint32_t boot_ahead(ScenarioMachine& machine, const CutPlan& plan, Graph& graph,
                         std::uint32_t boots_max)
{
    const auto first = static_cast<std::uint32_t>(graph.nodes.size() - 1);
    for (std::uint32_t index = first; index < first + boots_max; ++index) {
        std::optional<Node> next;
        const EraseCounter erases(machine.machine().board(), graph.nodes[index].state,
                                  plan.counts_erases);
        BootFacts facts =
            boot_uncut(machine, graph, graph.nodes[index], plan, [&](const Edge& edge) {
                if (!next) {
                    next = node_after(edge, graph, index);
                    next->erases = erases.since(edge.state);
                }
            });
        Node& node = graph.nodes[index];
        node.facts = std::move(facts);
        node.expanded = true;
        const NodeKey key = key_of(*next);
        const auto same = std::find_if(graph.nodes.begin() + first, graph.nodes.end(),
                                       [&](const Node& seen) { return key_of(seen) == key; });
        node.next = static_cast<std::uint32_t>(same - graph.nodes.begin());
        if (same != graph.nodes.end()) {
            return index - first + 1;
        }
        graph.nodes.push_back(std::move(*next));
    }
    return boots_max;
}

void forget_ahead(Graph& graph, std::uint32_t node)
{
    graph.nodes.resize(node + 1);
    graph.nodes[node].next = kNoNode;
}

}  // namespace brownout::sim
