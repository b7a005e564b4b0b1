// The steps of a scenario, each boot of which both cores run from the same flash.
#include "call_log.hpp"

#include <sim/core_diff.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

class RunDiffer {
public:
    RunDiffer(ScenarioMachine& first, ScenarioMachine& second, bool cuts)
        : first_(first), second_(second), cuts_(cuts)
    {
    }

    CoreDiff diff()
    {
        // What the first core leaves is where both go on: a difference ends the comparison.
        Recorder recorder(*this);
        run_scenario(first_, &recorder);
        return std::move(diff_);
    }

private:
    class Recorder final : public RunListener {
    public:
        explicit Recorder(RunDiffer& differ) : differ_(differ) {}
        void begins(const Step& step, const MachineState& state, models::Duration) override
        {
            if (std::holds_alternative<ResetStep>(step.action)) {
                differ_.compare_boot(state);
            }
        }
        void finished(const StepResult&, const MachineState&) override {}

    private:
        RunDiffer& differ_;
    };

    void compare_boot(const MachineState& state)
    {
        if (!diff_.agree) {
            return;
        }
        MachineState after_first = state;
        MachineState after_second = state;
        const LoggedBoot a = logged_boot(first_, after_first, cuts_);
        const LoggedBoot b = logged_boot(second_, after_second, false);
        ++diff_.boots;
        const auto parting =
            std::mismatch(a.calls.begin(), a.calls.end(), b.calls.begin(), b.calls.end());
        diff_.calls += static_cast<std::uint64_t>(parting.first - a.calls.begin());
        if (report(boot_difference(first_, a, second_, b), fmt::format("reset {}", diff_.boots), a,
                   b)) {
            return;
        }
        for (std::size_t i = 0; i < a.before.size() && diff_.agree; ++i) {
            compare_recovery(a, i);
        }
    }

    // The power failed before call `index` of the boot.
    void compare_recovery(const LoggedBoot& cut, std::size_t index)
    {
        MachineState from_first = cut.before[index];
        from_first.lose_power();
        MachineState from_second = from_first;
        const LoggedBoot a = logged_boot(first_, from_first, false);
        const LoggedBoot b = logged_boot(second_, from_second, false);
        ++diff_.cut_points;
        report(boot_difference(first_, a, second_, b),
               fmt::format("reset {}, power lost before {}; the boot after it", diff_.boots,
                           call_text(first_.machine().board(), cut.calls[index].call)),
               a, b);
    }

    bool report(const std::vector<std::string>& difference, const std::string& where,
                const LoggedBoot& a, const LoggedBoot& b)
    {
        if (difference.empty()) {
            return false;
        }
        diff_.agree = false;
        diff_.lines.push_back(where + ":");
        diff_.lines.insert(diff_.lines.end(), difference.begin(), difference.end());
        diff_.lines.push_back("  A in the end: " + outcome_words(first_, a.report.outcome));
        diff_.lines.push_back("  B in the end: " + outcome_words(second_, b.report.outcome));
        return true;
    }

    ScenarioMachine& first_;
    ScenarioMachine& second_;
    bool cuts_;
    CoreDiff diff_;
};

}  // namespace

CoreDiff diff_runs(ScenarioMachine& first, ScenarioMachine& second, bool cuts)
{
    return RunDiffer(first, second, cuts).diff();
}

}  // namespace brownout::sim
