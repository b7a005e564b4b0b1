// An area as inspection sees it: its cells, its sectors, its device's properties.
#pragma once

#include <sim/inspection.hpp>

#include <boot/flash.h>

#include <span>

namespace brownout::sim {

struct AreaView {
    const AreaPlan* plan = nullptr;
    const DevicePlan* device = nullptr;
    const models::FlashArray* cells = nullptr;

    // nullopt-like: plan is nullptr if the board has no such area.
    static AreaView of(const BoardPlan& board, const MachineState& state, const AreaPlan* area);

    explicit operator bool() const { return plan != nullptr; }
    std::vector<std::uint8_t> read(std::uint32_t offset_bytes, std::uint32_t byte_count) const;
    std::uint8_t byte_at(std::uint32_t offset_bytes) const;
    bool is_erased(std::uint32_t offset_bytes, std::uint32_t byte_count) const;
    std::vector<std::uint32_t> sector_sizes() const;  // of the sectors in the area
};

// The slots and the scratch area of one image.
struct PairView {
    AreaView primary;
    AreaView secondary;  // false: none
    AreaView scratch;    // false: none, or not used by the strategy
};
PairView pair_view(const ScenarioMachine& machine, const MachineState& state,
                   std::uint32_t image_index);

bool strategy_swaps(boot_strategy strategy);

// Trailer fields and status entries, read by the layout that core and applications share.
// `entry_bytes`: spacing of status entries.
TrailerReport read_trailer(const AreaView& area, const boot_config& config,
                           std::uint32_t entry_bytes);

// Spacing of status entries: the larger write unit of the areas that take part.
std::uint32_t status_entry_bytes(const PairView& pair, boot_strategy strategy);

// How far the swap of one image got, from its trailers.
SwapReport read_progress(const PairView& pair, const boot_config& config);

// A stretch of an image and where it lies.
struct ImagePiece {
    const AreaView* area = nullptr;
    std::uint32_t area_offset_bytes = 0;
    std::uint32_t image_offset_bytes = 0;
    std::uint32_t byte_count = 0;
};
// Where the image on its way into the primary slot (`of_new`), or the other one, lies during an
// interrupted swap; ascending by image offset.
std::vector<ImagePiece> pieces_of_image(const PairView& pair, const SwapReport& swap,
                                        boot_strategy strategy, bool of_new);

// Groups of swap using scratch, the first one first: offset and length.
struct GroupRange {
    std::uint32_t offset_bytes = 0;
    std::uint32_t byte_count = 0;
};
std::vector<GroupRange> scratch_groups(const PairView& pair, std::uint32_t swap_size_bytes);

// Boots a copy of the state and says in words what happens.
BootPrediction predict_boot(ScenarioMachine& machine, MachineState& state,
                            const std::vector<SwapReport>& swaps);

}  // namespace brownout::sim
