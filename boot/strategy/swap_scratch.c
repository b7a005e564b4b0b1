/*
 * Swap using scratch: groups of sectors that fit the scratch area are exchanged through it, from
 * the topmost group down. Each group has three states: secondary to scratch, primary to secondary,
 * scratch to primary. A first group that contains trailer bytes shares its sectors with the
 * trailer; until it is done the scratch area's own trailer stands in.
 */
#include "strategy/scratch_groups.h"

#include "core/headers.h"
#include "core/regions.h"
#include "core/status.h"
#include "core/strategy.h"
#include "encrypt/image_keys.h"
#include "image/bytes.h"

/* ---- what was interrupted ---- */

static enum status_source source_of(const struct trailer_state *primary,
                                    const struct trailer_state *scratch)
{
    if (primary->magic == TRAILER_SET && scratch->magic != TRAILER_SET) {
        if (primary->copy_done == TRAILER_SET) {
            return STATUS_SOURCE_NONE;
        }
        if (primary->copy_done == TRAILER_UNSET) {
            return STATUS_SOURCE_PRIMARY;
        }
    }
    if (scratch->magic == TRAILER_SET) {
        return STATUS_SOURCE_SCRATCH;
    }
    if (primary->magic == TRAILER_UNSET && primary->copy_done == TRAILER_UNSET) {
        return STATUS_SOURCE_PRIMARY;
    }
    return STATUS_SOURCE_NONE;
}

static void find_source(struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    struct trailer_state primary = status_read_trailer(pair, primary_of(pair));
    struct trailer_state scratch = status_read_trailer(pair, pair->scratch);
    status_log_trailer(io, "Primary image", &primary);
    status_log_trailer(io, "Scratch", &scratch);

    enum status_source source = source_of(&primary, &scratch);
    if (source == STATUS_SOURCE_SCRATCH && has_several_images(pair->boot) &&
        scratch.image_index != pair->image_index) {
        source = STATUS_SOURCE_NONE; /* the scratch area serves another image */
    }
    pair->progress.source = source;
    status_log_source(io, source);
}

static int read_position(struct slot_pair *pair, const struct flash_area *area)
{
    const struct boot_config *config = pair->boot->config;
    uint32_t entry_count = area == pair->scratch ? 3 : 3 * config->max_image_sectors;
    uint32_t gap = 0;
    bool inconsistent = false;
    int result = status_first_gap(pair, area, entry_count, &gap, &inconsistent);
    if (result != BOOT_OK) {
        return result;
    }
    if (inconsistent) {
        io_log(pair->boot->io, IO_LOG_ERROR, "Detected inconsistent status!");
        IO_ASSERT(pair->boot->io, config->validate_primary);
    }
    pair->progress.index = gap / 3 + 1;
    pair->progress.state = gap % 3 + 1;
    return BOOT_OK;
}

/* Headers are where they belong until the last group, which holds sector 0, is exchanged. */
static int read_header(struct slot_pair *pair, enum slot slot, bool resuming)
{
    const struct swap_progress *progress = &pair->progress;
    const struct flash_area *area = pair->slots[slot].area;
    if (resuming && swap_is_in_progress(progress)) {
        uint32_t swap_size = 0;
        if (trailer_read_swap_size(&pair->boot->layout, status_resume_area(pair), &swap_size) !=
            BOOT_OK) {
            return BOOT_EFLASH;
        }
        uint32_t count = scratch_group_count(pair, swap_size);
        bool in_last = progress->index == count;
        if (progress->index > count) {
            area = slot == SLOT_PRIMARY ? secondary_of(pair) : primary_of(pair);
        } else if (in_last && slot == SLOT_SECONDARY && progress->state >= 2) {
            area = pair->scratch;
        } else if (in_last && slot == SLOT_PRIMARY && progress->state == 3) {
            area = secondary_of(pair);
        }
    }
    return header_read_at(pair, slot, area, 0);
}

/* ---- the swap ---- */

