// From trailers to how far a swap got. Written from the description of the format, not shared with
// the core: a second opinion.
#include "area_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// At most as many as a slot can have: a trailer may hold any size.
std::uint32_t sectors_covering(std::uint32_t byte_count, std::uint32_t sector_bytes)
{
    byte_count = std::min(byte_count, 0x40000000u);
    return static_cast<std::uint32_t>((std::uint64_t{byte_count} + sector_bytes - 1) /
                                      sector_bytes);
}

// Type of the pending request, when nothing was interrupted; rows in the order of the tables.
std::uint32_t type_from_tables(const trailer_state& primary, const trailer_state* secondary,
                               bool is_offset)
{
    if (secondary != nullptr && secondary->magic == TRAILER_SET) {
        if (is_offset && secondary->image_ok == TRAILER_UNSET &&
            secondary->copy_done == TRAILER_SET) {
            return SWAP_REVERT;
        }
        if (secondary->image_ok == TRAILER_UNSET) {
            return SWAP_TEST;
        }
        if (secondary->image_ok == TRAILER_SET) {
            return SWAP_PERM;
        }
    }
    const bool unconfirmed = primary.magic == TRAILER_SET && primary.image_ok == TRAILER_UNSET &&
                             primary.copy_done == TRAILER_SET;
    return unconfirmed ? SWAP_REVERT : SWAP_NONE;
}

enum class Source { kNone, kPrimary, kScratch };

Source source_of(const trailer_state& primary, const trailer_state* secondary)
{
    const bool secondary_asks = secondary != nullptr && secondary->magic == TRAILER_SET;
    const bool is_open = primary.magic == TRAILER_SET && primary.copy_done == TRAILER_UNSET;
    return is_open && !secondary_asks ? Source::kPrimary : Source::kNone;
}

Source source_with_scratch(const trailer_state& primary, const trailer_state& scratch)
{
    if (primary.magic == TRAILER_SET && scratch.magic != TRAILER_SET) {
        if (primary.copy_done == TRAILER_SET) {
            return Source::kNone;
        }
        if (primary.copy_done == TRAILER_UNSET) {
            return Source::kPrimary;
        }
    }
    if (scratch.magic == TRAILER_SET) {
        return Source::kScratch;
    }
    const bool is_blank = primary.magic == TRAILER_UNSET && primary.copy_done == TRAILER_UNSET;
    return is_blank ? Source::kPrimary : Source::kNone;
}

// ---- positions ----

void position_move(const TrailerReport& trailer, std::uint32_t max_sectors, SwapReport& swap)
{
    const std::uint32_t highest = trailer.entries.empty() ? 0 : trailer.entries.back().index + 1;
    swap.entries_written = highest;
    if (highest >= max_sectors) {
        swap.moved = true;
        swap.index = (highest - max_sectors) / 2 + 1;
        swap.state = (highest - max_sectors) % 2 + 1;
    } else if (highest > 0) {
        swap.index = highest + 1;
    }
}

void position_offset(const TrailerReport& trailer, SwapReport& swap)
{
    const std::uint32_t highest = trailer.entries.empty() ? 0 : trailer.entries.back().index + 1;
    swap.entries_written = highest;
    swap.index = highest / 2 + 1;
    swap.state = highest % 2 + 1;
}

// The first gap behind the first written entry.
void position_scratch(const TrailerReport& trailer, SwapReport& swap)
{
    std::uint32_t gap = trailer.entries.empty() ? 0 : trailer.entries.front().index;
    for (const StatusEntry& entry : trailer.entries) {
        if (entry.index != gap) {
            break;
        }
        gap++;
    }
    swap.entries_written = static_cast<std::uint32_t>(trailer.entries.size());
    swap.index = gap / 3 + 1;
    swap.state = gap % 3 + 1;
}

// ---- words ----

std::string words_move(const SwapReport& swap)
{
    if (!swap.moved) {
        return swap.entries_written == 0
                   ? fmt::format("prepared, none of {} sectors moved yet", swap.total)
                   : fmt::format("move {} of {}", swap.index, swap.total);
    }
    if (swap.index > swap.total) {
        return fmt::format("all {} sectors swapped, the flags are missing", swap.total);
    }
    return fmt::format("sector {} of {}, {} half", swap.index, swap.total,
                       swap.state == 1 ? "first" : "second");
}

std::string words_offset(const SwapReport& swap)
{
    if (swap.entries_written == 0) {
        return fmt::format("prepared, none of {} sectors swapped yet", swap.total);
    }
    if (swap.index > swap.total) {
        return fmt::format("all {} sectors swapped, the flags are missing", swap.total);
    }
    return fmt::format("sector {} of {}, {} half", swap.index, swap.total,
                       swap.state == 1 ? "first" : "second");
}

