/*
 * Swap using move: the primary image is moved up by one sector, then the slots are swapped sector
 * by sector. L sectors are moved in the order L..1, then swapped in the order 1..L. Each step
 * erases, copies and writes one status entry; an interrupted step is redone from its erase.
 */
#include "core/headers.h"
#include "core/regions.h"
#include "core/status.h"
#include "core/strategy.h"
#include "core/swap_type.h"
#include "image/bytes.h"
#include "strategy/swap_slots.h"

static uint32_t sectors_to_swap(const struct slot_pair *pair, uint32_t swap_size_bytes)
{
    return max_u32(1, sectors_covering(swap_size_bytes, swap_sector_bytes(pair)));
}

static bool slots_are_compatible(struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    uint32_t primary = pair->slots[SLOT_PRIMARY].sector_count;
    uint32_t secondary = pair->slots[SLOT_SECONDARY].sector_count;
    if (primary != secondary && primary != secondary + 1) {
        io_log(io, IO_LOG_WARNING, "Cannot upgrade: not a compatible amount of sectors");
        return false;
    }
    if (primary > pair->boot->config->max_image_sectors) {
        io_log(io, IO_LOG_WARNING, "Cannot upgrade: more sectors than allowed");
        return false;
    }
    bool extra_matches = primary == secondary || secondary == 0 ||
                         slot_sector(pair, SLOT_PRIMARY, primary - 1).size_bytes ==
                             slot_sector(pair, SLOT_PRIMARY, secondary - 1).size_bytes;
    if (!sectors_match(pair, secondary) || !extra_matches) {
        io_log(io, IO_LOG_WARNING, "Cannot upgrade: not same sector layout");
        return false;
    }
    return true;
}

/* Unsigned on purpose: a slot smaller than its trailer wraps and does not limit. */
static uint32_t max_image_bytes(struct slot_pair *pair, enum slot slot)
{
    uint32_t trailer = trailer_sectors_bytes(pair);
    (void)slot;
    return min_u32(slot_sectors_bytes(pair, SLOT_PRIMARY) - trailer - swap_sector_bytes(pair),
                   slot_sectors_bytes(pair, SLOT_SECONDARY) - trailer);
}

/* ---- position ---- */

static int read_position(struct slot_pair *pair, const struct flash_area *area)
{
    uint32_t limit = pair->boot->config->max_image_sectors;
    struct swap_progress *progress = &pair->progress;
    uint32_t written = 0;
    int result = status_highest_written(pair, area, 3 * limit, &written);
    if (result != BOOT_OK || written == 0) {
        return result;
    }
    if (written < limit) {
        progress->index = written + 1;
    } else {
        progress->moved = true;
        progress->index = (written - limit) / 2 + 1;
        progress->state = (written - limit) % 2 + 1;
    }
    return BOOT_OK;
}

/* Where an interrupted swap has left a slot's header. */
static void locate_header(const struct slot_pair *pair, enum slot slot, uint32_t count,
                          enum slot *place, uint32_t *offset_bytes)
{
    const struct swap_progress *progress = &pair->progress;
    bool all_moved = !progress->moved && progress->index > count &&
                     !older_is_on(pair, BOOT_OLDER_1588_LAST_INDEX);
    bool in_first = progress->moved && progress->index == 1;
    *place = slot;
    *offset_bytes = 0;
    if (slot == SLOT_PRIMARY && (all_moved || in_first)) {
        *offset_bytes = swap_sector_bytes(pair);
    } else if (slot == SLOT_SECONDARY && in_first && progress->state == 2) {
        *place = SLOT_PRIMARY;
    } else if (progress->moved && progress->index > 1 && progress->index <= count) {
        *place = slot == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;
    }
}

static int read_header(struct slot_pair *pair, enum slot slot, bool resuming)
{
    enum slot place = slot;
    uint32_t offset_bytes = 0;
    if (resuming && swap_is_in_progress(&pair->progress)) {
        uint32_t swap_size = 0;
        if (trailer_read_swap_size(&pair->boot->layout, primary_of(pair), &swap_size) != BOOT_OK) {
            return BOOT_EFLASH;
        }
        locate_header(pair, slot, sectors_to_swap(pair, swap_size), &place, &offset_bytes);
    }
    int result = header_read_at(pair, slot, pair->slots[place].area, offset_bytes);
    if (result == BOOT_OK && resuming && !image_header_has_magic(&pair->slots[slot].header)) {
        result = BOOT_EBADIMAGE;
    }
    return result;
}

/* ---- the swap ---- */

/* image_ok makes it a permanent request; copy_done alone would say revert. */
static int write_revert_request(struct slot_pair *pair, const struct flash_area *secondary)
{
    const struct trailer_layout *layout = &pair->boot->layout;
    bool magic_first = mutant_is(pair, BOOT_MUTANT_MAGIC_FIRST);
    int result = magic_first ? trailer_write_magic(layout, secondary) : BOOT_OK;
    if (result == BOOT_OK) {
        result = fix_is_on(pair, BOOT_FIX_MOVE_REVERT_BECOMES_PERMANENT)
                     ? trailer_write_copy_done(layout, secondary)
                     : trailer_write_image_ok(layout, secondary);
    }
    if (result == BOOT_OK) {
        result = trailer_write_swap_size(layout, secondary, pair->progress.swap_size_bytes);
    }
    if (result == BOOT_OK && !magic_first) {
        result = trailer_write_magic(layout, secondary);
    }
    return result;
}

