// What the next boot does: it is run, on a copy.
#include "area_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

class PredictionRecorder final : public RunObserver {
public:
    std::vector<Call> calls;

    Power before_call(const Call& call, const MachineState&) noexcept override
    {
        calls.push_back(call);
        return Power::kHolds;
    }
};

bool has_line(const RunReport& report, const std::string& part)
{
    return std::any_of(report.log.begin(), report.log.end(), [&](const LogLine& line) {
        return line.text.find(part) != std::string::npos;
    });
}

std::string swap_words(const SwapReport& swap)
{
    if (swap.interrupted) {
        const char* what = swap.type == SWAP_REVERT ? "revert" : "swap";
        return fmt::format("resumes the {} ({}): {}", what, swap_type_word(swap.type),
                           swap.progress);
    }
    switch (swap.type) {
    case SWAP_TEST:
        return "swaps the images, for a test";
    case SWAP_PERM:
        return "swaps the images, permanently";
    case SWAP_REVERT:
        return "reverts: the running image was never confirmed";
    default:
        return {};
    }
}

// What it does to flash, by what its log says and how much it wrote.
std::string action_words(const BootPrediction& prediction, const std::vector<SwapReport>& swaps)
{
    if (prediction.calls.empty()) {
        return "changes nothing in flash";
    }
    if (has_line(prediction.report, "Image in the secondary slot is not valid!") &&
        !has_line(prediction.report, "Starting swap")) {
        return "refuses the image in the secondary slot and erases it";
    }
    std::string words;
    for (const SwapReport& swap : swaps) {
        const std::string one = swap_words(swap);
        if (!one.empty()) {
            words += (words.empty() ? "" : "; ") +
                     (swaps.size() > 1 ? fmt::format("image {}: ", swap.image_index) : "") + one;
        }
    }
    return words.empty() ? "writes to flash" : words;
}

std::string prediction_words(const ScenarioMachine& machine, const BootPrediction& prediction,
                             const std::vector<SwapReport>& swaps)
{
    const RunReport& report = prediction.report;
    std::string words = action_words(prediction, swaps);
    if (!prediction.calls.empty()) {
        words += fmt::format(" ({} flash calls, {:.1f} s)", prediction.calls.size(),
                             models::seconds(report.end - report.start));
    }
    if (report.outcome.kind == OutcomeKind::kHandedOver) {
        words += ", then boots " + to_string(report.outcome.response.version);
        for (const AreaPlan& area : machine.machine().board().areas) {
            words += area.id == report.outcome.response.area_id ? " from " + area.name : "";
        }
    } else {
        words += ", then ends: " + outcome_words(machine, report.outcome);
    }
    return words;
}

}  // namespace

BootPrediction predict_boot(ScenarioMachine& machine, MachineState& state,
                            const std::vector<SwapReport>& swaps)
{
    PredictionRecorder recorder;
    RunOptions options;
    options.observer = &recorder;
    BootPrediction prediction;
    prediction.report = machine.machine().boot(state, options);
    prediction.calls = std::move(recorder.calls);
    prediction.words = prediction_words(machine, prediction, swaps);
    return prediction;
}

}  // namespace brownout::sim
