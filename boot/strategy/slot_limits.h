/*
 * slot_limits.h: the image size limit of the strategies that keep no status.
 */
#ifndef BOOT_STRATEGY_SLOT_LIMITS_H
#define BOOT_STRATEGY_SLOT_LIMITS_H

#include "core/state.h"

/* Up to the swap_info field of the slot's own trailer. */
static inline uint32_t max_image_bytes_below_swap_info(struct slot_pair *pair, enum slot slot)
{
    return trailer_swap_info_offset(&pair->boot->layout, pair->slots[slot].area->size_bytes);
}

#endif