static void copy_area(struct slot_pair *pair, const struct flash_area *from, uint32_t from_offset,
                      const struct flash_area *to, uint32_t to_offset, uint32_t byte_count)
{
    struct region_copy copy = {from, from_offset, to, to_offset, byte_count, to_offset};
    int result = region_copy(pair, &copy);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

static void erase_scratch(struct slot_pair *pair)
{
    const struct flash_area *scratch = pair->scratch;
    int result = region_erase(scratch, 0, scratch->size_bytes, FORWARD);
    if (result == BOOT_OK && !flash_needs_erase(scratch) &&
        fix_is_on(pair, BOOT_FIX_NO_ERASE_STALE_STATUS)) {
        /* One unit below the status entries, which a backward scramble leaves alone. */
        uint32_t start = status_offset(pair, scratch) - flash_write_unit(scratch);
        result = region_scramble(scratch, start, scratch->size_bytes - start, BACKWARD);
    }
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

/* Erases a group's sectors; those that hold the trailer last to first if it is shared. */
static void erase_group(struct slot_pair *pair, const struct scratch_group *group, enum slot slot,
                        bool trailer_first, bool trailer_included)
{
    uint32_t byte_count = group->byte_count;
    if (trailer_first) {
        int result = trailer_scramble(pair, slot);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
    }
    if (trailer_included) {
        uint32_t bytes = trailer_slot_bytes(&pair->boot->layout, status_unit_bytes(pair));
        uint32_t start = first_trailer_sector(pair, slot, bytes).offset_bytes;
        byte_count = start > group->offset_bytes ? start - group->offset_bytes : 0;
    }
    if (byte_count > 0) {
        sector_erase(pair, slot, group->offset_bytes, byte_count);
    }
}

static void write_group_status(struct slot_pair *pair, const struct scratch_group *group,
                               uint32_t state)
{
    status_write(pair, 3 * (group->number - 1) + state - 1, (uint8_t)state);
}

/* The scratch trailer of an interrupted start is complete and may be all that tells of a revert,
 * or, without erase, that what is left of the primary's status is stale. */
static bool scratch_holds_metadata(const struct slot_pair *pair)
{
    const struct swap_progress *progress = &pair->progress;
    enum boot_fix fix = flash_needs_erase(pair->scratch) ? BOOT_FIX_SCRATCH_REVERT_FORGOTTEN
                                                         : BOOT_FIX_NO_ERASE_STALE_STATUS;
    if (!fix_is_on(pair, fix) || progress->status_in_scratch) {
        return false;
    }
    struct trailer_state state = status_read_trailer(pair, pair->scratch);
    return state.magic == TRAILER_SET && state.swap_type == progress->type &&
           state.image_index == pair->image_index;
}

static void secondary_to_scratch(struct slot_pair *pair, const struct scratch_group *group)
{
    bool is_first = group->number == 1;
    if (!is_first || !scratch_holds_metadata(pair)) {
        erase_scratch(pair);
        if (is_first) {
            status_init(pair, pair->scratch);
        }
    }
    if (is_first && !pair->progress.status_in_scratch) {
        int result = trailer_scramble(pair, SLOT_PRIMARY);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
        status_init(pair, primary_of(pair));
        if (!older_is_on(pair, BOOT_OLDER_1645_SCRATCH_TRAILER)) {
            erase_scratch(pair);
        }
    }
    copy_area(pair, secondary_of(pair), group->offset_bytes, pair->scratch, 0, group->copy_bytes);
    write_group_status(pair, group, 1);
}

static void primary_to_secondary(struct slot_pair *pair, const struct scratch_group *group)
{
    erase_group(pair, group, SLOT_SECONDARY, group->number == 1, pair->progress.status_in_scratch);
    copy_area(pair, primary_of(pair), group->offset_bytes, secondary_of(pair), group->offset_bytes,
              group->copy_bytes);
    write_group_status(pair, group, 2);
}

/* The two status entries move in one write; the other fields follow, magic last. */
static int move_trailer_to_primary(struct slot_pair *pair, const struct scratch_group *group)
{
    const struct trailer_layout *layout = &pair->boot->layout;
    const struct flash_area *primary = primary_of(pair);
    struct trailer_state state = status_read_trailer(pair, pair->scratch);
    uint32_t bytes = 2 * status_unit_bytes(pair);
    uint8_t *entries = pair->boot->copy_buffer;
    int result = BOOT_OK;

    if (flash_read(pair->scratch, status_offset(pair, pair->scratch), entries, bytes) != 0 ||
        flash_write(primary, group->offset_bytes + group->copy_bytes, entries, bytes) != 0) {
        return BOOT_EFLASH;
    }
    if (state.image_ok == TRAILER_SET) {
        result = trailer_write_image_ok(layout, primary);
    }
    if (result == BOOT_OK && state.swap_type != SWAP_NONE) {
        result = trailer_write_swap_info(layout, primary, state.swap_type, pair->image_index);
    }
    if (result == BOOT_OK) {
        result = trailer_write_swap_size(layout, primary, pair->progress.swap_size_bytes);
    }
    if (result == BOOT_OK && can_encrypt(pair->boot)) {
        result = image_keys_write_fields(pair, primary);
    }
    return result == BOOT_OK ? trailer_write_magic(layout, primary) : result;
}

static void scratch_to_primary(struct slot_pair *pair, const struct scratch_group *group)
{
    bool was_shared = pair->progress.status_in_scratch;
    erase_group(pair, group, SLOT_PRIMARY, was_shared, was_shared);
    copy_area(pair, pair->scratch, 0, primary_of(pair), group->offset_bytes, group->copy_bytes);
    if (was_shared) {
        int result = move_trailer_to_primary(pair, group);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
    }
    pair->progress.status_in_scratch = false;
    write_group_status(pair, group, 3);
    if (was_shared) {
        int result = region_scramble(pair->scratch, 0, pair->scratch->size_bytes, BACKWARD);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
    }
}

static void swap_group(struct slot_pair *pair, const struct scratch_group *group, uint32_t state)
{
    pair->progress.status_in_scratch = group->number == 1 && group->copy_bytes != group->byte_count;
    if (state == 1) {
        secondary_to_scratch(pair, group);
    }
    if (state <= 2) {
        primary_to_secondary(pair, group);
    }
    scratch_to_primary(pair, group);
}

static bool swap_using_scratch(struct slot_pair *pair)
{
    struct swap_progress *progress = &pair->progress;
    uint32_t count = scratch_group_count(pair, progress->swap_size_bytes);
    uint32_t state = progress->state;
    for (uint32_t number = progress->index; number <= count; number++) {
        struct scratch_group group = scratch_group_at(pair, progress->swap_size_bytes, number);
        swap_group(pair, &group, state);
        state = 1;
    }
    return true;
}

static const struct overwrite_plan bootstrap_plan = {
    .image_only = false, .source_sector = 0, .keep_secondary_start = false};

const struct strategy strategy_swap_scratch = {
    .name = "scratch",
    .swaps = true,
    .uses_scratch = true,
    .run = upgrade_run,
    .max_image_bytes = scratch_max_image_bytes,
    .slots_are_compatible = scratch_slots_are_compatible,
    .read_header = read_header,
    .overwrite = &bootstrap_plan,
    .find_source = find_source,
    .read_position = read_position,
    .swap = swap_using_scratch,
};
