// brownout diff: where do two cores part on the same scenario?
#include "commands.hpp"
#include "core_option.hpp"
#include "explore_progress.hpp"

#include <sim/core_diff.hpp>

#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace brownout::sim::cli {

namespace {

struct DiffGiven {
    std::vector<std::string> cores;
    std::string scenario;
    bool no_cuts = false;
    bool explorations = false;
    ExploreLimits limits;
};

std::unique_ptr<ScenarioMachine> machine_for(const DiffGiven& given, const std::string& core)
{
    Scenario scenario = load_scenario(given.scenario);
    use_core(scenario, core);
    return std::make_unique<ScenarioMachine>(std::move(scenario));
}

void print_lines(const std::vector<std::string>& lines)
{
    for (const std::string& line : lines) {
        std::cout << line << '\n';
    }
}

ExitCode compare_states(const DiffGiven& given, ScenarioMachine& first, ScenarioMachine& second)
{
    catch_interrupts();
    const StateDiff diff = diff_states(first, second, given.limits, interrupted());
    std::cout << fmt::format("flash contents at reset: {} reached by both, {} by A, {} by B\n",
                             diff.common, diff.states_first, diff.states_second);
    print_lines(diff.lines);
    if (!diff.closed) {
        std::cout << "INCOMPLETE: an exploration did not close; what only one reached may be "
                     "reached by the other too\n";
        return ExitCode::kIncomplete;
    }
    std::cout << (diff.agree ? "Both cores reach the same flash contents.\n" : "");
    return diff.agree ? ExitCode::kHolds : ExitCode::kCheckFailed;
}

ExitCode compare(const DiffGiven& given)
{
    if (given.cores.size() != 2) {
        throw InputError("diff compares two cores: --core A.so --core B.so (one may be builtin)");
    }
    const auto first = machine_for(given, given.cores[0]);
    const auto second = machine_for(given, given.cores[1]);
    std::cout << fmt::format("{}\n  A  {} ({}), {}\n  B  {} ({}), {}\n", first->scenario().name,
                             first->core().name, first->core().release, given.cores[0],
                             second->core().name, second->core().release, given.cores[1]);
    if (given.explorations) {
        return compare_states(given, *first, *second);
    }
    const CoreDiff diff = diff_runs(*first, *second, !given.no_cuts);
    if (!diff.agree) {
        std::cout << fmt::format("They agree on {} calls and {} cut points, then part.\n",
                                 diff.calls, diff.cut_points);
        print_lines(diff.lines);
        return ExitCode::kCheckFailed;
    }
    std::cout << fmt::format("They agree on {} boots, {} calls and {} cut points.\n", diff.boots,
                             diff.calls, diff.cut_points);
    return ExitCode::kHolds;
}

}  // namespace

void add_diff(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const command =
        app.add_subcommand("diff", "run two cores side by side: where do they part?");
    const auto given = std::make_shared<DiffGiven>();
    command->add_option("scenario", given->scenario, "scenario file (YAML)")->required();
    command->add_option("--core", given->cores, "a core (shared object) or builtin; twice")
        ->required()
        ->allow_extra_args(false);
    command->add_flag("--no-cuts", given->no_cuts, "compare uncut boots only");
    command->add_flag("--explore", given->explorations,
                      "explore both: which flash contents does only one of them reach?");
    command->add_option("--states", given->limits.states, "give up at this many states");
    command->add_option("--time", given->limits.seconds, "give up after this many seconds");
    command->callback([given, &exit_code] { exit_code = compare(*given); });
}

}  // namespace brownout::sim::cli
