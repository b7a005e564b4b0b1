// What a run did, in words and sums for reports.
#include "run_words.hpp"

#include <sim/runner.hpp>

#include <fmt/format.h>

namespace brownout::sim {

std::string cut_place_words(const PowerCut& cut)
{
    switch (cut.at) {
    case PowerCut::At::kCall:
        return fmt::format("call {}", cut.index);
    case PowerCut::At::kOperation:
        return fmt::format("op {}", cut.index);
    case PowerCut::At::kTime:
        return fmt::format("{:.6f} s", models::seconds(cut.time));
    }
    return {};
}

std::string call_text(const BoardPlan& board, const Call& call)
{
    std::uint64_t sector_start = 0;
    std::uint32_t sector_in_area = 0;
    const std::uint64_t area_start = board.areas[call.area].offset_bytes;
    for (const SectorRun& run : board.devices[call.device].sectors) {
        for (std::uint32_t i = 0; i < run.count; ++i, sector_start += run.size_bytes) {
            if (sector_start + run.size_bytes <= area_start) {
                continue;
            }
            if (call.device_offset_bytes < sector_start + run.size_bytes) {
                return fmt::format("call {}  {} {} sector {} (0x{:08X})  {} bytes", call.index,
                                   call.kind == CallKind::kErase ? 'E' : 'W',
                                   board.areas[call.area].name, sector_in_area,
                                   call.device_offset_bytes, call.byte_count);
            }
            ++sector_in_area;
        }
    }
    return {};
}

DeviceUse use_by(const ScenarioResult& result, StepKind kind, std::size_t device)
{
    DeviceUse sum;
    for (const StepResult& step : result.steps) {
        if (step.step->kind() == kind && device < step.use.size()) {
            const DeviceUse& use = step.use[device];
            sum.erases += use.erases;
            sum.erased_bytes += use.erased_bytes;
            sum.programs += use.programs;
            sum.programmed_bytes += use.programmed_bytes;
        }
    }
    return sum;
}

std::string outcome_text(const ScenarioMachine& machine, const MachineState& state,
                         const Outcome& outcome)
{
    std::string words = outcome_words(machine, outcome);
    if (outcome.kind == OutcomeKind::kHandedOver) {
        const auto image = machine.image_at(state, outcome.response.device_id,
                                            outcome.response.device_offset_bytes);
        words += image ? " (" + machine.images()[*image].name + ")"
                       : ", which is none of the scenario's images";
    }
    return words;
}

}  // namespace brownout::sim
