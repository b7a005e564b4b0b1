#include "findings.hpp"

#include <sim/runner.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

Scenario repro_of(const Graph& graph, const ScenarioMachine& machine, const Check& check,
                  std::uint32_t node)
{
    Scenario repro = path_scenario(graph, machine, node);
    repro.name += ": " + std::string(check.name());
    ResetStep last;
    last.marginal = graph.nodes[node].label.marginal;
    repro.steps.push_back(Step{{}, last});
    repro.steps.push_back(Step{{}, check.expectation(graph, graph.nodes[node], machine)});
    return repro;
}

std::vector<std::string> trace_of(const Graph& graph, ScenarioMachine& machine, std::uint32_t node)
{
    std::vector<std::string> lines = path_text(graph, machine, node);
    const BootFacts& facts = graph.nodes[node].facts;
    for (const std::string& error : facts.errors) {
        lines.push_back("boot: E: " + error);
    }
    lines.push_back("boot: " + facts.text);
    return lines;
}

}  // namespace

std::vector<Finding> find_violations(const Graph& graph, ScenarioMachine& machine,
                                     const std::vector<std::unique_ptr<Check>>& checks)
{
    std::vector<Finding> findings;
    for (const auto& check : checks) {
        std::optional<Finding> first;
        for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
            const Node& node = graph.nodes[i];
            if (!node.expanded) {
                continue;
            }
            auto sentence = check->judge(graph, node);
            if (!sentence) {
                continue;
            }
            if (first && first->cuts <= node.depth) {
                ++first->count;
                continue;
            }
            Finding finding;
            finding.check = check->name();
            finding.sentence = std::move(*sentence);
            finding.node = i;
            finding.count = first ? first->count + 1 : 1;
            finding.cuts = node.depth;
            first = std::move(finding);
        }
        if (first) {
            first->trace = trace_of(graph, machine, first->node);
            first->repro = repro_of(graph, machine, *check, first->node);
            findings.push_back(std::move(*first));
        }
    }
    return findings;
}

}  // namespace brownout::sim
