// Reports: what a run or an exploration found, for people and for machines.
#pragma once

#include <sim/exploration.hpp>
#include <sim/runner.hpp>

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace brownout::sim {

// Prints every step of a run as it finishes.
class RunText final : public RunListener {
public:
    // `out` must outlive this.
    RunText(const ScenarioMachine& machine, std::ostream& out);
    void finished(const StepResult& step, const MachineState& state) override;
    // What each slot holds in the end, and whether the expectations held.
    void summary(const ScenarioResult& result);

private:
    const ScenarioMachine& machine_;
    std::ostream& out_;
};

std::string run_json(const ScenarioMachine& machine, const ScenarioResult& result);

// A finding whose replay file was written.
struct WrittenRepro {
    std::filesystem::path path;  // empty: not written
};

// The text of an exploration; `repros` in the order of its findings.
void print_exploration(const ScenarioMachine& machine, const Exploration& exploration,
                       const std::vector<WrittenRepro>& repros, std::ostream& out);

// One document for all explorations of a command; machines get digests of every input.
struct ExploredScenario {
    const ScenarioMachine* machine = nullptr;
    const Exploration* exploration = nullptr;
    std::vector<WrittenRepro> repros;
};
std::string explorations_json(const std::vector<ExploredScenario>& explored);

// Name of a granularity in sentences: "between calls and inside trailer writes".
const char* granularity_words(Granularity granularity);

}  // namespace brownout::sim
