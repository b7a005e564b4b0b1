/*
 * headers.h: looking up the image headers of a pair.
 */
#ifndef BOOT_CORE_HEADERS_H
#define BOOT_CORE_HEADERS_H

#include "core/state.h"

/* Reads the header at `offset_bytes` of `area` into the slot's header. 0 or BOOT_EFLASH. */
int header_read_at(struct slot_pair *pair, enum slot slot, const struct flash_area *area,
                   uint32_t offset_bytes);

/* A slot's header at the slot's start: the lookup of the strategies that never move it. */
int header_read_in_place(struct slot_pair *pair, enum slot slot, bool resuming);

/* Both headers where they lie when no swap is under way; only the primary's error counts. */
int headers_read(struct slot_pair *pair);

/* Both headers where an interrupted swap has left them. The secondary's error counts only while a
 * swap is in progress; it is not looked for if the primary's lookup fails. */
int headers_read_resuming(struct slot_pair *pair);

#endif
