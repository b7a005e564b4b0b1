#include "commands.hpp"
#include "explore_case.hpp"
#include "explore_progress.hpp"
#include "output_file.hpp"

#include <sim/report.hpp>

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <set>

#include <unistd.h>

namespace brownout::sim::cli {

namespace {

struct Given {
    std::vector<std::string> files;
    std::string json;
    std::string out_dir = ".";
    ExploreLimits limits;
    CaseExploreOptions reference_case;
};

// Before hours of work, not after.
void require_directory(const std::filesystem::path& directory)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!std::filesystem::is_directory(directory, error) || access(directory.c_str(), W_OK) != 0) {
        throw InputError("--out-dir " + directory.string() + ": is not a writable directory");
    }
}

struct Explored {
    std::unique_ptr<ScenarioMachine> machine;
    Exploration exploration;
    std::vector<WrittenRepro> repros;
};

// All explorations of one command.
class ExploreRun {
public:
    explicit ExploreRun(const Given& given) : given_(given) {}

    ExitCode run()
    {
        catch_interrupts();
        require_directory(given_.out_dir);
        require_writable(given_.json, given_.files);
        std::vector<std::unique_ptr<ScenarioMachine>> machines;
        for (const std::string& file : given_.files) {
            machines.push_back(std::make_unique<ScenarioMachine>(load_scenario(file)));
        }
        // Once interrupted, the rest is reported too, each as incomplete.
        for (auto& machine : machines) {
            explore_one(std::move(machine));
        }
        write_json();
        return exit_code_;
    }

private:
    // The worst one is kept: bad input, then a check that failed, then incomplete.
    void note(ExitCode code)
    {
        const bool worse = code == ExitCode::kBadInput || exit_code_ == ExitCode::kHolds ||
                           (code == ExitCode::kCheckFailed && exit_code_ == ExitCode::kIncomplete);
        if (worse) {
            exit_code_ = code;
        }
    }

    // What is found so far is worth more than an early end.
    void report(const InputError& error)
    {
        std::cout.flush();
        std::cerr << error.what() << std::endl;
        note(ExitCode::kBadInput);
    }

    void explore_one(std::unique_ptr<ScenarioMachine> machine)
    {
        Explored explored;
        explored.machine = std::move(machine);
        try {
            explored.exploration = explore_shown(*explored.machine);
        } catch (const InputError& error) {
            report(error);
            return;
        }
        for (const Finding& finding : explored.exploration.findings) {
            explored.repros.push_back(write_repro(explored, finding));
        }
        if (given_.json != "-") {
            print_exploration(*explored.machine, explored.exploration, explored.repros, std::cout);
            std::cout.flush();
        }
        if (!explored.exploration.findings.empty()) {
            note(ExitCode::kCheckFailed);
        } else if (!explored.exploration.closed) {
            note(ExitCode::kIncomplete);
        }
        all_.push_back(std::move(explored));
    }

    Exploration explore_shown(ScenarioMachine& machine) const
    {
        const ShownProgress progress;
        return explore(machine, given_.limits, progress.listener(), interrupted());
    }

    // NAME.repro.yaml is ours to replace, but not one of this very command.
    std::filesystem::path repro_path(const Explored& explored, const Finding& finding)
    {
        std::string name = explored.machine->scenario().path.stem().string();
        if (explored.exploration.findings.size() > 1) {
            name += "." + finding.check;
        }
        std::string unique = name;
        for (int i = 2; !repro_names_.insert(unique).second; ++i) {
            unique = name + "." + std::to_string(i);
        }
        return std::filesystem::path(given_.out_dir) / (unique + ".repro.yaml");
    }

    WrittenRepro write_repro(const Explored& explored, const Finding& finding)
    {
        const std::filesystem::path path = repro_path(explored, finding);
        try {
            write_output(path, to_yaml(finding.repro, path));
        } catch (const InputError& error) {
            report(error);
            return {};
        }
        return {path};
    }

    void write_json() const
    {
        std::vector<ExploredScenario> listed;
        for (const Explored& one : all_) {
            listed.push_back({one.machine.get(), &one.exploration, one.repros});
        }
        if (!given_.json.empty()) {
            write_output(given_.json, explorations_json(listed));
        }
    }

    const Given& given_;
    std::vector<Explored> all_;
    std::set<std::string> repro_names_;
    ExitCode exit_code_ = ExitCode::kHolds;
};

}  // namespace

void add_explore(CLI::App& app, ExitCode& exit_code)
{
    auto given = std::make_shared<Given>();
    const CLI::Validator positive(
        [](std::string& text) {
            return CLI::PositiveNumber(text).empty() ? "" : "must be more than 0, not " + text;
        },
        "POSITIVE");
    CLI::App* command =
        app.add_subcommand("explore", "explore every sequence of power cuts of a scenario");
    CLI::Option* files = command->add_option("scenario", given->files, "scenario files (YAML)");
    command->add_option("--json", given->json, "write the report as JSON; - is standard output");
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
    CLI::Option* reference =
        command->add_option("--case", given->reference_case.file,
                            "explore the bootloader of a reference case (*.json.gz) instead");
    reference->excludes(files);
    command
        ->add_option("--step", given->reference_case.step,
                     "index of the boot step of the case that is explored (default: its first)")
        ->needs(reference);
    command->add_option("--case-id", given->reference_case.id, "which case of the file")
        ->needs(reference);
    command->callback([given, &exit_code] {
        if (!given->reference_case.file.empty()) {
            given->reference_case.limits = given->limits;
            exit_code = explore_case_command(given->reference_case, given->json);
            return;
        }
        if (given->files.empty()) {
            throw CLI::RequiredError("scenario");
        }
        exit_code = ExploreRun(*given).run();
    });
}

}  // namespace brownout::sim::cli
