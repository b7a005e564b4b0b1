#include <sim/cut_explanation.hpp>

#include <sim/error.hpp>
#include <sim/recording.hpp>

#include "workers/forked_workers.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

// The run of a step, which is the last one that was recorded; nullptr: it did not come to it.
const RecordedRun* run_of(const Recording& recording, std::size_t step)
{
    const bool ran = !recording.runs.empty() && recording.runs.back().step == step;
    return ran ? &recording.runs.back() : nullptr;
}

// The call that a cut of `run` would meet; nullptr: the run has none there.
const RecordedCall* call_at(const Recording& recording, const RecordedRun& run, const PowerCut& cut)
{
    const auto begin = recording.calls.begin() + run.first_call;
    const auto end = begin + run.call_count;
    const auto found = std::find_if(begin, end, [&](const RecordedCall& call) {
        switch (cut.at) {
        case PowerCut::At::kCall:
            return call.index == cut.index;
        case PowerCut::At::kTime:
            return run.start + cut.time < call.end;
        case PowerCut::At::kOperation:
            break;
        }
        if (call.op_count == 0) {
            return false;
        }
        const RecordedOp& last = recording.ops[call.first_op + call.op_count - 1];
        return cut.index < last.index + last.count;
    });
    return found != end ? &*found : nullptr;
}

Step without_cut(Step step)
{
    std::visit(
        [](auto& action) {
            if constexpr (requires { action.cut; }) {
                action.cut.reset();
            }
        },
        step.action);
    return step;
}

std::string explain_cut(const Scenario& scenario, std::size_t step)
{
    Scenario held = scenario;
    held.steps.resize(step + 1);
    held.steps.back() = without_cut(scenario.steps[step]);
    ScenarioMachine machine(std::move(held));
    const Recording recording = record_scenario(machine);
    const RecordedRun* const run = run_of(recording, step);
    const RecordedCall* const call =
        run != nullptr ? call_at(recording, *run, scenario.steps[step].cut()->where) : nullptr;
    return call != nullptr ? call->explanation : std::string();
}

}  // namespace

std::vector<std::string> explain_cuts(const Scenario& scenario)
{
    std::vector<std::size_t> cuts;
    for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
        if (scenario.steps[i].cut() != nullptr) {
            cuts.push_back(i);
        }
    }
    // In other processes: whatever the core did to those of an exploration, it may do again.
    std::vector<std::string> sentences(cuts.size());
    run_in_workers(
        cuts.size(), 1,
        [&](std::size_t index) {
            try {
                return explain_cut(scenario, cuts[index]);
            } catch (const InputError&) {
                return std::string();
            }
        },
        [&](std::size_t index, const WorkResult& result) {
            sentences[index] = result.answer.value_or(std::string());
        },
        [] { return false; });
    return sentences;
}

}  // namespace brownout::sim
