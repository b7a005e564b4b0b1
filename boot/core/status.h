/*
 * status.h: status entries and the search for an interrupted swap.
 */
#ifndef BOOT_CORE_STATUS_H
#define BOOT_CORE_STATUS_H

#include "core/state.h"

/* One info line: `Primary image: magic=good, swap_type=0x2, copy_done=0x3, image_ok=0x3`. */
void status_log_trailer(const struct boot_io *io, const char *name,
                        const struct trailer_state *state);
void status_log_source(const struct boot_io *io, enum status_source source);

/* Reads a trailer that must be readable. */
struct trailer_state status_read_trailer(const struct slot_pair *pair,
                                         const struct flash_area *area);

/* The area that holds the status of a source; NULL for none. */
const struct flash_area *status_area(const struct slot_pair *pair, enum status_source source);

/* Source of swap using move and offset: the primary slot, if its trailer is complete, the swap is
 * not, and the request in the secondary slot is gone. */
void status_find_source_in_primary(struct slot_pair *pair);

/* Of the first status entry in `area`. */
uint32_t status_offset(const struct slot_pair *pair, const struct flash_area *area);

/* 1-based index of the highest entry of `entry_count` that is not erased; 0 if there is none. */
int status_highest_written(const struct slot_pair *pair, const struct flash_area *area,
                           uint32_t entry_count, uint32_t *highest);

/* Skips leading erased entries; index of the first erased one after them. `inconsistent`: a
 * written entry follows. */
int status_first_gap(const struct slot_pair *pair, const struct flash_area *area,
                     uint32_t entry_count, uint32_t *gap, bool *inconsistent);

/* STATUS: writes one entry in the primary slot, or in the scratch area while it stands in. A
 * failure is counted if the primary slot is validated, otherwise asserted. */
void status_write(struct slot_pair *pair, uint32_t entry, uint8_t value);

/* INIT: fresh swap metadata in `area`, magic last; nothing is erased. Asserts success. */
void status_init(struct slot_pair *pair, const struct flash_area *area);

/* Source, position and pending type of an interrupted swap. 0 or BOOT_EFLASH. */
int status_read(struct slot_pair *pair);

/* The trailer that an interrupted swap is resumed from: swap size and keys. */
const struct flash_area *status_resume_area(const struct slot_pair *pair);

#endif
