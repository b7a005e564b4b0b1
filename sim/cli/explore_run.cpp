#include "explore_run.hpp"

#include "core_option.hpp"
#include "explore_progress.hpp"
#include "output_file.hpp"

#include <sim/core_fit.hpp>
#include <sim/cut_explanation.hpp>
#include <sim/report.hpp>
#include <sim/scenario_names.hpp>
#include <sim/state_graph.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>

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

struct Shard {
    std::uint64_t index = 0;  // from 0
    std::uint64_t count = 1;
};

// "2/5": the second of five.
Shard shard_of(const std::string& text)
{
    Shard shard;
    char slash = 0;
    std::istringstream in(text);
    in >> shard.index >> slash >> shard.count;
    if (!in || slash != '/' || in.peek() != EOF || shard.index < 1 || shard.index > shard.count) {
        throw InputError("--shard " + text + ": must be i/n, from 1/n to n/n");
    }
    --shard.index;
    return shard;
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
        require_writable(given_.sarif, given_.files);
        require_writable(given_.tap, given_.files);
        require_writable(given_.dot, given_.files);
        given_.html.check(given_.files);
        std::vector<SuiteEntry> entries = suite_entries(given_.files, given_.limits.seed);
        for (SuiteEntry& entry : entries) {
            use_core(entry.scenario, given_.core);
        }
        report_.set_planned(entries.size());
        if (given_.html.wanted() && entries.size() > 1) {
            throw InputError(fmt::format("--html shows one exploration; these are {}: choose one "
                                         "with --shard I/{}",
                                         entries.size(), entries.size()));
        }
        if (entries.size() > 1 && !given_.random.state_file.empty()) {
            throw InputError("--random-state needs one scenario, not a suite of them");
        }
        if (!given_.dot.empty() && entries.size() > 1) {
            throw InputError(fmt::format("--dot draws one exploration; these are {}: choose one "
                                         "scenario",
                                         entries.size()));
        }
        const Shard shard = shard_of(given_.shard);
        // What cannot be loaded at all is said before hours of work.
        for (const SuiteEntry& entry : entries) {
            if (entry.variant.empty()) {
                require_loads(entry);
            }
        }
        // Once interrupted, the rest is reported too, each as incomplete.
        for (const SuiteEntry& entry : entries) {
            if (entry.index % shard.count != shard.index) {
                continue;
            }
            if (given_.list) {
                std::cout << fmt::format("{:>6}  {}\n", entry.index, entry_name(entry));
                continue;
            }
            explore_one(entry);
        }
        if (given_.list) {
            return ExitCode::kHolds;
        }
        if (entries.size() > 1 && prints_text()) {
            std::cout << '\n' << report_.verdicts();
        }
        report_coverage();
        write_reports();
        if (skipped_ > 0 && skipped_ == entries.size()) {
            throw InputError("nothing was explored: no scenario is for this core");
        }
        return written_ ? report_.exit_code() : ExitCode::kBadInput;
    }

