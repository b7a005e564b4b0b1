/*
 * validate.h: is the image in a slot authentic, complete and allowed?
 */
#ifndef BOOT_CORE_VALIDATE_H
#define BOOT_CORE_VALIDATE_H

#include "core/state.h"

enum validity {
    VALIDITY_GOOD,
    VALIDITY_NO_IMAGE, /* nothing bootable; whatever cleaning up was due has been done */
    VALIDITY_ERROR     /* the question could not be answered */
};

/* Judges the header that is in memory and the bytes in the slot, and cleans up behind a bad image:
 * trailer of an unbootable secondary, whole slot of an invalid one. `requested` is the type that
 * the tables decided, SWAP_NONE when they were not asked. Logs. */
enum validity validate_slot(struct slot_pair *pair, enum slot slot, uint32_t requested);

/* The image itself: digest, size, allow list, signature; no side effects but log lines. */
bool verify_image(struct slot_pair *pair, enum slot slot);

#endif
