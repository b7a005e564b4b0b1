// Reports: what a run or an exploration found, for people and for machines.
#pragma once

#include <sim/coverage.hpp>
#include <sim/exploration.hpp>
#include <sim/runner.hpp>
#include <sim/suite.hpp>

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace brownout::sim {

// "upload v2 to mcuboot_secondary (24680 bytes)", with the cut of the step if it has one.
std::string step_words(const ScenarioMachine& machine, const Step& step);

// Prints every step of a run as it finishes.
class RunText final : public RunListener {
public:
    // `out` must outlive this.
    RunText(const ScenarioMachine& machine, std::ostream& out);
    void finished(const StepResult& step, const MachineState& state) override;
    // What each slot holds in the end, and whether the expectations held.
    void summary(const ScenarioResult& result);

private:
    void entry(const char* kind, const Violation& entry);
    // Which flash the steps used: erases and bytes by device and kind of step.
    void device_use(const ScenarioResult& result);
    const ScenarioMachine& machine_;
    std::ostream& out_;
};

std::string run_json(const ScenarioMachine& machine, const ScenarioResult& result);
// JSON Schema of it.
std::string run_schema_json();

// A finding whose replay file was written.
struct WrittenRepro {
    std::filesystem::path path;  // empty: not written
    std::string known_fix;  // the finding is gone with this fix; empty: not looked for, or none
    std::vector<std::string> cut_calls;  // see explain_cuts(); of finding.repro
};

// The text of an exploration; `repros` in the order of its findings.
void print_exploration(const ScenarioMachine& machine, const Exploration& exploration,
                       const std::vector<WrittenRepro>& repros, std::ostream& out);

// One exploration with the scenario that was explored, and what of a suite it is.
struct ExploredScenario {
    const SuiteEntry* entry = nullptr;
    const ScenarioMachine* machine = nullptr;
    const Exploration* exploration = nullptr;
    std::vector<WrittenRepro> repros;
};

// What machines read: all explorations of a command, with digests of every input.
class ExplorationReport {
public:
    ExplorationReport();
    ~ExplorationReport();
    ExplorationReport(const ExplorationReport&) = delete;
    ExplorationReport& operator=(const ExplorationReport&) = delete;

    // How many explorations the whole suite has, all shards together.
    void set_planned(std::uint64_t planned);
    void add(const ExploredScenario& explored);
    // A scenario that could not be explored.
    void add_error(const InputError& error);
    // A scenario that is not for the core which the user chose.
    void add_skipped(const SuiteEntry& entry, const std::string& reason);
    // Of all of them together.
    void add_coverage(const std::vector<CoverageTable>& tables);

    // Adds what json() of another report said. InputError: `text`, from `file`, is no such report,
    // or of another suite, or holds an exploration that is here already.
    void merge(const std::string& text, const std::string& file);

    std::uint64_t missing() const;  // explorations that are planned and not here
    ExitCode exit_code() const;     // of those that are here
    std::string verdicts() const;   // a line for each exploration that does not hold, and a sum

    std::string json() const;         // as exploration_schema_json() says
    std::string junit() const;        // JUnit XML: a test case per exploration
    std::string sarif() const;        // SARIF 2.1.0: a result per finding
    std::string tap() const;          // TAP 13: a test point per exploration
    std::string annotations() const;  // GitHub workflow commands: what is not as it should be
    std::string summary() const;      // Markdown, for a GitHub job summary

private:
    struct Document;
    std::unique_ptr<Document> document_;
};

// JSON Schema of ExplorationReport::json().
std::string exploration_schema_json();

// Name of a granularity in sentences: "between calls and inside trailer writes".
const char* granularity_words(Granularity granularity);
// What operations in flight left, and whether that was sampled: "tear: operation not started".
std::string tear_words(const Exploration& exploration);

}  // namespace brownout::sim
