#include "sector_erases.hpp"

namespace brownout::sim {

EraseCounter::EraseCounter(const BoardPlan& board, const MachineState& start, bool counts)
    : board_(board), counts_(counts)
{
    if (counts) {
        start_ = start;
    }
}

std::vector<SectorErases> EraseCounter::since(const MachineState& state) const
{
    std::vector<SectorErases> erases;
    for (std::uint32_t device = 0; counts_ && device < board_.devices.size(); ++device) {
        std::uint64_t offset = 0;
        for (const SectorRun& run : board_.devices[device].sectors) {
            for (std::uint32_t i = 0; i < run.count; ++i, offset += run.size_bytes) {
                const std::uint32_t count = state.devices[device].erase_count(offset) -
                                            start_.devices[device].erase_count(offset);
                if (count > 0) {
                    erases.push_back({device, count, offset});
                }
            }
        }
    }
    return erases;
}

}  // namespace brownout::sim
