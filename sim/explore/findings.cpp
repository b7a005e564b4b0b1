#include "findings.hpp"

#include <sim/runner.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// Edges from the root to `node`.
std::vector<const Node*> path_to(const Graph& graph, std::uint32_t node)
{
    std::vector<const Node*> path;
    while (graph.nodes[node].parent != kNoNode) {
        path.push_back(&graph.nodes[node]);
        node = graph.nodes[node].parent;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

Step reset_step(const EdgeLabel* cut)
{
    ResetStep reset;
    if (cut != nullptr) {
        StepCut where;
        where.where.at = cut->at_call_start ? PowerCut::At::kCall : PowerCut::At::kOperation;
        where.where.index = cut->at_call_start ? cut->call : cut->operation;
        reset.cut = where;
    }
    return Step{{}, reset};
}

template <class ApplicationStep>
void add_application_step(std::vector<Step>& steps, ApplicationStep step, const EdgeLabel& label)
{
    steps.push_back(reset_step(nullptr));
    if (label.is_cut) {
        step.cut = std::get<ResetStep>(reset_step(&label).action).cut;
    }
    steps.push_back(Step{{}, step});
}

void add_edge(std::vector<Step>& steps, const Graph& graph, const EdgeLabel& label)
{
    switch (label.run) {
    case RunKind::kBoot:
        steps.push_back(reset_step(label.is_cut ? &label : nullptr));
        break;
    case RunKind::kRequest: {
        RequestUpgradeStep request;
        request.permanent = graph.permanent;
        add_application_step(steps, request, label);
        break;
    }
    case RunKind::kConfirm:
        add_application_step(steps, ConfirmStep{}, label);
        break;
    }
}

// The call that the power cut of an edge met, in words.
std::string cut_call_text(const Graph& graph, ScenarioMachine& machine, const Node& node)
{
    MachineState state = graph.nodes[node.parent].state;
    std::vector<Call> calls;
    if (node.label.run == RunKind::kBoot) {
        calls = calls_of_boot(machine, state);
    } else {
        RequestUpgradeStep request;
        request.permanent = graph.permanent;
        const RunReport boot = machine.machine().boot(state);
        const app_command command =
            node.label.run == RunKind::kRequest
                ? command_of(request)
                : command_of(ConfirmStep{}, machine.scenario().boot.strategy, boot.outcome);
        calls = calls_of_command(machine, state, command);
    }
    if (node.label.call >= calls.size()) {
        return fmt::format("call {}", node.label.call);
    }
    return call_text(machine.machine().board(), calls[node.label.call]);
}

std::string edge_text(const Graph& graph, ScenarioMachine& machine, const Node& node)
{
    const EdgeLabel& label = node.label;
    const char* what = label.run == RunKind::kBoot      ? "boot"
                       : label.run == RunKind::kRequest ? "boot, then request the upgrade"
                                                        : "boot, then confirm";
    if (!label.is_cut) {
        return fmt::format("{}: completes", what);
    }
    const std::string call = cut_call_text(graph, machine, node);
    return label.at_call_start ? fmt::format("{}: {}   <- power fails before this call", what, call)
                               : fmt::format("{}: {}   <- power fails inside it, before op {}",
                                             what, call, label.operation);
}

Scenario repro_of(const Graph& graph, const ScenarioMachine& machine, const Check& check,
                  std::uint32_t node)
{
    const Scenario& original = machine.scenario();
    Scenario repro = original;
    repro.name = original.name + ": " + std::string(check.name());
    repro.explore.reset();
    repro.steps.assign(original.steps.begin(),
                       original.steps.begin() + static_cast<std::ptrdiff_t>(graph.first_step));
    for (const Node* step : path_to(graph, node)) {
        add_edge(repro.steps, graph, step->label);
    }
    repro.steps.push_back(reset_step(nullptr));
    repro.steps.push_back(Step{{}, check.expectation(graph, graph.nodes[node], machine)});
    return repro;
}

std::vector<std::string> trace_of(const Graph& graph, ScenarioMachine& machine, std::uint32_t node)
{
    std::vector<std::string> lines;
    for (const Node* step : path_to(graph, node)) {
        lines.push_back(edge_text(graph, machine, *step));
    }
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
