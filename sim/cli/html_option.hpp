// --html FILE: the page that shows a run or an exploration.
#pragma once

#include <CLI/CLI.hpp>

#include <sim/viewer.hpp>

#include <memory>
#include <string>
#include <vector>

namespace brownout::sim::cli {

class HtmlOption {
public:
    void add_to(CLI::App& command, const char* shows);
    bool wanted() const { return !file_.empty(); }
    // InputError, before the work begins, if the page could not be written or was not built.
    void check(const std::vector<std::string>& scenario_files) const;

    void write_run(ScenarioMachine& machine, const Recording& recording) const;
    // Records the way to the first finding; without one, the scenario.
    void write_exploration(ScenarioMachine& machine, const Exploration& exploration,
                           const Graph& graph) const;

private:
    std::string file_;
};

}  // namespace brownout::sim::cli
