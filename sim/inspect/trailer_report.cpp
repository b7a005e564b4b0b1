// Trailer fields from bytes; where they lie is arithmetic that the core shares (boot/trailer.h).
#include "area_view.hpp"

#include <algorithm>
#include <cstring>

namespace brownout::sim {

namespace {

trailer_mark mark_of(const AreaView& area, std::uint32_t offset_bytes)
{
    const std::uint8_t value = area.byte_at(offset_bytes);
    if (value == area.device->erased_value) {
        return TRAILER_UNSET;
    }
    return value == 1 ? TRAILER_SET : TRAILER_BAD;
}

trailer_mark magic_of(const AreaView& area, std::uint32_t max_align_bytes)
{
    const std::uint32_t offset = trailer_magic_offset(area.plan->size_bytes);
    if (area.is_erased(offset, TRAILER_MAGIC_BYTES)) {
        return TRAILER_UNSET;
    }
    std::uint8_t expected[TRAILER_MAGIC_BYTES];
    trailer_magic_value(max_align_bytes, expected);
    const std::vector<std::uint8_t> held = area.read(offset, TRAILER_MAGIC_BYTES);
    return std::equal(held.begin(), held.end(), expected) ? TRAILER_SET : TRAILER_BAD;
}

std::optional<std::uint32_t> word_of(const AreaView& area, std::uint32_t offset_bytes)
{
    if (area.is_erased(offset_bytes, 4)) {
        return std::nullopt;
    }
    return area.cells->word_at(std::uint64_t{area.plan->offset_bytes} + offset_bytes);
}

flash_area layout_area(const AreaView& area)
{
    flash_area result{};
    result.role = area.plan->role;
    result.size_bytes = area.plan->size_bytes;
    return result;
}

void read_entries(const AreaView& area, TrailerReport& trailer)
{
    for (std::uint32_t i = 0; i < trailer.entry_count; ++i) {
        const std::uint32_t at = trailer.offset_bytes + i * trailer.entry_bytes;
        if (at >= area.plan->size_bytes) {
            break;  // entries spaced wider than the layout foresees
        }
        const std::uint8_t value = area.byte_at(at);
        if (value != area.device->erased_value) {
            trailer.entries.push_back({i, value});
        }
    }
}

}  // namespace

std::uint32_t status_entry_bytes(const PairView& pair, boot_strategy strategy)
{
    const AreaView& other = strategy == BOOT_SWAP_SCRATCH ? pair.scratch : pair.secondary;
    return std::max(pair.primary.device->write_unit_bytes,
                    other ? other.device->write_unit_bytes : 1);
}

TrailerReport read_trailer(const AreaView& area, const boot_config& config,
                           std::uint32_t entry_bytes)
{
    const trailer_layout layout = trailer_layout_of(&config);
    const std::uint32_t size = area.plan->size_bytes;
    TrailerReport trailer;
    trailer.state = {TRAILER_UNSET, SWAP_NONE, TRAILER_UNSET, TRAILER_UNSET, 0};
    trailer_layout fields = layout;
    fields.max_sectors = 0;
    if (size < trailer_slot_bytes(&fields, entry_bytes)) {
        return trailer;  // no room for one
    }
    trailer.state.magic = magic_of(area, config.max_align_bytes);
    trailer.state.image_ok = mark_of(area, trailer_image_ok_offset(&layout, size));
    trailer.state.copy_done = mark_of(area, trailer_copy_done_offset(&layout, size));
    const std::uint8_t info = area.byte_at(trailer_swap_info_offset(&layout, size));
    trailer.state.swap_type = SWAP_NONE;
    if (info != area.device->erased_value) {
        trailer.swap_info = info;
        trailer.state.image_index = info >> 4;
        trailer.state.swap_type = info & 0xF;
    }
    trailer.swap_size_bytes = word_of(area, trailer_swap_size_offset(&layout, size));
    if (layout.has_tlv_sizes) {
        trailer.tlv_sizes = word_of(area, trailer_tlv_sizes_offset(&layout, size));
    }
    const flash_area place = layout_area(area);
    const bool is_fixed = (config.fixes & BOOT_FIX_SCRATCH_WRITE_UNITS_DIFFER) != 0;
    trailer.offset_bytes = trailer_status_offset(
        &layout, &place, is_fixed ? entry_bytes : area.device->write_unit_bytes);
    trailer.entry_bytes = entry_bytes;
    trailer.entry_count = layout.states_per_sector *
                          (area.plan->role == FLASH_SCRATCH ? 1 : config.max_image_sectors);
    if (trailer.offset_bytes < size) {  // the status area fits below the fields
        read_entries(area, trailer);
    }
    return trailer;
}

}  // namespace brownout::sim
