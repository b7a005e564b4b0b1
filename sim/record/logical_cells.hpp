// The cells of a machine as firmware sees them through its drivers, sector by sector.
#pragma once

#include "inspect/area_view.hpp"
#include "machine/logical_flash.hpp"

#include <sim/machine.hpp>

#include <optional>
#include <vector>

namespace brownout::sim {

struct SectorRange {
    std::uint32_t first = 0;
    std::uint32_t end = 0;  // one behind the last
};

class LogicalCells {
public:
    explicit LogicalCells(const BoardPlan& board);

    // Looks at `state` from now on; it must live until the next call.
    void follow(const MachineState& state) { state_ = &state; }
    // Takes over what NAND parts hold in a range. False: pages of it cannot be read.
    bool refresh(std::uint32_t device, std::uint64_t offset_bytes, std::uint64_t byte_count);
    void refresh_all();

    bool is_translated(std::uint32_t device) const { return shadows_[device].has_value(); }
    const models::FlashArray& cells(std::uint32_t device) const;
    AreaView area(const AreaPlan& plan) const;

    std::uint32_t sector_count(std::uint32_t device) const;
    std::uint64_t sector_offset(std::uint32_t device, std::uint32_t sector) const;
    std::uint32_t sector_bytes(std::uint32_t device, std::uint32_t sector) const;
    std::uint32_t sector_at(std::uint32_t device, std::uint64_t offset_bytes) const;
    // Sectors that the range touches; what lies outside of the device is left out.
    SectorRange sectors_of(std::uint32_t device, std::uint64_t offset_bytes,
                           std::uint64_t byte_count) const;

private:
    const BoardPlan& board_;
    std::vector<LogicalFlash> flashes_;
    std::vector<std::optional<models::FlashArray>> shadows_;  // by device; NAND only
    std::vector<std::vector<std::uint64_t>> edges_;  // by device: starts of sectors, then the end
    const MachineState* state_ = nullptr;
};

}  // namespace brownout::sim
