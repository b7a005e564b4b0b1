// The trailer of a slot or of the scratch area as it lies in flash, read independently of the boot
// core. Encrypted builds (keys in the trailer) are not covered.
#pragma once

#include <boot/trailer.h>
#include <sim/machine.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace brownout::sim {

struct TrailerMarks {
    trailer_mark magic = TRAILER_UNSET;
    trailer_mark copy_done = TRAILER_UNSET;
    trailer_mark image_ok = TRAILER_UNSET;
    std::uint32_t swap_type = SWAP_NONE;  // low nibble of swap_info
};

class LogicalFlash;

class SlotTrailer {
public:
    // `area` must outlive this; nullptr: everything reads as unset.
    SlotTrailer(const Machine& machine, const AreaPlan* area);

    TrailerMarks marks(const MachineState& state) const;
    std::uint32_t copy_done_offset() const { return copy_done_offset_; }
    std::uint32_t image_ok_offset() const { return copy_done_offset_ + spacing_bytes_; }

    std::uint32_t entry_count() const { return entry_count_; }
    bool entry_is_written(const MachineState& state, std::uint32_t entry) const;
    // The entry that a write of `byte_count` at `offset` is; nullopt: it is none.
    std::optional<std::uint32_t> entry_at(std::uint32_t offset, std::uint32_t byte_count) const;

private:
    void read(const MachineState& state, std::uint32_t offset,
              std::span<std::uint8_t> destination) const;
    std::uint8_t byte_at(const MachineState& state, std::uint32_t offset) const;
    trailer_mark flag_at(const MachineState& state, std::uint32_t offset) const;
    trailer_mark magic_in(const MachineState& state) const;

    const AreaPlan* area_;
    std::shared_ptr<const LogicalFlash> flash_;
    std::uint8_t erased_value_ = 0xFF;
    std::uint32_t write_unit_bytes_ = 1;
    std::uint32_t spacing_bytes_ = 8;  // of fields
    std::uint32_t entry_spacing_bytes_ = 1;
    std::uint32_t entry_count_ = 0;
    std::uint32_t first_entry_offset_ = 0;
    std::uint32_t copy_done_offset_ = 0;
};

}  // namespace brownout::sim
