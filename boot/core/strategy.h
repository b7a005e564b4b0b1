/*
 * strategy.h: what a strategy supplies. One constant table per strategy, in its own file.
 */
#ifndef BOOT_CORE_STRATEGY_H
#define BOOT_CORE_STRATEGY_H

#include "core/state.h"

/* How the secondary image is copied over the primary slot: overwrite-only, and bootstrap of the
 * swap strategies. */
struct overwrite_plan {
    bool image_only;           /* fast: the image and a fresh magic, not the whole slot */
    uint32_t source_sector;    /* of the secondary slot, where the image starts */
    bool keep_secondary_start; /* the secondary's first sector is not erased afterwards */
};

/* Flow: from the areas to a response. */
typedef int (*strategy_run)(struct boot_state *boot, struct boot_response *response);

struct strategy {
    const char *name; /* in log lines: "move" */
    bool swaps;
    bool uses_scratch;
    bool slots_are_equivalent; /* an invalid image is erased from either slot */
    bool has_revert;           /* direct-xip, ram-load */
    strategy_run run;

    /* Largest accepted total image size. May log. */
    uint32_t (*max_image_bytes)(struct slot_pair *pair, enum slot slot);

    /* Swap and overwrite. */
    bool (*slots_are_compatible)(struct slot_pair *pair);
    /* Reads a slot's header. `resuming`: where an interrupted swap has left it; strategies may then
     * demand the magic. 0, BOOT_EFLASH or BOOT_EBADIMAGE. */
    int (*read_header)(struct slot_pair *pair, enum slot slot, bool resuming);
    const struct overwrite_plan *overwrite;

    /* Swap. */
    void (*find_source)(struct slot_pair *pair); /* logs; sets progress.source */
    int (*read_position)(struct slot_pair *pair, const struct flash_area *area);
    /* False: refused for want of space, nothing was moved. */
    bool (*swap)(struct slot_pair *pair);
    /* NULL or: the uploaded image lies where it must not. BOOT_OK, BOOT_EFLASH, BOOT_EBADIMAGE. */
    int (*check_upload_place)(struct slot_pair *pair);
    /* NULL or: after the secondary turned out to hold nothing bootable. */
    void (*secondary_is_unusable)(struct slot_pair *pair);

    /* Direct-xip and ram-load. NULL: nothing to do. */
    bool (*admit_slot)(struct slot_pair *pair, enum slot slot);
    bool (*load_slot)(struct slot_pair *pair, enum slot slot);
    void (*unload_slot)(struct slot_pair *pair, enum slot slot);
};

/* NULL for a value outside of enum boot_strategy. */
const struct strategy *strategy_of(enum boot_strategy kind);

extern const struct strategy strategy_swap_move;
extern const struct strategy strategy_swap_offset;
extern const struct strategy strategy_swap_scratch;
extern const struct strategy strategy_overwrite;
extern const struct strategy strategy_overwrite_fast;
extern const struct strategy strategy_direct_xip;
extern const struct strategy strategy_direct_xip_revert;
extern const struct strategy strategy_ram_load;
extern const struct strategy strategy_ram_load_revert;
extern const struct strategy strategy_single_slot;

/* The flows. */
int upgrade_run(struct boot_state *boot, struct boot_response *response);
int choose_slot_run(struct boot_state *boot, struct boot_response *response);

#endif
