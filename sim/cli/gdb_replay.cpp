#include "gdb_replay.hpp"

#include <sim/error.hpp>
#include <sim/report.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <unistd.h>

// Where gdb stops. Not inlined, and a C name: the breakpoint is set by this name.
extern "C" __attribute__((noinline, used)) void brownout_before_power_cut()
{
    __asm__ volatile("");
}

namespace brownout::sim::cli {

namespace {

class StopsBeforeCut final : public RunObserver {
public:
    explicit StopsBeforeCut(const PowerCut& cut) : cut_(cut) {}

    Power before_call(const Call& call, const MachineState&) noexcept override
    {
        if (cut_.at == PowerCut::At::kCall && call.index == cut_.index) {
            brownout_before_power_cut();
        }
        return Power::kHolds;
    }

    std::uint32_t before_operations(const models::OperationBatch& batch,
                                    std::uint64_t first_operation, const Call*,
                                    const MachineState&) noexcept override
    {
        if (cut_.at != PowerCut::At::kOperation || first_operation > cut_.index ||
            first_operation + batch.count <= cut_.index) {
            return batch.count;
        }
        if (first_operation == cut_.index) {
            brownout_before_power_cut();
            return batch.count;
        }
        return static_cast<std::uint32_t>(cut_.index - first_operation);
    }

private:
    PowerCut cut_;
};

bool is_run(const Step& step)
{
    return step.kind() != StepKind::kUpload && step.kind() != StepKind::kExpect;
}

// The last step with a cut, or the last run.
std::size_t step_to_stop_in(const Scenario& scenario)
{
    std::size_t last_run = scenario.steps.size();
    std::size_t last_cut = scenario.steps.size();
    for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
        last_run = is_run(scenario.steps[i]) ? i : last_run;
        last_cut = scenario.steps[i].cut() != nullptr ? i : last_cut;
    }
    const std::size_t chosen = last_cut < scenario.steps.size() ? last_cut : last_run;
    if (chosen == scenario.steps.size()) {
        throw InputError(Place{scenario.path.string()}, "nothing runs in it");
    }
    return chosen;
}

}  // namespace

void become_gdb(const std::string& file)
{
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    std::cout.flush();
    execlp("gdb", "gdb", "-q", "-ex", "break brownout_before_power_cut", "-ex", "run", "-ex",
           "backtrace", "--args", self.c_str(), "replay", file.c_str(), "--stop-before-cut",
           static_cast<char*>(nullptr));
    throw InputError(fmt::format("--gdb: gdb cannot be started: {}", std::strerror(errno)));
}

void run_to_power_cut(const std::string& file)
{
    ScenarioMachine machine(load_scenario(file));
    const std::size_t index = step_to_stop_in(machine.scenario());
    RunText text(machine, std::cout);
    ScenarioResult before = run_scenario(machine, &text, index);
    const Step& step = machine.scenario().steps[index];
    const PowerCut first_call{};
    StopsBeforeCut observer(step.cut() != nullptr ? step.cut()->where : first_call);
    RunOptions options;
    options.observer = &observer;
    std::cout.flush();
    if (const auto* request = std::get_if<RequestUpgradeStep>(&step.action)) {
        machine.machine().command(before.state, command_of(*request), options);
    } else if (const auto* confirm = std::get_if<ConfirmStep>(&step.action)) {
        Outcome boot;
        for (const StepResult& result : before.steps) {
            boot = result.step->kind() == StepKind::kReset ? result.report.outcome : boot;
        }
        const boot_strategy strategy = machine.scenario().boot.strategy;
        machine.machine().command(before.state, command_of(*confirm, strategy, boot), options);
    } else {
        machine.machine().boot(before.state, options);
    }
}

}  // namespace brownout::sim::cli
