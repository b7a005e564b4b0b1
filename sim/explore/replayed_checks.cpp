#include <sim/replay.hpp>

#include "sector_erases.hpp"
#include "way_graph.hpp"

#include <sim/check.hpp>
#include <sim/runner.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

bool ends_with_a_boot(const Scenario& scenario)
{
    return scenario.explore && !scenario.steps.empty() &&
           scenario.steps.back().kind() == StepKind::kReset &&
           scenario.steps.back().cut() == nullptr;
}

// Most checks with a name want the story of the application: they are replayed by what they expect.
bool is_named(const Check& check, const ExploreOptions& options)
{
    const auto has_its_name = [&](const auto& other) { return other->name() == check.name(); };
    const auto all = named_checks();
    return std::none_of(all.begin(), all.end(), has_its_name) ||
           std::any_of(options.checks.begin(), options.checks.end(),
                       [&](const Expected& name) { return name.text == check.name(); });
}

// The state that the last step boots, reached in one edge from where the upgrade begins.
Graph graph_to_last_boot(ScenarioMachine& machine, const CutPlan& plan)
{
    const std::vector<Step>& steps = machine.scenario().steps;
    const std::size_t last = steps.size() - 1;
    const auto upload = std::find_if(steps.rbegin(), steps.rend(), [](const Step& step) {
        return step.kind() == StepKind::kUpload && step.cut() == nullptr;
    });
    const auto start = static_cast<std::size_t>(steps.rend() - upload);
    Graph graph;
    graph.nodes.resize(2);
    Node& from = graph.nodes[0];
    Node& to = graph.nodes[1];
    from.state = run_scenario(machine, nullptr, start).state;
    to.state = run_scenario(machine, nullptr, last).state;
    const EraseCounter erases(machine.machine().board(), from.state, plan.counts_erases);
    to.erases = erases.since(to.state);
    to.parent = 0;
    to.story.confirmed = std::any_of(
        steps.begin() + static_cast<std::ptrdiff_t>(start), steps.end(), [](const Step& step) {
            return step.kind() == StepKind::kConfirm && step.cut() == nullptr;
        });
    const StepCut* const cut = last > 0 ? steps[last - 1].cut() : nullptr;
    if (cut == nullptr || cut->where.kind == models::ResetKind::kPowerOn) {
        to.state.lose_power();
    }
    if (const auto marginal = std::get<ResetStep>(steps[last].action).marginal) {
        draw_marginal_levels(to.state, *marginal, plan.seed);
    }
    return graph;
}

}  // namespace

std::vector<std::string> failed_checks(ScenarioMachine& machine)
{
    if (!ends_with_a_boot(machine.scenario())) {
        return {};
    }
    const ExploreOptions& options = *machine.scenario().explore;
    const CutPlan plan = cut_plan(options, {});
    Graph graph = graph_to_last_boot(machine, plan);
    boot_ahead(machine, plan, graph, kBootsAheadMax);
    std::vector<std::string> failed;
    for (const auto& check : checks_of(machine)) {
        const auto sentence =
            is_named(*check, options) ? check->judge(graph, graph.nodes[1]) : std::nullopt;
        if (sentence) {
            failed.push_back(std::string(check->name()) + ": " + *sentence);
        }
    }
    return failed;
}

}  // namespace brownout::sim
