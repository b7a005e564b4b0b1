// One image pair over RAM flash, in the state that boot_go() would give it.
#pragma once

#include "ram_flash.hpp"

extern "C" {
#include "core/regions.h"
#include "core/state.h"
#include "core/status.h"
#include "core/strategy.h"
#include "core/swap_type.h"
#include "core/validate.h"
#include "strategy/scratch_groups.h"
}

#include <cstdint>
#include <memory>

namespace brownout::boot_test {

struct BenchPlan {
    boot_strategy strategy = BOOT_SWAP_MOVE;
    std::uint32_t sector_bytes = 4096;
    std::uint32_t primary_sectors = 16;
    std::uint32_t secondary_sectors = 16;
    std::uint32_t scratch_sectors = 2;
    std::uint32_t write_unit_bytes = 8;
    std::uint32_t max_image_sectors = 128;
    bool needs_erase = true;
};

// Areas lie on one device: primary at 0, then secondary, then scratch.
class CoreBench {
public:
    explicit CoreBench(const BenchPlan& plan);
    CoreBench(const CoreBench&) = delete;
    CoreBench& operator=(const CoreBench&) = delete;

    slot_pair* pair() { return &state->pairs[0]; }
    const flash_area* primary() const { return &primary_; }
    const flash_area* secondary() const { return &secondary_; }
    const flash_area* scratch() const { return &scratch_; }

    // Stores bytes in an area without recording an operation.
    void poke(const flash_area* area, std::uint32_t offset, const std::vector<std::uint8_t>& what);
    // Marks status entry `entry` (from 0) as written.
    void write_status_entry(const flash_area* area, std::uint32_t entry);

    TestIo io;
    RamFlash flash;
    boot_config config{};
    boot_crypto crypto{};
    std::unique_ptr<boot_state> state;

private:
    flash_area primary_{};
    flash_area secondary_{};
    flash_area scratch_{};
};

}  // namespace brownout::boot_test