/* A revert has no request in the secondary slot yet; from here on a power cut finds one. */
static void fix_up_revert(struct slot_pair *pair)
{
    const struct flash_area *secondary = secondary_of(pair);
    struct trailer_state state = status_read_trailer(pair, secondary);
    status_log_trailer(pair->boot->io, "Secondary image", &state);
    if (state.magic == TRAILER_SET ||
        (state.magic == TRAILER_BAD && !fix_is_on(pair, BOOT_FIX_MOVE_TORN_MAGIC))) {
        return;
    }
    int result = trailer_scramble(pair, SLOT_SECONDARY);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    result = write_revert_request(pair, secondary);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

/* Erasing the secondary trailer is the commit point: before it the request is simply redone. */
static void set_up_trailers(struct slot_pair *pair)
{
    int result = BOOT_OK;
    if (pair->progress.source != STATUS_SOURCE_PRIMARY ||
        older_is_on(pair, BOOT_OLDER_855_TRAILER_TWICE)) {
        if (!mutant_is(pair, BOOT_MUTANT_NO_TRAILER_ERASE)) {
            result = trailer_scramble(pair, SLOT_PRIMARY);
            IO_ASSERT(pair->boot->io, result == BOOT_OK);
        }
        status_init(pair, primary_of(pair));
    }
    if (!mutant_is(pair, BOOT_MUTANT_NO_SECONDARY_TRAILER_ERASE)) {
        result = trailer_scramble(pair, SLOT_SECONDARY);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
    }
}

struct step {
    enum slot from;
    uint32_t from_sector;
    enum slot to;
    uint32_t to_sector;
    uint32_t entry; /* status entry, and the value written to it */
    uint8_t value;
};

static void do_step(struct slot_pair *pair, const struct step *step)
{
    uint32_t sector_bytes = swap_sector_bytes(pair);
    uint32_t from = step->from_sector * sector_bytes;
    uint32_t to = step->to_sector * sector_bytes;
    bool is_resumed = swap_is_in_progress(&pair->progress);

    if (!(is_resumed && mutant_is(pair, BOOT_MUTANT_SKIP_SECTOR_ERASE))) {
        sector_erase(pair, step->to, to, sector_bytes);
    }
    if (mutant_is(pair, BOOT_MUTANT_ERASE_TWICE)) {
        sector_erase(pair, step->to, to, sector_bytes);
    }
    if (mutant_is(pair, BOOT_MUTANT_STATUS_BEFORE_COPY)) {
        status_write(pair, step->entry, step->value);
    }
    slot_copy(pair, step->from, from, step->to, to, sector_bytes);
    if (mutant_is(pair, BOOT_MUTANT_STATUS_BEFORE_COPY) ||
        (step->value == 2 && mutant_is(pair, BOOT_MUTANT_MISSING_STATUS))) {
        return;
    }
    status_write(pair, step->entry, step->value);
}

static void move_up(struct slot_pair *pair, uint32_t count, uint32_t index)
{
    uint32_t sector = count - index + 1;
    struct step step = {SLOT_PRIMARY, sector - 1, SLOT_PRIMARY, sector, index - 1, 1};
    do_step(pair, &step);
}

static void swap_sector(struct slot_pair *pair, uint32_t index, uint32_t first_state)
{
    uint32_t entry = pair->boot->config->max_image_sectors + 2 * (index - 1);
    struct step from_secondary = {SLOT_SECONDARY, index - 1, SLOT_PRIMARY, index - 1, entry, 1};
    struct step to_secondary = {SLOT_PRIMARY, index, SLOT_SECONDARY, index - 1, entry + 1, 2};
    if (first_state == 1) {
        do_step(pair, &from_secondary);
    }
    do_step(pair, &to_secondary);
}

static bool swap_using_move(struct slot_pair *pair)
{
    struct swap_progress *progress = &pair->progress;
    uint32_t count = sectors_to_swap(pair, progress->swap_size_bytes);
    if (mutant_is(pair, BOOT_MUTANT_SWAP_SIZE_ONE_SHORT) && count > 1) {
        count--;
    }
    if (!swap_is_in_progress(progress)) {
        if (!has_room_for_swap(pair, count)) {
            return false;
        }
        if (progress->type == SWAP_REVERT) {
            fix_up_revert(pair);
        }
        set_up_trailers(pair);
    }
    if (!progress->moved) {
        for (uint32_t index = progress->index; index <= count; index++) {
            move_up(pair, count, index);
        }
    }
    uint32_t first = progress->moved ? progress->index : 1;
    for (uint32_t index = first; index <= count; index++) {
        bool is_resumed = progress->moved && index == first;
        swap_sector(pair, index, is_resumed ? progress->state : 1);
    }
    return true;
}

/* The old image is gone for good: an unconfirmed primary would ask for it at every boot. */
static void clear_stuck_revert(struct slot_pair *pair)
{
    bool is_revert = pair->progress.type == SWAP_REVERT;
    if (!is_revert) {
        is_revert = swap_type_decide(pair->boot->io, pair->boot->config, primary_of(pair),
                                     secondary_of(pair), pair->image_index) == SWAP_REVERT;
    }
    if (is_revert) {
        (void)trailer_scramble(pair, SLOT_PRIMARY);
        io_log(pair->boot->io, IO_LOG_INFO,
               "Cleared image %d primary slot trailer due to stuck revert", (int)pair->image_index);
    }
}

static const struct overwrite_plan bootstrap_plan = {
    .image_only = true, .source_sector = 0, .keep_secondary_start = true};

const struct strategy strategy_swap_move = {
    .name = "move",
    .swaps = true,
    .run = upgrade_run,
    .max_image_bytes = max_image_bytes,
    .slots_are_compatible = slots_are_compatible,
    .read_header = read_header,
    .overwrite = &bootstrap_plan,
    .find_source = status_find_source_in_primary,
    .read_position = read_position,
    .swap = swap_using_move,
    .secondary_is_unusable = clear_stuck_revert,
};
