/*
 * config.h: everything that MCUboot decides at build time, as one run-time record.
 *
 * The record is read-only to the core and outlives it. Names in comments are the knobs of
 * MCUboot's configuration that an engineer knows.
 */
#ifndef BOOT_CONFIG_H
#define BOOT_CONFIG_H

#include <boot/crypto.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum boot_strategy {
    BOOT_SWAP_MOVE,
    BOOT_SWAP_OFFSET,
    BOOT_SWAP_SCRATCH,
    BOOT_OVERWRITE_ONLY,      /* copies the whole slot                                        */
    BOOT_OVERWRITE_ONLY_FAST, /* copies the image and rewrites the trailer                    */
    BOOT_DIRECT_XIP,
    BOOT_DIRECT_XIP_REVERT,
    BOOT_RAM_LOAD,
    BOOT_RAM_LOAD_REVERT,
    BOOT_SINGLE_SLOT,
    BOOT_STRATEGY_COUNT
};

enum boot_downgrade {
    BOOT_DOWNGRADE_ALLOWED,
    BOOT_DOWNGRADE_BY_VERSION,
    BOOT_DOWNGRADE_BY_COUNTER
};

#define BOOT_SIGNING_KEYS_MAX 4u

struct boot_key {
    const uint8_t *bytes; /* form: see enum crypto_signature / crypto_key_wrap */
    uint32_t byte_count;
};

/*
 * Switches that close a defect of the reference. 0 is the recorded behaviour. Each has a name in
 * scenario files (boot: {fixes: [...]}); scenarios/regressions/README.md tells the story of each.
 */
enum boot_fix {
    BOOT_FIX_OFFSET_ONE_SECTOR = 1u << 0,        /* 4.4 defect B                                  */
    BOOT_FIX_OFFSET_LONGER_OLD_IMAGE = 1u << 1,  /* 4.4 defect A                                  */
    BOOT_FIX_OFFSET_REVERT_RESTART = 1u << 2,    /* offset revert, two cuts: fail or assertion    */
    BOOT_FIX_OFFSET_BOOTSTRAP_TEST = 1u << 3,    /* bootstrap with a test request                 */
    BOOT_FIX_SCRATCH_REVERT_FORGOTTEN = 1u << 4, /* 4.5 defect C                                  */
    BOOT_FIX_NO_ERASE_STALE_STATUS = 1u << 5,    /* stale status bytes on devices without erase   */
    BOOT_FIX_OVERWRITE_FAST_EXTRA_UNIT = 1u << 6, /* one unit written past the erased sectors     */
    BOOT_FIX_MOVE_NO_SPACE_FLAGS = 1u << 7, /* flags written though nothing moved            */
    BOOT_FIX_MOVE_REVERT_BECOMES_PERMANENT = 1u << 8,
    BOOT_FIX_SCRATCH_WRITE_UNITS_DIFFER = 1u << 9,
    BOOT_FIX_MOVE_TORN_MAGIC = 1u << 10, /* a torn magic in a revert keeps the unconfirmed image  */
    BOOT_FIX_SCRATCH_SECONDARY_WRITE_UNIT = 1u << 11, /* a copy ends inside a secondary's unit    */
    BOOT_FIX_SEVERAL_IMAGES_RESTART = 1u << 12 /* a restarted swap erases what it resumes from    */
};

/*
 * Switches that bring back a defect that MCUboot once had, named after the report of it. 0 in
 * every product. Each has a name in scenario files (boot: {older: [...]}).
 */
enum boot_older {
    BOOT_OLDER_829_PADDED_PRIMARY = 1u << 0, /* a padded primary passes for an interrupted swap  */
    BOOT_OLDER_855_TRAILER_TWICE = 1u << 1,  /* a resumed start erases the primary's trailer     */
    BOOT_OLDER_1588_LAST_INDEX = 1u << 2,    /* the header is looked for where it no longer is   */
    BOOT_OLDER_1966_TORN_MAGIC = 1u << 3,    /* a revert needs an unset magic in the secondary   */
    BOOT_OLDER_1645_SCRATCH_TRAILER = 1u << 4, /* the scratch trailer survives the swap           */
    BOOT_OLDER_2811_BOOTSTRAP = 1u << 5,      /* what bootstrap installs is not confirmed         */
    BOOT_OLDER_765_TRAILER_LEFT = 1u << 6,    /* a request without an image is left as it is     */
    BOOT_OLDER_2199_STUCK_REVERT = 1u << 7,   /* a revert to an image that is gone stays wanted  */
    BOOT_OLDER_200_MAGIC_FROM_FLASH = 1u << 8 /* of the SDK's fork: an application hands the magic
                                                 to the driver as a constant in flash       */
};

