/*
 * swap_slots.h: what swap using move and swap using offset share: equal sectors, stepped through
 * by number.
 */
#ifndef BOOT_STRATEGY_SWAP_SLOTS_H
#define BOOT_STRATEGY_SWAP_SLOTS_H

#include "core/state.h"

/* Sectors that `byte_count` covers. */
uint32_t sectors_covering(uint32_t byte_count, uint32_t sector_bytes);

/* Sectors of the primary slot below its trailer. */
uint32_t sectors_below_trailer(const struct slot_pair *pair);

/* Bytes of the sectors, as large as the primary's first, that the trailer takes. */
uint32_t trailer_sectors_bytes(const struct slot_pair *pair);

/* Sector count times sector size. */
uint32_t slot_sectors_bytes(const struct slot_pair *pair, enum slot slot);

/* Compares the first `count` sectors of both slots pairwise. */
bool sectors_match(const struct slot_pair *pair, uint32_t count);

/* False, with a warning: `last` sectors and one to spare do not fit below the trailer. */
bool has_room_for_swap(struct slot_pair *pair, uint32_t last);

#endif
