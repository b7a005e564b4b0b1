#include "explore_run.hpp"

#include "explore_progress.hpp"
#include "output_file.hpp"

#include <sim/report.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include <unistd.h>

namespace brownout::sim::cli {

namespace {

// Before hours of work, not after.
void require_directory(const std::filesystem::path& directory)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!std::filesystem::is_directory(directory, error) || access(directory.c_str(), W_OK) != 0) {
        throw InputError("--out-dir " + directory.string() + ": is not a writable directory");
    }
}

std::string environment(const char* name)
{
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

class ExploreRun {
public:
    explicit ExploreRun(const ExploreGiven& given)
        : given_(given), github_(given.github || environment("GITHUB_ACTIONS") == "true")
    {
    }

    ExitCode run()
    {
        catch_interrupts();
        require_directory(given_.out_dir);
        require_writable(given_.json, given_.files);
        require_writable(given_.junit, given_.files);
        std::vector<std::unique_ptr<ScenarioMachine>> machines;
        for (const std::string& file : given_.files) {
            machines.push_back(std::make_unique<ScenarioMachine>(load_scenario(file)));
        }
        // Once interrupted, the rest is reported too, each as incomplete.
        for (auto& machine : machines) {
            explore_one(*machine);
            machine.reset();
        }
        report_coverage();
        write_reports();
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
    void report_error(const InputError& error)
    {
        std::cout.flush();
        std::cerr << error.what() << std::endl;
        report_.add_error(error);
        note(ExitCode::kBadInput);
    }

    void explore_one(ScenarioMachine& machine)
    {
        Exploration exploration;
        try {
            const ShownProgress progress;
            Graph graph;
            exploration = explore(machine, given_.limits, progress.listener(), interrupted(),
                                  given_.coverage ? &graph : nullptr);
            if (given_.coverage) {
                coverage_.add(machine, graph);
            }
        } catch (const InputError& error) {
            report_error(error);
            return;
        }
        std::vector<WrittenRepro> repros;
        for (const Finding& finding : exploration.findings) {
            repros.push_back(write_repro(machine.scenario(), exploration, finding));
        }
        if (prints_text()) {
            print_exploration(machine, exploration, repros, std::cout);
            std::cout.flush();
        }
        if (!exploration.findings.empty()) {
            note(ExitCode::kCheckFailed);
        } else if (!exploration.closed) {
            note(ExitCode::kIncomplete);
        }
        report_.add({&machine, &exploration, repros});
    }

    // NAME.repro.yaml is ours to replace, but not one of this very command.
    std::filesystem::path repro_path(const Scenario& scenario, const Exploration& exploration,
                                     const Finding& finding)
    {
        std::string name = scenario.path.stem().string();
        if (exploration.findings.size() > 1) {
            name += "." + finding.check;
        }
        std::string unique = name;
        for (int i = 2; !repro_names_.insert(unique).second; ++i) {
            unique = name + "." + std::to_string(i);
        }
        return std::filesystem::path(given_.out_dir) / (unique + ".repro.yaml");
    }

    WrittenRepro write_repro(const Scenario& scenario, const Exploration& exploration,
                             const Finding& finding)
    {
        const std::filesystem::path path = repro_path(scenario, exploration, finding);
        try {
            write_output(path, to_yaml(finding.repro, path));
        } catch (const InputError& error) {
            report_error(error);
            return {};
        }
        return {path};
    }

    bool prints_text() const { return given_.json != "-" && given_.junit != "-"; }

    void report_coverage()
    {
        if (!given_.coverage) {
            return;
        }
        report_.add_coverage(coverage_.tables());
        if (prints_text()) {
            print_coverage(coverage_.tables(), std::cout);
        }
    }

    void write_reports() const
    {
        if (!given_.json.empty()) {
            write_output(given_.json, report_.json());
        }
        if (!given_.junit.empty()) {
            write_output(given_.junit, report_.junit());
        }
        if (github_) {
            (prints_text() ? std::cout : std::cerr) << report_.annotations() << std::flush;
            const std::string summary = environment("GITHUB_STEP_SUMMARY");
            if (!summary.empty()) {
                std::ofstream(summary, std::ios::app) << report_.summary();
            }
        }
    }

    const ExploreGiven& given_;
    bool github_;
    ExplorationReport report_;
    Coverage coverage_;
    std::set<std::string> repro_names_;
    ExitCode exit_code_ = ExitCode::kHolds;
};

}  // namespace

ExitCode explore_scenarios(const ExploreGiven& given)
{
    return ExploreRun(given).run();
}

}  // namespace brownout::sim::cli
