/*
 * state.h: everything that one run of the bootloader knows. Private to boot/.
 */
#ifndef BOOT_CORE_STATE_H
#define BOOT_CORE_STATE_H

#include <boot/board.h>
#include <boot/boot.h>
#include <boot/config.h>
#include <boot/crypto.h>
#include <boot/error.h>
#include <boot/image.h>
#include <boot/trailer.h>

#include <stdbool.h>
#include <stdint.h>

#define COPY_PIECE_BYTES 1024u
#define WRAPPED_KEY_BYTES_MAX 256u

enum slot { SLOT_PRIMARY, SLOT_SECONDARY, SLOT_COUNT };

enum status_source { STATUS_SOURCE_NONE, STATUS_SOURCE_PRIMARY, STATUS_SOURCE_SCRATCH };

/* How far a swap is, as the status entries tell it. */
struct swap_progress {
    enum status_source source;
    bool moved;     /* swap using move: the MOVE phase is over */
    uint32_t index; /* from 1; what is counted depends on strategy and phase */
    uint32_t state; /* from 1 */
    uint32_t type;  /* enum swap_type, or what an interrupted swap left in swap_info */
    uint32_t swap_size_bytes;
    uint32_t unprotected_tlv_bytes[SLOT_COUNT]; /* swap using offset */
    bool status_in_scratch;                     /* swap using scratch, shared first group */
    uint32_t failed_status_writes;
};

struct image_key {
    bool is_loaded;
    uint8_t bytes[CRYPTO_AES_KEY_BYTES_MAX];
    uint8_t wrapped[WRAPPED_KEY_BYTES_MAX]; /* as in its TLV; kept only if the trailer saves it */
};

struct image_slot {
    const struct flash_area *area;
    struct image_header header;
    uint32_t sector_count;      /* 0: the sector list could not be had */
    uint32_t image_start_bytes; /* swap using offset: an update starts at the second sector */
    bool in_ram;                /* ram-load: the image is looked at in RAM */
    bool is_available;          /* direct-xip, ram-load: may still be chosen */
    struct image_key key;
};

/* The two slots of one image. */
struct slot_pair {
    struct boot_state *boot;
    uint32_t image_index;
    struct image_slot slots[SLOT_COUNT];
    const struct flash_area *scratch; /* NULL unless the strategy uses it */
    struct swap_progress progress;
    uint32_t type;         /* enum swap_type: what was decided to do */
    enum slot chosen;      /* direct-xip, ram-load; SLOT_COUNT: none */
    uint32_t loaded_bytes; /* ram-load: bytes in RAM */
};

struct boot_state {
    const struct boot_io *io;
    const struct boot_crypto *crypto;
    const struct boot_config *config;
    const struct flash_map *map;
    const struct strategy *strategy;
    struct trailer_layout layout;
    struct slot_pair pairs[FLASH_IMAGES_MAX];
    uint8_t copy_buffer[COPY_PIECE_BYTES];
};

static inline bool has_several_images(const struct boot_state *boot)
{
    return boot->config->image_count > 1;
}

static inline bool can_encrypt(const struct boot_state *boot)
{
    return boot->config->encryption != CRYPTO_WRAP_NONE;
}

static inline bool fix_is_on(const struct slot_pair *pair, enum boot_fix fix)
{
    return (pair->boot->config->fixes & (uint32_t)fix) != 0;
}

static inline bool older_is_on(const struct slot_pair *pair, enum boot_older older)
{
    return (pair->boot->config->older & (uint32_t)older) != 0;
}

static inline bool mutant_is(const struct slot_pair *pair, enum boot_mutant mutant)
{
    return pair->boot->config->mutant == mutant;
}

static inline bool type_is_upgrade(uint32_t type)
{
    return type == SWAP_TEST || type == SWAP_PERM || type == SWAP_REVERT;
}

/* A source may exist without any progress: metadata written, no status entry yet. */
static inline bool swap_is_in_progress(const struct swap_progress *progress)
{
    return progress->moved || progress->index != 1 || progress->state != 1;
}

static inline const struct flash_area *primary_of(const struct slot_pair *pair)
{
    return pair->slots[SLOT_PRIMARY].area;
}

static inline const struct flash_area *secondary_of(const struct slot_pair *pair)
{
    return pair->slots[SLOT_SECONDARY].area;
}

void swap_progress_reset(struct swap_progress *progress);

/* Where the image of a slot is read from. */
struct image_source slot_source(const struct slot_pair *pair, enum slot slot);

/* Size of one status entry: the write unit of the primary slot, or the larger one of primary and
 * scratch. */
uint32_t status_unit_bytes(const struct slot_pair *pair);

/* Size of the primary slot's sector 0: the step of swap using move and offset. */
uint32_t swap_sector_bytes(const struct slot_pair *pair);

/* Sector `index` of a slot; asserts that it exists. */
struct flash_sector slot_sector(const struct slot_pair *pair, enum slot slot, uint32_t index);

/* The first sector that holds trailer bytes: counted from the end until `trailer_bytes` fit. */
struct flash_sector first_trailer_sector(const struct slot_pair *pair, enum slot slot,
                                         uint32_t trailer_bytes);

#endif