std::string words_scratch(const SwapReport& swap)
{
    static constexpr const char* kSteps[] = {
        "secondary slot to scratch", "primary slot to secondary slot", "scratch to primary slot"};
    if (swap.entries_written == 0) {
        return fmt::format("prepared, none of {} groups of sectors swapped yet", swap.total);
    }
    if (swap.index > swap.total) {
        return fmt::format("all {} groups of sectors swapped, the flags are missing", swap.total);
    }
    return fmt::format("group {} of {} (the last sectors first), {}", swap.index, swap.total,
                       kSteps[swap.state - 1]);
}

// ---- one strategy each ----

void resume_swap(const PairView& pair, const boot_config& config, const TrailerReport& trailer,
                 SwapReport& swap)
{
    const std::uint32_t swap_size = trailer.swap_size_bytes.value_or(0);
    const auto sectors = pair.primary.sector_sizes();
    swap.swap_size_bytes = swap_size;
    swap.sector_bytes = sectors.empty() ? 1 : sectors.front();
    swap.type = trailer.state.swap_type;
    switch (config.strategy) {
    case BOOT_SWAP_MOVE:
        position_move(trailer, config.max_image_sectors, swap);
        swap.total = std::max(1u, sectors_covering(swap_size, swap.sector_bytes));
        swap.progress = words_move(swap);
        break;
    case BOOT_SWAP_OFFSET:
        position_offset(trailer, swap);
        swap.total = std::max(1u, sectors_covering(swap_size, swap.sector_bytes));
        swap.progress = words_offset(swap);
        break;
    default:
        position_scratch(trailer, swap);
        swap.total = static_cast<std::uint32_t>(scratch_groups(pair, swap_size).size());
        swap.progress = words_scratch(swap);
        break;
    }
}

}  // namespace

const char* swap_type_word(std::uint32_t type)
{
    switch (type) {
    case SWAP_NONE:
        return "none";
    case SWAP_TEST:
        return "test";
    case SWAP_PERM:
        return "perm";
    case SWAP_REVERT:
        return "revert";
    default:
        return "unknown";
    }
}

SwapReport read_progress(const PairView& pair, const boot_config& config)
{
    const std::uint32_t entry_bytes = status_entry_bytes(pair, config.strategy);
    const TrailerReport primary = read_trailer(pair.primary, config, entry_bytes);
    std::optional<TrailerReport> secondary;
    if (pair.secondary) {
        secondary = read_trailer(pair.secondary, config, entry_bytes);
    }
    const trailer_state* asks = secondary ? &secondary->state : nullptr;
    SwapReport swap;
    swap.image_index = pair.primary.plan->image_index;
    Source source = source_of(primary.state, asks);
    TrailerReport scratch;
    if (pair.scratch) {
        scratch = read_trailer(pair.scratch, config, entry_bytes);
        source = source_with_scratch(primary.state, scratch.state);
        if (source == Source::kScratch && config.image_count > 1 &&
            scratch.state.image_index != swap.image_index) {
            source = Source::kNone;
        }
    }
    swap.in_scratch = source == Source::kScratch;
    if (source != Source::kNone) {
        resume_swap(pair, config, swap.in_scratch ? scratch : primary, swap);
    }
    // A prepared swap is begun again with the type in its own trailer; nothing there: the tables.
    const bool has_begun = swap.index > 1 || swap.state > 1 || swap.moved;
    swap.interrupted = has_begun || (source != Source::kNone && swap.type != SWAP_NONE);
    if (!swap.interrupted) {
        swap.type = type_from_tables(primary.state, asks, config.strategy == BOOT_SWAP_OFFSET);
        swap.progress.clear();
    }
    return swap;
}

std::vector<GroupRange> scratch_groups(const PairView& pair, std::uint32_t swap_size_bytes)
{
    const auto primary = pair.primary.sector_sizes();
    const auto secondary = pair.secondary.sector_sizes();
    std::vector<GroupRange> groups;
    // The smallest boundary that both slots have at or above the size.
    std::size_t next = 0;
    std::uint64_t primary_end = 0;
    std::uint64_t secondary_end = 0;
    std::size_t count = 0;
    while (count < primary.size() &&
           (count == 0 || primary_end < swap_size_bytes || primary_end != secondary_end)) {
        primary_end += primary[count++];
        while (secondary_end < primary_end && next < secondary.size()) {
            secondary_end += secondary[next++];
        }
    }
    auto end = static_cast<std::uint32_t>(primary_end);
    while (count > 0) {
        GroupRange group;
        while (count > 0 &&
               group.byte_count + primary[count - 1] <= pair.scratch.plan->size_bytes) {
            group.byte_count += primary[--count];
        }
        if (group.byte_count == 0) {
            break;  // a sector larger than the scratch area: the slots do not fit each other
        }
        end -= group.byte_count;
        group.offset_bytes = end;
        groups.push_back(group);
    }
    return groups;
}

}  // namespace brownout::sim