/*
 * Deliberate defects, for testing the tool itself: each must be found by the default checks.
 * 0 in every product. Order of values is kept: scenario files name them.
 */
enum boot_mutant {
    BOOT_MUTANT_NONE,
    BOOT_MUTANT_STATUS_BEFORE_COPY, /* a status entry is written before its copy            */
    BOOT_MUTANT_NO_TRAILER_ERASE,   /* the primary trailer is not erased before INIT        */
    BOOT_MUTANT_MAGIC_FIRST,        /* INIT writes the magic before the fields              */
    BOOT_MUTANT_RESUME_ONE_LATE,    /* resume skips one step                                */
    BOOT_MUTANT_SKIP_SECTOR_ERASE,  /* the erase before a copy is left out on resume        */
    BOOT_MUTANT_COPY_DONE_EARLY,    /* copy_done is written before the swap                 */
    BOOT_MUTANT_MISSING_STATUS,     /* the second status entry of each swap is left out     */
    BOOT_MUTANT_NO_SECONDARY_TRAILER_ERASE, /* the request is left in the secondary slot         */
    BOOT_MUTANT_NO_VALIDATION,       /* the secondary slot is not validated                  */
    BOOT_MUTANT_IMAGE_OK_ALWAYS,     /* a test swap is marked as confirmed                   */
    BOOT_MUTANT_SWAP_SIZE_ONE_SHORT, /* one sector too few is swapped                        */
    BOOT_MUTANT_REVERT_IGNORED,      /* an unconfirmed image is kept                         */
    BOOT_MUTANT_NO_DOWNGRADE_CHECK,  /* an older image is installed whatever the rule says   */
    BOOT_MUTANT_NO_DEPENDENCY_CHECK, /* what an image needs of another is not looked at      */
    BOOT_MUTANT_ERASE_TWICE,         /* every sector of a swap is erased twice               */
    BOOT_MUTANT_ERASE_AT_REST,       /* boots with nothing to do erase a trailer             */
    BOOT_MUTANT_COUNT
};

struct netcore_config; /* netcore.h */

struct boot_config {
    enum boot_strategy strategy;
    uint32_t image_count;       /* BOOT_IMAGE_NUMBER, 1..FLASH_IMAGES_MAX                    */
    uint32_t max_image_sectors; /* BOOT_MAX_IMG_SECTORS: sizes the status area               */
    uint32_t max_align_bytes;   /* BOOT_MAX_ALIGN: 8, 16 or 32                               */
    bool validate_primary;      /* MCUBOOT_VALIDATE_PRIMARY_SLOT                             */
    bool bootstrap;             /* MCUBOOT_BOOTSTRAP                                         */
    enum boot_downgrade downgrade;
    bool minimal_scramble;     /* erase only header and trailer of a rejected slot          */
    bool compare_build_number; /* MCUBOOT_VERSION_CMP_USE_BUILD_NUMBER                      */
    bool tlv_allow_list;       /* MCUBOOT_USE_TLV_ALLOW_LIST                                */
    bool keep_backup;          /* overwrite: do not erase the secondary's first sector      */

    enum crypto_hash hash;
    enum crypto_signature signature;
    uint32_t signing_key_count;
    struct boot_key signing_keys[BOOT_SIGNING_KEYS_MAX];

    enum crypto_key_wrap encryption; /* CRYPTO_WRAP_NONE: encrypted images are refused         */
    uint32_t image_key_bytes;        /* 16 or 32                                               */
    struct boot_key encryption_key;  /* private                                                */
    bool save_encrypted_tlv;         /* BOOT_SWAP_SAVE_ENCTLV                                  */

    uint32_t ram_load_address; /* executable RAM of ram-load                                   */
    uint32_t ram_load_bytes;

    uint32_t fixes; /* enum boot_fix, or-ed */
    uint32_t older; /* enum boot_older, or-ed */
    enum boot_mutant mutant;

    const struct netcore_config *netcore; /* NULL: there is no network core */
};

#ifdef __cplusplus
}
#endif

#endif
