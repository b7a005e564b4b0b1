#include "slot_trailer.hpp"

#include "machine/logical_flash.hpp"

#include <algorithm>
#include <array>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kMagicBytes = 16;
constexpr std::array<std::uint8_t, kMagicBytes> kMagic = {
    0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F, 0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};
// After two bytes that say the alignment.
constexpr std::array<std::uint8_t, kMagicBytes - 2> kMagicAligned = {
    0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D, 0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A};

std::uint32_t states_per_sector(boot_strategy strategy)
{
    return strategy == BOOT_SINGLE_SLOT ? 0 : strategy == BOOT_SWAP_OFFSET ? 2 : 3;
}

std::uint32_t write_unit_of(const Machine& machine, flash_role role, std::uint32_t image_index)
{
    const AreaPlan* area = machine.area(role, image_index);
    return area != nullptr ? machine.board().devices[area->device].write_unit_bytes : 1;
}

}  // namespace

SlotTrailer::SlotTrailer(const Machine& machine, const AreaPlan* area) : area_(area)
{
    if (area == nullptr) {
        return;
    }
    flash_ = std::make_shared<const LogicalFlash>(machine.board(), area->device);
    const boot_config& config = machine.setup().config;
    const DevicePlan& device = machine.board().devices[area->device];
    const bool is_offset = config.strategy == BOOT_SWAP_OFFSET;
    const std::uint32_t states = states_per_sector(config.strategy);
    const bool is_scratch = area->role == FLASH_SCRATCH;
    erased_value_ = device.erased_value;
    write_unit_bytes_ = device.write_unit_bytes;
    spacing_bytes_ = config.max_align_bytes;
    entry_spacing_bytes_ = write_unit_of(machine, FLASH_PRIMARY, area->image_index);
    if (config.strategy == BOOT_SWAP_SCRATCH) {
        entry_spacing_bytes_ =
            std::max(entry_spacing_bytes_, write_unit_of(machine, FLASH_SCRATCH, 0));
    }
    const bool starts_by_spacing = (config.fixes & BOOT_FIX_SCRATCH_WRITE_UNITS_DIFFER) != 0;
    const std::uint32_t unit = starts_by_spacing ? entry_spacing_bytes_ : write_unit_bytes_;
    const std::uint32_t magic_bytes =
        (kMagicBytes + spacing_bytes_ - 1) / spacing_bytes_ * spacing_bytes_;
    const std::uint32_t fields_bytes = (is_offset ? 5 : 4) * spacing_bytes_ + magic_bytes;
    // Units too large for status entries are those of devices that are never swapped.
    entry_count_ =
        unit > TRAILER_ALIGN_BYTES_MAX ? 0 : states * (is_scratch ? 1 : config.max_image_sectors);
    first_entry_offset_ = area->size_bytes - fields_bytes - entry_count_ * unit;
    const std::uint32_t image_ok =
        (area->size_bytes - kMagicBytes - spacing_bytes_) / spacing_bytes_ * spacing_bytes_;
    copy_done_offset_ = image_ok - spacing_bytes_;
}

// What cannot be read counts as erased, as it does for the core.
void SlotTrailer::read(const MachineState& state, std::uint32_t offset,
                       std::span<std::uint8_t> destination) const
{
    if (!flash_->read(state.devices[area_->device], std::uint64_t{area_->offset_bytes} + offset,
                      destination)) {
        std::fill(destination.begin(), destination.end(), erased_value_);
    }
}

std::uint8_t SlotTrailer::byte_at(const MachineState& state, std::uint32_t offset) const
{
    std::uint8_t byte = 0;
    read(state, offset, {&byte, 1});
    return byte;
}

trailer_mark SlotTrailer::flag_at(const MachineState& state, std::uint32_t offset) const
{
    const std::uint8_t byte = byte_at(state, offset);
    return byte == erased_value_ ? TRAILER_UNSET : byte == 1 ? TRAILER_SET : TRAILER_BAD;
}

trailer_mark SlotTrailer::magic_in(const MachineState& state) const
{
    std::array<std::uint8_t, kMagicBytes> found{};
    read(state, area_->size_bytes - kMagicBytes, found);
    if (std::all_of(found.begin(), found.end(), [&](auto byte) { return byte == erased_value_; })) {
        return TRAILER_UNSET;
    }
    std::array<std::uint8_t, kMagicBytes> good = kMagic;
    if (spacing_bytes_ != 8) {
        good[0] = static_cast<std::uint8_t>(spacing_bytes_);
        good[1] = static_cast<std::uint8_t>(spacing_bytes_ >> 8);
        std::copy(kMagicAligned.begin(), kMagicAligned.end(), good.begin() + 2);
    }
    return found == good ? TRAILER_SET : TRAILER_BAD;
}

TrailerMarks SlotTrailer::marks(const MachineState& state) const
{
    TrailerMarks marks;
    if (area_ == nullptr) {
        return marks;
    }
    marks.magic = magic_in(state);
    marks.copy_done = flag_at(state, copy_done_offset_);
    marks.image_ok = flag_at(state, copy_done_offset_ + spacing_bytes_);
    const std::uint8_t swap_info = byte_at(state, copy_done_offset_ - spacing_bytes_);
    marks.swap_type = swap_info == erased_value_ ? std::uint32_t{SWAP_NONE} : swap_info & 0xFu;
    return marks;
}

bool SlotTrailer::entry_is_written(const MachineState& state, std::uint32_t entry) const
{
    const std::uint64_t offset =
        std::uint64_t{first_entry_offset_} + std::uint64_t{entry} * entry_spacing_bytes_;
    return area_ != nullptr && offset < area_->size_bytes &&
           byte_at(state, static_cast<std::uint32_t>(offset)) != erased_value_;
}

std::optional<std::uint32_t> SlotTrailer::entry_at(std::uint32_t offset,
                                                   std::uint32_t byte_count) const
{
    if (area_ == nullptr || byte_count != write_unit_bytes_ || offset < first_entry_offset_ ||
        (offset - first_entry_offset_) % entry_spacing_bytes_ != 0) {
        return std::nullopt;
    }
    const std::uint32_t entry = (offset - first_entry_offset_) / entry_spacing_bytes_;
    return entry < entry_count_ ? std::optional(entry) : std::nullopt;
}

}  // namespace brownout::sim
