#include "html_option.hpp"

#include "output_file.hpp"

#include <sim/error.hpp>

namespace brownout::sim::cli {

void HtmlOption::add_to(CLI::App& command, const char* shows)
{
    command.add_option("--html", file_, shows);
}

void HtmlOption::check(const std::vector<std::string>& scenario_files) const
{
    if (!wanted()) {
        return;
    }
    if (scenario_files.size() > 1) {
        throw InputError("--html takes one scenario: each would replace the one before it");
    }
    if (file_ == "-") {
        throw InputError("--html writes a file for a browser: give it a name");
    }
    require_writable(file_, scenario_files);
    (void)viewer_template();
}

void HtmlOption::write_run(ScenarioMachine& machine, const Recording& recording) const
{
    if (wanted()) {
        const TriedCuts cuts = recoveries_of(machine, recording);
        write_output(file_, run_page(viewer_template(), recording, cuts));
    }
}

void HtmlOption::write_exploration(ScenarioMachine& machine, const Exploration& exploration,
                                   const Graph& graph) const
{
    if (!wanted()) {
        return;
    }
    std::unique_ptr<ScenarioMachine> way;
    std::string recorded = "the scenario without power cuts";
    if (!exploration.findings.empty()) {
        way = std::make_unique<ScenarioMachine>(exploration.findings.front().repro);
        recorded = "the way to the finding of " + exploration.findings.front().check;
    }
    ScenarioMachine& shown = way ? *way : machine;
    const Recording recording = record_scenario(shown);
    const TriedCuts cuts = recoveries_of(shown, recording);
    write_output(file_, exploration_page(viewer_template(), {machine, exploration, graph, recorded},
                                         recording, cuts));
}

}  // namespace brownout::sim::cli
