#include "commands.hpp"
#include "core_option.hpp"
#include "explore_case.hpp"
#include "explore_run.hpp"
#include "reach_dumps.hpp"

#include <sim/report.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace brownout::sim::cli {

namespace {

constexpr double kPicosecondsPerSecond = 1e12;

// Who reads the report.
void add_report_options(CLI::App& command, ExploreGiven& given)
{
    command.add_option("--json", given.json, "write the report as JSON; - is standard output");
    command.add_option("--junit", given.junit,
                       "write the report as JUnit XML; - is standard output");
    command.add_option("--sarif", given.sarif,
                       "write the findings as SARIF 2.1.0; - is standard output");
    command.add_option("--tap", given.tap, "write the report as TAP 13; - is standard output");
    command.add_option("--dot", given.dot,
                       "draw the graph of states for Graphviz, those alike as one; - is standard "
                       "output");
    command.add_flag("--github", given.github,
                     "annotate for GitHub (default where $GITHUB_ACTIONS is true)");
    command.add_flag("--json-schema", given.print_schema,
                     "print the JSON Schema of --json reports");
}

// Where and how the power is cut.
void add_cut_options(CLI::App& command, ExploreGiven& given)
{
    command
        .add_option("--at-time", given.at_seconds,
                    "cut at these times (seconds since the start of each run) and nowhere else")
        ->check(CLI::Range(0.0, 1e6));
    command.add_option("--seed", given.limits.seed,
                       "of what tears draw and of random matrices, instead of the scenario's");
    command.add_option("--reach", given.dumps,
                       "say which sequence of cuts leads to these dumps, FILE[@PLACE][+OFFSET], "
                       "or nearly");
}

// Samples instead of a search.
void add_random_options(CLI::App& command, ExploreGiven& given)
{
    CLI::Option* const random =
        command
            .add_option("--random", given.random.boots,
                        "for spaces too large: sample so many boots in random walks (see --seed); "
                        "never closed, so exit code 4 unless a check fails")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40));
    command
        .add_option("--random-state", given.random.state_file,
                    "keep what the walks found in this file and go on from it next time")
        ->needs(random);
    for (const char* other : {"--reach", "--coverage", "--states", "--depth", "--known"}) {
        random->excludes(command.get_option(other));
    }
}

// Which scenarios of a suite, and what else is said about findings.
void add_suite_options(CLI::App& command, ExploreGiven& given)
{
    command.add_option("--shard", given.shard,
                       "i/n: every n-th scenario, from the i-th; see brownout merge");
    command.add_flag("--list", given.list, "list the scenarios, do not explore them");
    command.add_flag("--known", given.known,
                     "explore again with each fix of the core: is a finding a known defect?");
}

// A reference case instead of scenario files.
void add_case_options(CLI::App& command, ExploreGiven& given, CLI::Option* files)
{
    CLI::Option* reference =
        command.add_option("--case", given.reference_case.file,
                           "explore the bootloader of a reference case (*.json.gz) instead");
    reference->excludes(files);
    command
        .add_option("--step", given.reference_case.step,
                    "index of the boot step of the case that is explored (default: its first)")
        ->needs(reference);
    command.add_option("--case-id", given.reference_case.id, "which case of the file")
        ->needs(reference);
}

void require_no_pictures(const ExploreGiven& given, const std::string& because)
{
    if (!given.dot.empty() || given.html.wanted()) {
        throw InputError("--dot and --html " + because);
    }
}

// What options say in other words than ExploreLimits.
void take_limits(ExploreGiven& given)
{
    for (const double seconds : given.at_seconds) {
        given.limits.at_times.push_back(
            models::picoseconds(static_cast<std::int64_t>(seconds * kPicosecondsPerSecond)));
    }
    std::sort(given.limits.at_times.begin(), given.limits.at_times.end());
    if (given.random.boots > 0) {
        require_no_pictures(given, "show explorations, not samples: not together with --random");
        given.limits.random = given.random;
    }
}

}  // namespace

void add_explore(CLI::App& app, ExitCode& exit_code)
{
    auto given = std::make_shared<ExploreGiven>();
    const CLI::Validator positive(
        [](std::string& text) {
            return CLI::PositiveNumber(text).empty() ? "" : "must be more than 0, not " + text;
        },
        "POSITIVE");
    CLI::App* command =
        app.add_subcommand("explore", "explore every sequence of power cuts of a scenario");
    CLI::Option* files = command->add_option("scenario", given->files, "scenario files (YAML)");
    add_core_option(*command, given->core);
    add_report_options(*command, *given);
    given->html.add_to(*command, "write a page with the states, checks, boot times and the way to "
                                 "the first finding, step by step");
    command->add_flag("--coverage", given->coverage,
                      "say which rows of the decision tables all these explorations reach");
    add_suite_options(*command, *given);
    command->add_option("--out-dir", given->out_dir, "where NAME.repro.yaml files go (default: .)");
    command->add_option("--time", given->limits.seconds, "give up after this many seconds")
        ->check(positive);
    command->add_option("--states", given->limits.states, "give up at this many states")
        ->check(positive);
    command->add_option("--depth", given->limits.depth, "give up beyond this many cuts in a row");
    command->add_flag("--stop-at-first", given->limits.stop_at_first,
                      "end as soon as a check does not hold");
    command->add_option("--jobs", given->limits.jobs, "worker processes (default: one per core)")
        ->check(CLI::Range(1, 64));
    add_cut_options(*command, *given);
    add_random_options(*command, *given);
    add_case_options(*command, *given, files);
    command->callback([given, &exit_code] {
        if (given->print_schema) {
            std::cout << exploration_schema_json();
            return;
        }
        if (!given->reference_case.file.empty()) {
            require_no_pictures(*given, "show explorations of scenarios, not of --case");
            given->reference_case.limits = given->limits;
            exit_code = explore_case_command(given->reference_case, given->json);
            return;
        }
        if (given->files.empty()) {
            throw CLI::RequiredError("scenario");
        }
        take_limits(*given);
        if (!given->dumps.empty()) {
            require_no_pictures(*given, "do not go together with --reach");
            if (given->files.size() != 1) {
                throw CLI::ValidationError("--reach", "needs one scenario");
            }
            exit_code = reach_dumps({given->files[0], given->dumps, given->out_dir, given->limits});
            return;
        }
        exit_code = explore_scenarios(*given);
    });
}

}  // namespace brownout::sim::cli
