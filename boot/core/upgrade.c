/*
 * The boot flow of swap and overwrite builds: prepare every image (finishing interrupted swaps),
 * check dependencies, update, validate, answer.
 */
#include "core/upgrade.h"

#include "core/headers.h"
#include "core/regions.h"
#include "core/response.h"
#include "core/status.h"
#include "core/strategy.h"
#include "core/swap_type.h"
#include "core/validate.h"
#include "encrypt/image_keys.h"
#include "netcore/hooks.h"

/* The sector lists. False: nothing may be done with this image. A secondary with too many sectors
 * counts as one without any, which the compatibility check refuses. */
static bool load_sectors(struct slot_pair *pair)
{
    uint32_t limit = pair->boot->config->max_image_sectors;
    bool all_good = true;
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        uint32_t count = flash_sector_count(pair->slots[slot].area);
        pair->slots[slot].sector_count = count <= limit ? count : 0;
        all_good = all_good && pair->slots[slot].sector_count != 0;
    }
    bool scratch_good = pair->scratch == 0 || flash_sector_count(pair->scratch) <= limit;
    if (!all_good || !scratch_good) {
        io_log(pair->boot->io, IO_LOG_WARNING,
               "Failed reading sectors; BOOT_MAX_IMG_SECTORS=%d - too small?", (int)limit);
    }
    return pair->slots[SLOT_PRIMARY].sector_count != 0 && scratch_good;
}

static void warn_failed_reading(const struct slot_pair *pair, const char *what)
{
    io_log(pair->boot->io, IO_LOG_WARNING, "Failed reading %s; Image=%u", what,
           (unsigned)pair->image_index);
}

static bool primary_header_is_erased(const struct slot_pair *pair)
{
    return image_header_is_erased(&pair->slots[SLOT_PRIMARY].header,
                                  flash_erased_value(primary_of(pair)));
}

/* Swaps write single fields and status entries, which large units (NAND pages) do not allow. */
static bool write_units_allow_swaps(const struct slot_pair *pair)
{
    const struct flash_area *areas[] = {primary_of(pair), secondary_of(pair), pair->scratch};
    for (uint32_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        if (areas[i] != 0 && !trailer_has_small_writes(areas[i])) {
            io_log(pair->boot->io, IO_LOG_ERROR,
                   "Cannot swap: write unit of %u bytes, at most %u; Image=%u",
                   (unsigned)flash_write_unit(areas[i]), TRAILER_ALIGN_BYTES_MAX,
                   (unsigned)pair->image_index);
            return false;
        }
    }
    return true;
}

/* Everything up to knowing whether a swap was interrupted. False: leave this image alone. */
static bool examine(struct slot_pair *pair)
{
    const struct strategy *strategy = pair->boot->strategy;
    if (!load_sectors(pair) || (strategy->swaps && !write_units_allow_swaps(pair))) {
        return false;
    }
    if (headers_read(pair) != BOOT_OK) {
        warn_failed_reading(pair, "image headers");
        return false;
    }
    if (!strategy->slots_are_compatible(pair)) {
        return false;
    }
    if (status_read(pair) != BOOT_OK) {
        swap_progress_reset(&pair->progress);
        warn_failed_reading(pair, "boot status");
        return false;
    }
    if (strategy->swaps && headers_read_resuming(pair) != BOOT_OK &&
        !(pair->boot->config->bootstrap && primary_header_is_erased(pair))) {
        warn_failed_reading(pair, "image headers");
        return false;
    }
    return true;
}

static void finish_interrupted_swap(struct slot_pair *pair)
{
    (void)swap_perform(pair);
    int result = upgrade_write_flags(pair, pair->progress.type);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    (void)headers_read(pair);
    pair->type = SWAP_NONE;
}

/* No request recovered from a trailer: the tables decide. */
static void decide_from_tables(struct slot_pair *pair)
{
    pair->type = swap_type_decide(pair->boot->io, pair->boot->config, primary_of(pair),
                                  secondary_of(pair), pair->image_index);
    if (!type_is_upgrade(pair->type)) {
        return;
    }
    switch (validate_slot(pair, SLOT_SECONDARY, pair->type)) {
    case VALIDITY_NO_IMAGE:
        pair->type = SWAP_NONE;
        break;
    case VALIDITY_ERROR:
        pair->type = SWAP_FAIL;
        break;
    default:
        pair->type = netcore_sequential_update(pair, pair->type);
        break;
    }
}

static void decide_type(struct slot_pair *pair)
{
    if (pair->progress.type == SWAP_NONE) {
        decide_from_tables(pair);
        return;
    }
    bool is_good = validate_slot(pair, SLOT_SECONDARY, SWAP_NONE) == VALIDITY_GOOD;
    pair->type = is_good ? pair->progress.type : (uint32_t)SWAP_FAIL;
}

void review_earlier_images(struct boot_state *boot, uint32_t count, bool was_resumed)
{
    const struct slot_pair *pair = &boot->pairs[count];
    if (!was_resumed && (pair->type == SWAP_NONE || pair->type == SWAP_REVERT)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (boot->pairs[i].type == SWAP_REVERT) {
            boot->pairs[i].type = SWAP_NONE;
        }
    }
}

