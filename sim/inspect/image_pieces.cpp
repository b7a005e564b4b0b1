// Where the sectors of both images lie in the middle of a swap.
#include "area_view.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

// Sectors `first` .. `end` of the image, at sector `at` .. of the area.
struct SectorStretch {
    const AreaView* area;
    std::uint32_t at;
    std::uint32_t first;
    std::uint32_t end;
};

std::vector<ImagePiece> pieces_of(std::initializer_list<SectorStretch> stretches,
                                  std::uint32_t sector_bytes)
{
    std::vector<ImagePiece> pieces;
    for (const SectorStretch& stretch : stretches) {
        if (stretch.first < stretch.end) {
            pieces.push_back({stretch.area, stretch.at * sector_bytes, stretch.first * sector_bytes,
                              (stretch.end - stretch.first) * sector_bytes});
        }
    }
    std::sort(pieces.begin(), pieces.end(), [](const ImagePiece& left, const ImagePiece& right) {
        return left.image_offset_bytes < right.image_offset_bytes;
    });
    return pieces;
}

// The primary slot moves up by one sector from the top, then the slots are swapped from sector 0.
std::vector<ImagePiece> pieces_move(const PairView& pair, const SwapReport& swap, bool of_new)
{
    const AreaView* p = &pair.primary;
    const AreaView* s = &pair.secondary;
    const std::uint32_t total = swap.total;
    if (!swap.moved) {
        const std::uint32_t done = std::min(swap.index - 1, total);
        const std::uint32_t kept = total - done;
        return of_new ? pieces_of({{s, 0, 0, total}}, swap.sector_bytes)
                      : pieces_of({{p, 0, 0, kept}, {p, kept + 1, kept, total}}, swap.sector_bytes);
    }
    const std::uint32_t swapped = std::min(swap.index - 1, total);
    const std::uint32_t fetched = std::min(swapped + (swap.state == 2 ? 1 : 0), total);
    return of_new ? pieces_of({{p, 0, 0, fetched}, {s, fetched, fetched, total}}, swap.sector_bytes)
                  : pieces_of({{s, 0, 0, swapped}, {p, swapped + 1, swapped, total}},
                              swap.sector_bytes);
}

// Forwards each primary sector is saved below the update sector that replaces it; a revert shifts
// back from the top.
std::vector<ImagePiece> pieces_offset(const PairView& pair, const SwapReport& swap, bool of_new)
{
    const AreaView* p = &pair.primary;
    const AreaView* s = &pair.secondary;
    const std::uint32_t total = swap.total;
    const std::uint32_t fetched = std::min(swap.index - 1, total);
    const std::uint32_t saved = std::min(fetched + (swap.state == 2 ? 1 : 0), total);
    if (swap.type != SWAP_REVERT) {
        return of_new ? pieces_of({{p, 0, 0, fetched}, {s, fetched + 1, fetched, total}},
                                  swap.sector_bytes)
                      : pieces_of({{s, 0, 0, saved}, {p, saved, saved, total}}, swap.sector_bytes);
    }
    const std::uint32_t left = total - fetched;
    const std::uint32_t unsaved = total - saved;
    return of_new ? pieces_of({{s, 0, 0, left}, {p, left, left, total}}, swap.sector_bytes)
                  : pieces_of({{p, 0, 0, unsaved}, {s, unsaved + 1, unsaved, total}},
                              swap.sector_bytes);
}

std::vector<ImagePiece> pieces_scratch(const PairView& pair, const SwapReport& swap,
                                       const std::vector<GroupRange>& groups, bool of_new)
{
    std::vector<ImagePiece> pieces;
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
        const GroupRange& group = groups[i];
        const std::uint32_t number = i + 1;
        const AreaView* area = of_new ? &pair.secondary : &pair.primary;
        std::uint32_t at = group.offset_bytes;
        if (number < swap.index) {
            area = of_new ? &pair.primary : &pair.secondary;
        } else if (number == swap.index && of_new && swap.state >= 2) {
            area = &pair.scratch;
            at = 0;
        } else if (number == swap.index && !of_new && swap.state == 3) {
            area = &pair.secondary;
        }
        pieces.push_back({area, at, group.offset_bytes, group.byte_count});
    }
    std::reverse(pieces.begin(), pieces.end());
    return pieces;
}

}  // namespace

std::vector<ImagePiece> pieces_of_image(const PairView& pair, const SwapReport& swap,
                                        boot_strategy strategy, bool of_new)
{
    std::vector<ImagePiece> pieces;
    if (strategy == BOOT_SWAP_MOVE) {
        pieces = pieces_move(pair, swap, of_new);
    } else if (strategy == BOOT_SWAP_OFFSET) {
        pieces = pieces_offset(pair, swap, of_new);
    } else {
        pieces = pieces_scratch(pair, swap, scratch_groups(pair, swap.swap_size_bytes), of_new);
    }
    // A size that no slot has (the trailer may hold anything) leaves pieces outside.
    const bool all_inside = std::all_of(pieces.begin(), pieces.end(), [](const ImagePiece& piece) {
        return std::uint64_t{piece.area_offset_bytes} + piece.byte_count <=
               piece.area->plan->size_bytes;
    });
    return all_inside ? pieces : std::vector<ImagePiece>{};
}

}  // namespace brownout::sim
