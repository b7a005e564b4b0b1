/*
 * scratch_groups.h: which sectors swap using scratch exchanges together, and whether it can.
 */
#ifndef BOOT_STRATEGY_SCRATCH_GROUPS_H
#define BOOT_STRATEGY_SCRATCH_GROUPS_H

#include "core/state.h"

struct scratch_group {
    uint32_t number; /* from 1, the topmost group */
    uint32_t offset_bytes;
    uint32_t byte_count;
    uint32_t copy_bytes; /* less than byte_count if the group contains trailer bytes */
};

uint32_t scratch_group_count(const struct slot_pair *pair, uint32_t swap_size_bytes);

/* `number` from 1 to the count. */
struct scratch_group scratch_group_at(const struct slot_pair *pair, uint32_t swap_size_bytes,
                                      uint32_t number);

bool scratch_slots_are_compatible(struct slot_pair *pair);

/* Repeats the walk of the compatibility check, and its warnings. */
uint32_t scratch_max_image_bytes(struct slot_pair *pair, enum slot slot);

#endif
