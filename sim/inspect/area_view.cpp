#include "area_view.hpp"

#include <algorithm>

namespace brownout::sim {

AreaView AreaView::of(const BoardPlan& board, const MachineState& state, const AreaPlan* area)
{
    if (area == nullptr) {
        return {};
    }
    return {area, &board.devices[area->device], &state.devices.at(area->device)};
}

std::vector<std::uint8_t> AreaView::read(std::uint32_t offset_bytes, std::uint32_t byte_count) const
{
    std::vector<std::uint8_t> bytes(byte_count);
    cells->read(std::uint64_t{plan->offset_bytes} + offset_bytes, bytes);
    return bytes;
}

std::uint8_t AreaView::byte_at(std::uint32_t offset_bytes) const
{
    return cells->byte_at(std::uint64_t{plan->offset_bytes} + offset_bytes);
}

bool AreaView::is_erased(std::uint32_t offset_bytes, std::uint32_t byte_count) const
{
    return cells->is_erased(std::uint64_t{plan->offset_bytes} + offset_bytes, byte_count);
}

std::vector<std::uint32_t> AreaView::sector_sizes() const
{
    std::vector<std::uint32_t> sizes;
    const std::uint64_t end = std::uint64_t{plan->offset_bytes} + plan->size_bytes;
    std::uint64_t run_start = 0;
    for (const SectorRun& run : device->sectors) {
        const std::uint64_t run_end = run_start + std::uint64_t{run.size_bytes} * run.count;
        const std::uint64_t from = std::max<std::uint64_t>(run_start, plan->offset_bytes);
        const std::uint64_t to = std::min(run_end, end);
        if (from < to) {
            sizes.insert(sizes.end(), static_cast<std::size_t>((to - from) / run.size_bytes),
                         run.size_bytes);
        }
        run_start = run_end;
    }
    return sizes;
}

bool strategy_swaps(boot_strategy strategy)
{
    return strategy == BOOT_SWAP_MOVE || strategy == BOOT_SWAP_OFFSET ||
           strategy == BOOT_SWAP_SCRATCH;
}

PairView pair_view(const ScenarioMachine& machine, const MachineState& state,
                   std::uint32_t image_index)
{
    const Machine& m = machine.machine();
    const BoardPlan& board = m.board();
    PairView pair;
    pair.primary = AreaView::of(board, state, m.area(FLASH_PRIMARY, image_index));
    pair.secondary = AreaView::of(board, state, m.area(FLASH_SECONDARY, image_index));
    if (m.setup().config.strategy == BOOT_SWAP_SCRATCH) {
        pair.scratch = AreaView::of(board, state, m.area(FLASH_SCRATCH, 0));
    }
    return pair;
}

}  // namespace brownout::sim
