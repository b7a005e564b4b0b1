// The way to a node, as a scenario and as text.
#include "app_actions.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

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
        if (cut->time) {
            where.where.at = PowerCut::At::kTime;
            where.where.time = *cut->time;
        }
        where.where.tear = cut->tear;
        where.where.kind = cut->reset;
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

void add_edge(std::vector<Step>& steps, const ScenarioMachine& machine, const EdgeLabel& label)
{
    switch (label.run) {
    case RunKind::kBoot:
        steps.push_back(reset_step(label.is_cut ? &label : nullptr));
        break;
    case RunKind::kRequest:
        add_application_step(steps, request_step(label.permanent), label);
        break;
    case RunKind::kConfirm:
        add_application_step(steps, ConfirmStep{}, label);
        break;
    case RunKind::kUpload:
        steps.push_back(reset_step(nullptr));
        steps.push_back(Step{{}, upload_step(machine, label.image)});
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
        const RunReport boot = machine.machine().boot(state);
        const app_command command =
            node.label.run == RunKind::kRequest
                ? command_of(request_step(node.label.permanent))
                : command_of(ConfirmStep{}, machine.scenario().boot.strategy, boot.outcome);
        calls = calls_of_command(machine, state, command);
    }
    if (node.label.call >= calls.size()) {
        return fmt::format("call {}", node.label.call);
    }
    return call_text(machine.machine().board(), calls[node.label.call]);
}

std::string run_text(const ScenarioMachine& machine, const EdgeLabel& label)
{
    switch (label.run) {
    case RunKind::kBoot:
        break;
    case RunKind::kRequest:
        return "boot, then request the upgrade";
    case RunKind::kConfirm:
        return "boot, then confirm";
    case RunKind::kUpload:
        return "boot, then upload " + upload_step(machine, label.image).image;
    }
    return "boot";
}

std::string edge_text(const Graph& graph, ScenarioMachine& machine, const Node& node)
{
    const EdgeLabel& label = node.label;
    const std::string what = run_text(machine, label);
    if (!label.is_cut) {
        return fmt::format("{}: completes", what);
    }
    const std::string call = cut_call_text(graph, machine, node);
    const char* cut = label.reset == models::ResetKind::kPowerOn ? "power fails" : "MCU is reset";
    std::string text =
        label.time ? fmt::format("{}: {}   <- {} at {:.6f} s, while a part is busy", what, call,
                                 cut, models::seconds(*label.time))
        : label.at_call_start ? fmt::format("{}: {}   <- {} before this call", what, call, cut)
        : label.tear.kind == models::TearKind::kNotStarted
            ? fmt::format("{}: {}   <- {} inside it, before op {}", what, call, cut,
                          label.operation)
            : fmt::format("{}: {}   <- {} in op {}, which leaves {} ({} {} of {})", what, call, cut,
                          label.operation, models::tear_model(label.tear.kind).leaves(),
                          models::tear_model(label.tear.kind).name(), label.tear.sample,
                          label.tear.samples);
    if (label.marginal) {
        text += fmt::format("; undefined bits read {}",
                            name_of(marginal_level_names(), *label.marginal));
    }
    return text;
}

}  // namespace

Scenario path_scenario(const Graph& graph, const ScenarioMachine& machine, std::uint32_t node)
{
    Scenario path = machine.scenario();
    path.explore.reset();
    path.app.reset();
    path.steps.erase(path.steps.begin() + static_cast<std::ptrdiff_t>(graph.first_step),
                     path.steps.end());
    std::optional<models::MarginalLevels> marginal;
    for (const Node* step : path_to(graph, node)) {
        const std::size_t first = path.steps.size();
        add_edge(path.steps, machine, step->label);
        std::get<ResetStep>(path.steps[first].action).marginal = marginal;
        marginal = step->label.marginal;
    }
    return path;
}

std::vector<std::string> path_text(const Graph& graph, ScenarioMachine& machine, std::uint32_t node)
{
    std::vector<std::string> lines;
    for (const Node* step : path_to(graph, node)) {
        lines.push_back(edge_text(graph, machine, *step));
    }
    return lines;
}

}  // namespace brownout::sim