static void prepare(struct slot_pair *pair)
{
    struct boot_state *boot = pair->boot;
    pair->type = SWAP_NONE;
    if (has_several_images(boot)) {
        image_keys_forget(pair);
    }
    if (!examine(pair)) {
        return;
    }
    if (swap_is_in_progress(&pair->progress)) {
        review_earlier_images(boot, pair->image_index, true);
        finish_interrupted_swap(pair);
        return;
    }
    decide_type(pair);
    review_earlier_images(boot, pair->image_index, false);
    if (boot->config->bootstrap && pair->type == SWAP_NONE) {
        bootstrap_decide(pair);
    }
}

int upgrade_write_flags(struct slot_pair *pair, uint32_t type)
{
    const struct trailer_layout *layout = &pair->boot->layout;
    const struct flash_area *primary = primary_of(pair);
    if (!pair->boot->strategy->swaps) {
        return BOOT_OK;
    }
    if (type == SWAP_PERM || type == SWAP_REVERT || type == SWAP_FAIL) {
        enum trailer_mark image_ok = TRAILER_BAD;
        int result = trailer_read_image_ok(layout, primary, &image_ok);
        if (result == BOOT_OK && image_ok == TRAILER_UNSET) {
            result = trailer_write_image_ok(layout, primary);
        }
        if (result != BOOT_OK) {
            return result;
        }
    }
    return type_is_upgrade(type) ? trailer_write_copy_done(layout, primary) : BOOT_OK;
}

/* In bootstrap builds a broken primary is overwritten rather than swapped away. */
static bool must_overwrite(struct slot_pair *pair)
{
    const struct boot_state *boot = pair->boot;
    return !boot->strategy->swaps ||
           (boot->config->bootstrap &&
            validate_slot(pair, SLOT_PRIMARY, SWAP_NONE) != VALIDITY_GOOD);
}

static void perform_update(struct slot_pair *pair)
{
    if (mutant_is(pair, BOOT_MUTANT_COPY_DONE_EARLY)) {
        (void)trailer_write_copy_done(&pair->boot->layout, primary_of(pair));
    }
    uint32_t flags_of = pair->type;
    if (must_overwrite(pair)) {
        overwrite_perform(pair);
        if (fix_is_on(pair, BOOT_FIX_OFFSET_BOOTSTRAP_TEST)) {
            flags_of = SWAP_PERM; /* there is nothing to go back to */
        }
        if (older_is_on(pair, BOOT_OLDER_2811_BOOTSTRAP)) {
            flags_of = SWAP_TEST;
        }
    } else if (!swap_perform(pair) && fix_is_on(pair, BOOT_FIX_MOVE_NO_SPACE_FLAGS)) {
        pair->type = SWAP_NONE;
        return;
    }
    if (upgrade_write_flags(pair, flags_of) != BOOT_OK) {
        pair->type = SWAP_PANIC;
    }
}

static void update(struct slot_pair *pair)
{
    struct boot_state *boot = pair->boot;
    if (has_several_images(boot)) {
        /* Forgets where an initialised swap came from: its metadata is written again. */
        if (!fix_is_on(pair, BOOT_FIX_SEVERAL_IMAGES_RESTART)) {
            swap_progress_reset(&pair->progress);
        }
        image_keys_forget(pair);
    }
    pair->progress.type = pair->type;
    switch (pair->type) {
    case SWAP_NONE:
        if (mutant_is(pair, BOOT_MUTANT_ERASE_AT_REST)) {
            (void)trailer_scramble(pair, SLOT_SECONDARY);
        }
        break;
    case SWAP_TEST:
    case SWAP_PERM:
        if (!downgrade_prevented(pair)) {
            perform_update(pair);
        }
        break;
    case SWAP_REVERT:
        perform_update(pair);
        break;
    case SWAP_FAIL:
        if (upgrade_write_flags(pair, SWAP_FAIL) != BOOT_OK) {
            pair->type = SWAP_PANIC;
        }
        break;
    default:
        pair->type = SWAP_PANIC;
        break;
    }
    if (pair->type == SWAP_PANIC) {
        io_log(boot->io, IO_LOG_ERROR, "panic!");
        io_halt(boot->io, IO_HALT_PANIC, "swap type is not one that can be performed");
    }
}

/* Is what the primary slot holds now fit to start? */
static bool primary_is_bootable(struct slot_pair *pair)
{
    const struct image_header *header = &pair->slots[SLOT_PRIMARY].header;
    if (pair->type != SWAP_NONE && headers_read(pair) != BOOT_OK) {
        return false;
    }
    if (pair->boot->config->validate_primary) {
        return validate_slot(pair, SLOT_PRIMARY, SWAP_NONE) == VALIDITY_GOOD;
    }
    if (!image_header_has_magic(header)) {
        io_log(pair->boot->io, IO_LOG_ERROR, "Bad image magic 0x%lx; Image=%u",
               (unsigned long)header->magic, (unsigned)pair->image_index);
        return false;
    }
    return true;
}

int upgrade_run(struct boot_state *boot, struct boot_response *response)
{
    uint32_t count = boot->config->image_count;
    for (uint32_t i = 0; i < count; i++) {
        prepare(&boot->pairs[i]);
    }
    if (has_several_images(boot)) {
        dependencies_check(boot);
    }
    bool is_done = netcore_hardened_update(boot);
    for (uint32_t i = 0; i < count && !is_done; i++) {
        update(&boot->pairs[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!primary_is_bootable(&boot->pairs[i])) {
            return BOOT_FAILED;
        }
    }
    netcore_before_start(boot);
    response_fill(&boot->pairs[0], SLOT_PRIMARY, response);
    return BOOT_OK;
}