private:
    // What is found so far is worth more than an early end.
    void report_error(const InputError& error)
    {
        std::cout.flush();
        std::cerr << error.what() << std::endl;
        report_.add_error(error);
    }

    // A core that the user chose need not fit every scenario of a suite.
    void require_loads(const SuiteEntry& entry) const
    {
        try {
            ScenarioMachine(entry.scenario);
        } catch (const CoreMismatch&) {
            if (given_.core.empty()) {
                throw;
            }
        }
    }

    void explore_one(const SuiteEntry& entry)
    {
        try {
            ScenarioMachine machine(entry.scenario);
            Exploration exploration;
            {
                const ShownProgress progress;
                Graph graph;
                ExploreLimits limits = given_.limits;
                limits.counts_erases = given_.html.wanted();
                exploration = explore(machine, limits, progress.listener(), interrupted(),
                                      needs_graph() ? &graph : nullptr);
                if (given_.coverage) {
                    coverage_.add(machine, graph);
                }
                draw(machine, exploration, graph);
                given_.html.write_exploration(machine, exploration, graph);
            }
            std::vector<WrittenRepro> repros;
            for (const Finding& finding : exploration.findings) {
                repros.push_back(write_repro(machine.scenario(), exploration, finding));
            }
            if (given_.known && !exploration.findings.empty()) {
                name_known_defects(entry.scenario, exploration, repros);
            }
            if (prints_text()) {
                for (std::size_t i = 0; i < repros.size() && !interrupted(); ++i) {
                    repros[i].cut_calls = explain_cuts(exploration.findings[i].repro);
                }
                print(entry, machine, exploration, repros);
                std::cout << drawn_ << std::flush;
            }
            report_.add({&entry, &machine, &exploration, repros});
        } catch (const CoreMismatch& mismatch) {
            if (given_.core.empty()) {
                report_error(mismatch);
                return;
            }
            ++skipped_;
            report_.add_skipped(entry, mismatch.sentence());
            (prints_text() ? std::cout : std::cerr)
                << fmt::format("skipped {}: {}\n", entry_name(entry), mismatch.sentence());
        } catch (const InputError& error) {
            report_error(error);
        }
    }

    bool needs_graph() const
    {
        return given_.coverage || !given_.dot.empty() || given_.html.wanted();
    }

    void draw(const ScenarioMachine& machine, const Exploration& exploration, const Graph& graph)
    {
        if (given_.dot.empty()) {
            return;
        }
        const StateGraph drawn = state_graph(machine, exploration, graph);
        write_output(given_.dot, state_graph_dot(machine, exploration, drawn));
        drawn_ = fmt::format("graph    {}: {}\n", given_.dot, state_graph_summary(drawn));
    }

    // Of the many scenarios of a matrix, those that hold take one line.
    void print(const SuiteEntry& entry, const ScenarioMachine& machine,
               const Exploration& exploration, const std::vector<WrittenRepro>& repros)
    {
        if (entry.variant.empty() || !exploration.findings.empty() || !exploration.closed) {
            std::cout << (entry.variant.empty() ? "" : entry_name(entry) + "\n");
            print_exploration(machine, exploration, repros, std::cout);
        } else {
            std::cout << fmt::format("holds   {}: {} states, {} edges, depth {}\n",
                                     entry_name(entry), exploration.states, exploration.edges,
                                     exploration.depth);
        }
        std::cout.flush();
    }

    // A finding that closes with a fix of the core is a defect that is known.
    void name_known_defects(const Scenario& scenario, const Exploration& found,
                            std::vector<WrittenRepro>& repros)
    {
        for (const Named<boot_fix>& fix : fix_names()) {
            Scenario fixed = scenario;
            fixed.boot.fixes |= static_cast<std::uint32_t>(fix.value);
            if (fixed.boot.fixes == scenario.boot.fixes) {
                continue;
            }
            ScenarioMachine machine(std::move(fixed));
            const Exploration again = explore(machine, given_.limits, {}, interrupted());
            for (std::size_t i = 0; i < found.findings.size() && again.closed; ++i) {
                const bool still = std::any_of(
                    again.findings.begin(), again.findings.end(),
                    [&](const Finding& f) { return f.check == found.findings[i].check; });
                if (!still && repros[i].known_fix.empty()) {
                    repros[i].known_fix = fix.name;
                }
            }
        }
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
            std::cerr << error.what() << std::endl;
            written_ = false;
            return {};
        }
        return {path, {}, {}};
    }

    bool prints_text() const
    {
        return given_.json != "-" && given_.junit != "-" && given_.sarif != "-" &&
               given_.tap != "-" && given_.dot != "-";
    }

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
        if (!given_.sarif.empty()) {
            write_output(given_.sarif, report_.sarif());
        }
        if (!given_.tap.empty()) {
            write_output(given_.tap, report_.tap());
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
    std::string drawn_;        // what --dot drew, for people
    std::size_t skipped_ = 0;  // scenarios that the chosen core was not built for
    bool written_ = true;      // every replay file that should be
};

}  // namespace

ExitCode explore_scenarios(const ExploreGiven& given)
{
    return ExploreRun(given).run();
}

}  // namespace brownout::sim::cli
