/*
 * image_keys.h: image keys: from their TLV, to and from the trailer, and their use while copying.
 *
 * Plain side is the primary slot; everything else holds encrypted payloads. Header, TLV areas and
 * trailer are never encrypted.
 */
#ifndef BOOT_ENCRYPT_IMAGE_KEYS_H
#define BOOT_ENCRYPT_IMAGE_KEYS_H

#include "core/state.h"

struct region_copy;

/* Takes the key from the slot's ENC entry unless it is loaded. An image without such an entry is
 * no error here: it simply has no key. BOOT_EBADIMAGE: malformed, or not wrapped for us. */
int image_keys_load(struct slot_pair *pair, enum slot slot);

/* A swap begins: keys of every slot whose header says encrypted; asserts success. */
void image_keys_load_for_swap(struct slot_pair *pair);

void image_keys_forget(struct slot_pair *pair);

/* Both key fields, slot 0 first; an absent key is written as 0xFF. */
int image_keys_write_fields(const struct slot_pair *pair, const struct flash_area *area);

/* Reads both fields of an interrupted swap; an absent key is logged and tolerated. */
int image_keys_read_fields(struct slot_pair *pair, const struct flash_area *area);

/* Crypts the payload part of one piece of a copy, in place. */
int image_keys_crypt_piece(const struct slot_pair *pair, const struct region_copy *copy,
                           uint32_t image_offset_bytes, uint8_t *piece, uint32_t byte_count);

/* Decrypts the payload part of a piece of the image in `slot`. */
int image_keys_crypt_slot_piece(const struct slot_pair *pair, enum slot slot,
                                uint32_t image_offset_bytes, uint8_t *piece, uint32_t byte_count);

#endif
