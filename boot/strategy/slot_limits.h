/*
 * slot_limits.h: the image size limit of the strategies that keep no status.
 */
#ifndef BOOT_STRATEGY_SLOT_LIMITS_H
#define BOOT_STRATEGY_SLOT_LIMITS_H

#include "core/state.h"

/* Up to the swap_info field of the slot's own trailer; whole units where they are written once. */
static inline uint32_t max_image_bytes_below_swap_info(struct slot_pair *pair, enum slot slot)
{
    const struct flash_area *area = pair->slots[slot].area;
    uint32_t limit = trailer_swap_info_offset(&pair->boot->layout, area->size_bytes);
    return trailer_has_small_writes(area) ? limit : limit - limit % flash_write_unit(area);
}

#endif
