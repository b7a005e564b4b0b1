#include "core_bench.hpp"

#include <algorithm>

namespace brownout::boot_test {

CoreBench::CoreBench(const BenchPlan& plan)
    : flash(io.table(),
            {{plan.sector_bytes,
              plan.primary_sectors + plan.secondary_sectors + plan.scratch_sectors}},
            plan.write_unit_bytes, plan.needs_erase),
      state(std::make_unique<boot_state>())
{
    const std::uint32_t primary_bytes = plan.primary_sectors * plan.sector_bytes;
    const std::uint32_t secondary_bytes = plan.secondary_sectors * plan.sector_bytes;
    primary_ = flash.area(FLASH_PRIMARY, 0, primary_bytes);
    secondary_ = flash.area(FLASH_SECONDARY, primary_bytes, secondary_bytes);
    scratch_ = flash.area(FLASH_SCRATCH, primary_bytes + secondary_bytes,
                          plan.scratch_sectors * plan.sector_bytes);

    config.strategy = plan.strategy;
    config.image_count = 1;
    config.max_image_sectors = plan.max_image_sectors;
    config.max_align_bytes = 8;
    config.validate_primary = true;
    config.tlv_allow_list = true;
    config.hash = CRYPTO_SHA256;

    state->io = io.table();
    state->crypto = &crypto;
    state->config = &config;
    state->strategy = strategy_of(plan.strategy);
    state->layout = trailer_layout_of(&config);
    slot_pair& pair = state->pairs[0];
    pair.boot = state.get();
    pair.chosen = SLOT_COUNT;
    pair.type = SWAP_NONE;
    swap_progress_reset(&pair.progress);
    pair.slots[SLOT_PRIMARY].area = &primary_;
    pair.slots[SLOT_PRIMARY].sector_count = plan.primary_sectors;
    pair.slots[SLOT_SECONDARY].area = &secondary_;
    pair.slots[SLOT_SECONDARY].sector_count = plan.secondary_sectors;
    pair.scratch = state->strategy->uses_scratch ? &scratch_ : nullptr;
}

void CoreBench::poke(const flash_area* area, std::uint32_t offset,
                     const std::vector<std::uint8_t>& what)
{
    std::copy(what.begin(), what.end(), flash.bytes.begin() + area->device_offset_bytes + offset);
}

void CoreBench::write_status_entry(const flash_area* area, std::uint32_t entry)
{
    const std::uint32_t unit = status_unit_bytes(pair());
    poke(area, trailer_status_offset(&state->layout, area, unit) + entry * unit, {1});
}

}  // namespace brownout::boot_test
