// The way to a node, as a scenario and as text.
#include "node_path.hpp"

#include "app_actions.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// Edges from the root to `node`, each with the node it leaves.
std::vector<PathStep> steps_to(const Graph& graph, std::uint32_t node)
{
    std::vector<PathStep> steps;
    while (graph.nodes[node].parent != kNoNode) {
        const std::uint32_t parent = graph.nodes[node].parent;
        steps.push_back({graph.nodes[parent].state, graph.nodes[node].label});
        node = parent;
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
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

// The requests of the same run that were completed before the one that `label` is about.
std::vector<EdgeLabel> earlier_requests(EdgeLabel label)
{
    std::vector<EdgeLabel> earlier;
    label.image = static_cast<std::int16_t>(label.image - label.earlier);
    for (; label.earlier > 0; --label.earlier, ++label.image) {
        earlier.push_back(label);
    }
    return earlier;
}

template <class ApplicationStep>
void add_application_step(std::vector<Step>& steps, ApplicationStep step, const EdgeLabel& label)
{
    if (label.is_cut) {
        step.cut = std::get<ResetStep>(reset_step(&label).action).cut;
    }
    steps.push_back(Step{{}, step});
}

void add_edge(std::vector<Step>& steps, const ScenarioMachine& machine, const EdgeLabel& label)
{
    const bool is_boot = label.run == RunKind::kBoot;
    steps.push_back(reset_step(is_boot && label.is_cut ? &label : nullptr));
    switch (label.run) {
    case RunKind::kBoot:
        break;
    case RunKind::kRequest:
        for (const EdgeLabel& earlier : earlier_requests(label)) {
            steps.push_back(Step{{}, request_step(machine, earlier)});
        }
        add_application_step(steps, request_step(machine, label), label);
        break;
    case RunKind::kConfirm:
        add_application_step(steps, ConfirmStep{}, label);
        break;
    case RunKind::kUpload:
        add_application_step(steps, upload_step(machine, label.image), label);
        break;
    }
}

// The calls of one run.
class PathCalls final : public RunObserver {
public:
    std::vector<Call> calls;
    Power before_call(const Call& call, const MachineState&) noexcept override
    {
        calls.push_back(call);
        return Power::kHolds;
    }
};

// The call that the power cut of an edge met, in words.
std::string cut_call_text(ScenarioMachine& machine, const PathStep& step)
{
    MachineState state = step.from;
    PathCalls observer;
    RunOptions watched;
    watched.observer = &observer;
    RunOptions boot;
    if (state.has_running_parts()) {
        boot.reset = models::ResetKind::kSystemReset;
    }
    if (step.label.run == RunKind::kBoot) {
        boot.observer = &observer;
        machine.machine().boot(state, boot);
    } else {
        const RunReport booted = machine.machine().boot(state, boot);
        for (const EdgeLabel& earlier : earlier_requests(step.label)) {
            run_action(machine, earlier, booted.outcome, state, {});
        }
        run_action(machine, step.label, booted.outcome, state, watched);
    }
    if (step.label.call >= observer.calls.size()) {
        return fmt::format("call {}", step.label.call);
    }
    return call_text(machine.machine().board(), observer.calls[step.label.call]);
}

// With several images, all that the run asks for, in its order.
std::string request_text(const ScenarioMachine& machine, const EdgeLabel& label)
{
    if (machine.scenario().boot.image_count < 2) {
        return "boot, then request the upgrade";
    }
    std::string text = "boot, then request the upgrade of image ";
    for (const EdgeLabel& earlier : earlier_requests(label)) {
        text += fmt::format("{}, then of image ", request_step(machine, earlier).image_index);
    }
    return text + std::to_string(request_step(machine, label).image_index);
}

std::string run_text(const ScenarioMachine& machine, const EdgeLabel& label)
{
    switch (label.run) {
    case RunKind::kBoot:
        break;
    case RunKind::kRequest:
        return request_text(machine, label);
    case RunKind::kConfirm:
        return "boot, then confirm";
    case RunKind::kUpload:
        return "boot, then upload " + upload_step(machine, label.image).image;
    }
    return "boot";
}

std::string edge_text(ScenarioMachine& machine, const PathStep& step)
{
    const EdgeLabel& label = step.label;
    const std::string what = run_text(machine, label);
    if (!label.is_cut) {
        return fmt::format("{}: completes", what);
    }
    const std::string call = cut_call_text(machine, step);
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

std::vector<EdgeLabel> path_to(const Graph& graph, std::uint32_t node)
{
    std::vector<EdgeLabel> path;
    for (; graph.nodes[node].parent != kNoNode; node = graph.nodes[node].parent) {
        path.push_back(graph.nodes[node].label);
    }
    std::reverse(path.begin(), path.end());
    return path;
}

Scenario path_scenario(const Graph& graph, const ScenarioMachine& machine,
                       const std::vector<EdgeLabel>& path)
{
    Scenario scenario = machine.scenario();
    scenario.explore.reset();
    scenario.app.reset();
    scenario.seeds.reset();  // this way is one run
    scenario.steps.erase(scenario.steps.begin() + static_cast<std::ptrdiff_t>(graph.first_step),
                         scenario.steps.end());
    std::optional<models::MarginalLevels> marginal;
    for (const EdgeLabel& label : path) {
        const std::size_t first = scenario.steps.size();
        add_edge(scenario.steps, machine, label);
        std::get<ResetStep>(scenario.steps[first].action).marginal = marginal;
        marginal = label.marginal;
    }
    return scenario;
}

Scenario path_scenario(const Graph& graph, const ScenarioMachine& machine, std::uint32_t node)
{
    return path_scenario(graph, machine, path_to(graph, node));
}

std::vector<std::string> path_text(ScenarioMachine& machine, const std::vector<PathStep>& path)
{
    std::vector<std::string> lines;
    for (const PathStep& step : path) {
        lines.push_back(edge_text(machine, step));
    }
    return lines;
}

std::vector<std::string> path_text(const Graph& graph, ScenarioMachine& machine, std::uint32_t node)
{
    return path_text(machine, steps_to(graph, node));
}

}  // namespace brownout::sim
