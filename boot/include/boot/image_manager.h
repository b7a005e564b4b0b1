/*
 * image_manager.h: the image group of a device's management (SMP/mcumgr), as an application has it
 * (ncs.md sections 4 and 5): upload in chunks, state of the slots, test, confirm, erase.
 *
 * No transport and no encoding: a request is a call, its answer a result code and a few values.
 * Image 0 to FLASH_IMAGES_MAX - 1 has the slots 0 (primary) and 1 (secondary). For swap and
 * overwrite strategies: the running image is the one in the primary slot.
 *
 * Not modelled: direct upload into other areas than secondary slots, dependency and version checks
 * before an upload, progress that is kept in flash, slot info.
 */
#ifndef BOOT_IMAGE_MANAGER_H
#define BOOT_IMAGE_MANAGER_H

#include <boot/app.h>
#include <boot/upload.h>
#include <boot/version.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a request is answered with. From 1 on: codes of the image group, second version of the
 * protocol; from IMAGE_MANAGER_SMP on: codes of the protocol itself, plus that number. */
#define IMAGE_MANAGER_SMP 0x100
enum image_manager_result {
    IMAGE_MANAGER_OK = 0,
    IMAGE_MANAGER_HASH_NOT_FOUND = 8,
    IMAGE_MANAGER_NO_FREE_SLOT = 9,
    IMAGE_MANAGER_WRITE_FAILED = 12,
    IMAGE_MANAGER_ERASE_FAILED = 13,
    IMAGE_MANAGER_BAD_SLOT = 14,
    IMAGE_MANAGER_BAD_LENGTH = 21,
    IMAGE_MANAGER_BAD_HEADER = 22,
    IMAGE_MANAGER_BAD_HEADER_MAGIC = 23,
    IMAGE_MANAGER_TOO_LARGE = 30,
    IMAGE_MANAGER_OVERRUN = 31,
    IMAGE_MANAGER_UNKNOWN_ERROR = IMAGE_MANAGER_SMP + 1,
    IMAGE_MANAGER_BAD_STATE = IMAGE_MANAGER_SMP + 6
};

/* Switches that bring back a defect that image managers once had, named after the report of it. */
enum image_manager_older {
    /* A trailer without an image still makes a slot 'in use' (mynewt-mcumgr #97 and #98). */
    IMAGE_MANAGER_OLDER_97_TRAILER_ALONE = 1u << 0,
    /* An erase leaves the unfinished upload as it is, which then goes on (zephyr #51798). */
    IMAGE_MANAGER_OLDER_51798_ERASE_KEEPS_UPLOAD = 1u << 1,
    /* The erase before an upload is as long as the image, not whole pages (zephyr #24706). */
    IMAGE_MANAGER_OLDER_24706_EXACT_LENGTH = 1u << 2
};

/* How an application's image manager is built. */
struct image_manager_options {
    enum image_writer_kind writer;
    uint32_t block_bytes;      /* of the writer; 512 in Zephyr                                 */
    bool erases_before_upload; /* all that an image needs, in two calls, with its first chunk,
                                  unless the slot is blank; otherwise page by page             */
    bool erases_pending;       /* a slot with a request may be erased                          */
    uint32_t older;            /* enum image_manager_older, or-ed                              */
};

#define IMAGE_MANAGER_SHA_BYTES 32u

/* An application's image manager; in RAM, so that a reset forgets an unfinished upload. */
struct image_manager {
    const struct app_context *app;
    struct image_manager_options options;
    struct image_writer writer;
    bool receives; /* an upload is unfinished: */
    bool has_sha;
    uint32_t image_index;
    uint32_t total_bytes;
    uint32_t offset_bytes; /* of the next chunk */
    uint8_t sha[IMAGE_MANAGER_SHA_BYTES];
};

/* `app` must outlive `manager`. */
void image_manager_start(struct image_manager *manager, const struct app_context *app,
                         const struct image_manager_options *options);

struct image_upload_chunk {
    uint32_t image_index;  /* first chunk */
    uint32_t offset_bytes; /* 0: the first chunk */
    uint32_t total_bytes;  /* first chunk: length of the file */
    const uint8_t *sha;    /* first chunk: SHA-256 of the file, or NULL */
    const uint8_t *bytes;
    uint32_t byte_count;
};

/* Takes a chunk. `next_offset_bytes`: where the client goes on, also if it was at another offset;
 * a first chunk whose sha is that of the unfinished upload resumes it. */
enum image_manager_result image_manager_upload(struct image_manager *manager,
                                               const struct image_upload_chunk *chunk,
                                               uint32_t *next_offset_bytes);

/* Erases the secondary slot of an image, if it holds anything and is not in use. */
enum image_manager_result image_manager_erase(struct image_manager *manager, uint32_t image_index);

struct image_slot_state {
    uint32_t image_index;
    uint32_t slot;
    struct boot_version version;
    uint8_t hash[IMAGE_MANAGER_SHA_BYTES]; /* as its TLV says; nothing is computed */
    bool pending;
    bool confirmed;
    bool active;
    bool permanent;
};

#define IMAGE_MANAGER_SLOTS_MAX (2u * FLASH_IMAGES_MAX)

/* States of all slots that hold an image with a hash. Returns how many. */
uint32_t image_manager_list(struct image_manager *manager,
                            struct image_slot_state slots[IMAGE_MANAGER_SLOTS_MAX]);

/* Requests a test of the image with this hash or, if `confirm`, makes it permanent; NULL: the
 * running image 0 (`confirm` only). */
enum image_manager_result image_manager_set_state(struct image_manager *manager,
                                                  const uint8_t *hash, bool confirm);

#ifdef __cplusplus
}
#endif

#endif
