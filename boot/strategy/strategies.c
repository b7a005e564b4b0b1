#include "core/strategy.h"

static const struct strategy *const strategies[BOOT_STRATEGY_COUNT] = {
    [BOOT_SWAP_MOVE] = &strategy_swap_move,
    [BOOT_SWAP_OFFSET] = &strategy_swap_offset,
    [BOOT_SWAP_SCRATCH] = &strategy_swap_scratch,
    [BOOT_OVERWRITE_ONLY] = &strategy_overwrite,
    [BOOT_OVERWRITE_ONLY_FAST] = &strategy_overwrite_fast,
    [BOOT_DIRECT_XIP] = &strategy_direct_xip,
    [BOOT_DIRECT_XIP_REVERT] = &strategy_direct_xip_revert,
    [BOOT_RAM_LOAD] = &strategy_ram_load,
    [BOOT_RAM_LOAD_REVERT] = &strategy_ram_load_revert,
    [BOOT_SINGLE_SLOT] = &strategy_single_slot,
};

const struct strategy *strategy_of(enum boot_strategy kind)
{
    return kind < BOOT_STRATEGY_COUNT ? strategies[kind] : 0;
}
