#include "commands.hpp"
#include "output_file.hpp"

#include <sim/report.hpp>

#include <fmt/format.h>

#include <csignal>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace brownout::sim::cli {

namespace {

// Set by Ctrl-C; the exploration ends with what it has.
std::atomic<bool> interrupted{false};

void on_interrupt(int)
{
    interrupted = true;
}

struct Given {
    std::vector<std::string> files;
    std::string json;
    std::string out_dir = ".";
    ExploreLimits limits;
};

void show_progress(const ExploreProgress& progress)
{
    static double shown = 0;
    if (progress.seconds - shown < 0.25) {
        return;
    }
    shown = progress.seconds;
    std::cerr << fmt::format("\r{} states, {} waiting, {} boots, {:.1f} s   ", progress.states,
                             progress.waiting, progress.boots, progress.seconds)
              << std::flush;
}

std::filesystem::path repro_path(const Given& given, const Scenario& scenario,
                                 const Finding& finding, std::size_t count)
{
    std::string name = scenario.path.stem().string();
    if (count > 1) {
        name += "." + finding.check;
    }
    return std::filesystem::path(given.out_dir) / (name + ".repro.yaml");
}

// Before hours of work, not after.
void require_directory(const std::filesystem::path& directory)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (access(directory.c_str(), W_OK) != 0) {
        throw InputError("--out-dir " + directory.string() + ": is not a writable directory");
    }
}

// A replay file is ours to replace; anything else of that name is the user's.
void write_repro(const std::filesystem::path& path, const Scenario& repro)
{
    write_output(path, to_yaml(repro, path));
}

struct Explored {
    std::unique_ptr<ScenarioMachine> machine;
    Exploration exploration;
    std::vector<WrittenRepro> repros;
};

Explored explore_file(const Given& given, const std::string& file)
{
    Explored explored;
    explored.machine = std::make_unique<ScenarioMachine>(load_scenario(file));
    const bool on_terminal = isatty(STDERR_FILENO) == 1;
    std::function<void(const ExploreProgress&)> progress;
    if (on_terminal) {
        progress = show_progress;
    }
    explored.exploration = explore(*explored.machine, given.limits, progress, interrupted);
    if (on_terminal) {
        std::cerr << "\r" << std::string(70, ' ') << "\r" << std::flush;
    }
    const std::vector<Finding>& findings = explored.exploration.findings;
    for (const Finding& finding : findings) {
        const auto path = repro_path(given, explored.machine->scenario(), finding, findings.size());
        write_repro(path, finding.repro);
        explored.repros.push_back({path});
    }
    if (given.json != "-") {
        print_exploration(*explored.machine, explored.exploration, explored.repros, std::cout);
    }
    return explored;
}

}  // namespace

void add_explore(CLI::App& app, ExitCode& exit_code)
{
    auto given = std::make_shared<Given>();
    CLI::App* command =
        app.add_subcommand("explore", "explore every sequence of power cuts of a scenario");
    command->add_option("scenario", given->files, "scenario files (YAML)")->required();
    command->add_option("--json", given->json, "write the report as JSON; - is standard output");
    command->add_option("--out-dir", given->out_dir, "where NAME.repro.yaml files go (default: .)");
    command->add_option("--time", given->limits.seconds, "give up after this many seconds")
        ->check(CLI::PositiveNumber);
    command->add_option("--states", given->limits.states, "give up at this many states")
        ->check(CLI::PositiveNumber);
    command->add_option("--depth", given->limits.depth, "give up beyond this many cuts in a row");
    command->add_flag("--stop-at-first", given->limits.stop_at_first,
                      "end as soon as a check does not hold");
    command->add_option("--jobs", given->limits.jobs, "worker processes (default: one per core)")
        ->check(CLI::Range(1, 64));
    command->callback([given, &exit_code] {
        require_directory(given->out_dir);
        std::signal(SIGINT, on_interrupt);
        std::vector<Explored> all;
        for (const std::string& file : given->files) {
            all.push_back(explore_file(*given, file));
            const Exploration& exploration = all.back().exploration;
            if (!exploration.findings.empty()) {
                exit_code = ExitCode::kCheckFailed;
            } else if (!exploration.closed && exit_code == ExitCode::kHolds) {
                exit_code = ExitCode::kIncomplete;
            }
            if (interrupted) {
                break;
            }
        }
        std::vector<ExploredScenario> listed;
        for (const Explored& one : all) {
            listed.push_back({one.machine.get(), &one.exploration, one.repros});
        }
        if (!given->json.empty()) {
            write_output(given->json, explorations_json(listed));
        }
    });
}

}  // namespace brownout::sim::cli
