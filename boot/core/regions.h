/*
 * regions.h: the only code that erases and copies: whole sectors one call at a time, copies in
 * pieces of 1024 bytes. Everything returns 0 or an error code.
 */
#ifndef BOOT_CORE_REGIONS_H
#define BOOT_CORE_REGIONS_H

#include "core/state.h"

enum direction { FORWARD, BACKWARD };

/* R-ERASE: one erase per sector that intersects the region; nothing on devices without erase. */
int region_erase(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count,
                 enum direction direction);

/* R-SCRAMBLE: makes the data unusable: erases, or writes erased bytes on devices without erase
 * (backwards, the lowest unit is left alone). */
int region_scramble(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count,
                    enum direction direction);

/* T-SCRAMBLE: the trailer sectors, last sector first. */
int trailer_scramble(const struct slot_pair *pair, enum slot slot);

/* SLOT-SCRAMBLE: the whole slot, or only header and trailer if so configured. */
int slot_scramble(const struct slot_pair *pair, enum slot slot);

/* One erase or one copy of one sector; these assert success. */
void sector_erase(const struct slot_pair *pair, enum slot slot, uint32_t offset_bytes,
                  uint32_t byte_count);

struct region_copy {
    const struct flash_area *from;
    uint32_t from_offset_bytes;
    const struct flash_area *to;
    uint32_t to_offset_bytes;
    uint32_t byte_count;
    uint32_t image_offset_bytes; /* of the first byte in its image: key stream position */
};

/* COPY: encrypts on the way into the secondary slot, decrypts on the way into the primary slot.
 * The destination must have been erased. */
int region_copy(struct slot_pair *pair, const struct region_copy *copy);

/* COPY between slots at the usual image offset, which is that of the destination. Asserts. */
void slot_copy(struct slot_pair *pair, enum slot from, uint32_t from_offset_bytes, enum slot to,
               uint32_t to_offset_bytes, uint32_t byte_count);

#endif
