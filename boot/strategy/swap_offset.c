/*
 * Swap using offset: the update is uploaded one sector up in the secondary slot. Forwards, each
 * primary sector goes to the free sector below the update sector that replaces it; a revert shifts
 * everything back up, from the last sector down. Status entries count iterations.
 */
#include "core/headers.h"
#include "core/regions.h"
#include "core/status.h"
#include "core/strategy.h"
#include "core/swap_type.h"
#include "image/bytes.h"
#include "strategy/swap_slots.h"

static uint32_t last_sector_index(const struct slot_pair *pair, uint32_t swap_size_bytes)
{
    uint32_t count = sectors_covering(swap_size_bytes, swap_sector_bytes(pair));
    return count == 0 ? 0 : count - 1;
}

static bool slots_are_compatible(struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    uint32_t primary = pair->slots[SLOT_PRIMARY].sector_count;
    uint32_t secondary = pair->slots[SLOT_SECONDARY].sector_count;
    if (primary != secondary && primary + 1 != secondary) {
        io_log(io, IO_LOG_WARNING, "Cannot upgrade: not a compatible amount of sectors");
        return false;
    }
    if (primary > pair->boot->config->max_image_sectors) {
        io_log(io, IO_LOG_WARNING, "Cannot upgrade: more sectors than allowed");
        return false;
    }
    if (!sectors_match(pair, secondary - 1)) {
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
    return min_u32(slot_sectors_bytes(pair, SLOT_PRIMARY) - trailer,
                   slot_sectors_bytes(pair, SLOT_SECONDARY) - trailer - swap_sector_bytes(pair));
}

static int read_position(struct slot_pair *pair, const struct flash_area *area)
{
    uint32_t written = 0;
    int result =
        status_highest_written(pair, area, 2 * pair->boot->config->max_image_sectors, &written);
    if (result == BOOT_OK && written >= 1) {
        pair->progress.index = written / 2 + 1;
        pair->progress.state = written % 2 + 1;
    }
    return result;
}

/* ---- headers ---- */

static bool tables_say_revert(const struct slot_pair *pair)
{
    return swap_type_decide(pair->boot->io, pair->boot->config, primary_of(pair),
                            secondary_of(pair), pair->image_index) == SWAP_REVERT;
}

/* A pending revert settles the direction without asking the tables, which would log. */
static bool direction_is_revert(const struct slot_pair *pair)
{
    return pair->progress.type == SWAP_REVERT || tables_say_revert(pair);
}

struct header_place {
    enum slot slot;
    uint32_t offset_bytes;
};

static struct header_place forward_place(const struct slot_pair *pair, enum slot slot,
                                         uint32_t last)
{
    const struct swap_progress *progress = &pair->progress;
    uint32_t index = progress->index;
    if (slot == SLOT_PRIMARY) {
        /* The reference stops one iteration early and takes the new header for the old one. */
        enum boot_fix fix =
            last == 0 ? BOOT_FIX_OFFSET_ONE_SECTOR : BOOT_FIX_OFFSET_LONGER_OLD_IMAGE;
        uint32_t limit = fix_is_on(pair, fix) ? last + 1 : last;
        bool is_in_secondary = (index > 1 || progress->state == 2) && index <= limit;
        return (struct header_place){is_in_secondary ? SLOT_SECONDARY : SLOT_PRIMARY, 0};
    }
    if (index > 1) {
        return (struct header_place){SLOT_PRIMARY, 0};
    }
    return (struct header_place){SLOT_SECONDARY, swap_sector_bytes(pair)};
}

static struct header_place revert_place(const struct slot_pair *pair, enum slot slot, uint32_t last)
{
    const struct swap_progress *progress = &pair->progress;
    uint32_t done = progress->index - 1;
    if (slot == SLOT_PRIMARY && (done > last || (done == last && progress->state == 2))) {
        return (struct header_place){SLOT_SECONDARY, swap_sector_bytes(pair)};
    }
    if (slot == SLOT_SECONDARY && done <= last) {
        return (struct header_place){SLOT_SECONDARY, 0};
    }
    return (struct header_place){SLOT_PRIMARY, 0};
}

static int read_header_resuming(struct slot_pair *pair, enum slot slot, uint32_t *start_bytes)
{
    uint32_t swap_size = 0;
    if (trailer_read_swap_size(&pair->boot->layout, primary_of(pair), &swap_size) != BOOT_OK) {
        return BOOT_EFLASH;
    }
    uint32_t last = last_sector_index(pair, swap_size);
    struct header_place place = direction_is_revert(pair) ? revert_place(pair, slot, last)
                                                          : forward_place(pair, slot, last);
    *start_bytes = place.offset_bytes;
    return header_read_at(pair, slot, pair->slots[place.slot].area, place.offset_bytes);
}

/* The place opposite to what the tables say now; the last resort while nothing is in progress. */
static int read_secondary_elsewhere(struct slot_pair *pair, uint32_t *start_bytes)
{
    *start_bytes = tables_say_revert(pair) ? swap_sector_bytes(pair) : 0;
    return header_read_at(pair, SLOT_SECONDARY, secondary_of(pair), *start_bytes);
}

static int read_secondary_header(struct slot_pair *pair, bool resuming)
{
    struct image_slot *secondary = &pair->slots[SLOT_SECONDARY];
    uint32_t start_bytes = 0;
    int result;
    if (resuming) {
        result = read_header_resuming(pair, SLOT_SECONDARY, &start_bytes);
    } else {
        start_bytes = tables_say_revert(pair) ? 0 : swap_sector_bytes(pair);
        result = header_read_at(pair, SLOT_SECONDARY, secondary->area, start_bytes);
    }
    bool is_found = result == BOOT_OK && image_header_has_magic(&secondary->header);
    if (!is_found && !(resuming && swap_is_in_progress(&pair->progress))) {
        result = read_secondary_elsewhere(pair, &start_bytes);
        is_found = result == BOOT_OK && image_header_has_magic(&secondary->header);
    }
    bool is_first = pair->boot->config->bootstrap && secondary->image_start_bytes == 0;
    if (is_found && (resuming || is_first)) {
        secondary->image_start_bytes = start_bytes;
    }
    return result != BOOT_OK || is_found || !resuming ? result : BOOT_EBADIMAGE;
}

static int read_header(struct slot_pair *pair, enum slot slot, bool resuming)
{
    if (slot == SLOT_SECONDARY) {
        return read_secondary_header(pair, resuming);
    }
    if (!resuming) {
        return header_read_at(pair, slot, primary_of(pair), 0);
    }
    uint32_t start_bytes = 0;
    int result = read_header_resuming(pair, slot, &start_bytes);
    bool is_found = image_header_has_magic(&pair->slots[slot].header);
    return result != BOOT_OK || is_found ? result : BOOT_EBADIMAGE;
}

/* An image at the very start of the secondary slot was uploaded for another strategy. */
static int check_upload_place(struct slot_pair *pair)
{
    struct image_source start = {pair->boot->io, secondary_of(pair), 0};
    struct image_header header;
    if (image_header_read(&start, &header) != 0) {
        return BOOT_EFLASH;
    }
    if (image_header_has_magic(&header)) {
        io_log(pair->boot->io, IO_LOG_ERROR,
               "Secondary header magic detected in first sector, wrong upload address?");
        return BOOT_EBADIMAGE;
    }
    return BOOT_OK;
}

/* ---- the swap ---- */

/* The request of a revert: copy_done beside an unset image_ok tells it from a test. */
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
    if (result == BOOT_OK) {
        result = trailer_write_copy_done(&pair->boot->layout, secondary);
    }
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    status_init(pair, secondary);
}

/* Once data has moved, a new request would start the revert over on half-moved data. */
static bool needs_fix_up(const struct slot_pair *pair)
{
    return !swap_is_in_progress(&pair->progress) ||
           !fix_is_on(pair, BOOT_FIX_OFFSET_REVERT_RESTART);
}

static void set_up_trailers(struct slot_pair *pair)
{
    int result = BOOT_OK;
    if (pair->progress.source != STATUS_SOURCE_PRIMARY) {
        result = trailer_scramble(pair, SLOT_PRIMARY);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
        status_init(pair, primary_of(pair));
    }
    result = trailer_scramble(pair, SLOT_SECONDARY);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

struct sector_loop {
    uint32_t sector_bytes;
    uint32_t used[SLOT_COUNT]; /* sectors that each image covers */
    uint32_t last;
};

static uint32_t used_sectors(const struct slot_pair *pair, enum slot slot, uint32_t sector_bytes,
                             uint32_t tlv_bytes)
{
    const struct image_header *header = &pair->slots[slot].header;
    return sectors_covering(header->header_bytes + header->payload_bytes +
                                header->protected_tlv_bytes + tlv_bytes,
                            sector_bytes);
}

/* Copies a primary sector into the secondary slot, `shift` sectors up. */
static void save_primary_sector(struct slot_pair *pair, const struct sector_loop *loop,
                                uint32_t sector, uint32_t shift)
{
    uint32_t from = sector * loop->sector_bytes;
    uint32_t to = (sector + shift) * loop->sector_bytes;
    if (sector > loop->used[SLOT_PRIMARY]) {
        return;
    }
    struct region_copy copy = {
        .from = primary_of(pair),
        .from_offset_bytes = from,
        .to = secondary_of(pair),
        .to_offset_bytes = to,
        .byte_count = loop->sector_bytes,
        .image_offset_bytes = from,
    };
    sector_erase(pair, SLOT_SECONDARY, to, loop->sector_bytes);
    int result = region_copy(pair, &copy);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

/* Brings a secondary sector, `shift` sectors up, into the primary slot. */
static void fetch_secondary_sector(struct slot_pair *pair, const struct sector_loop *loop,
                                   uint32_t sector, uint32_t shift)
{
    uint32_t to = sector * loop->sector_bytes;
    if (sector > loop->used[SLOT_SECONDARY]) {
        return;
    }
    sector_erase(pair, SLOT_PRIMARY, to, loop->sector_bytes);
    slot_copy(pair, SLOT_SECONDARY, (sector + shift) * loop->sector_bytes, SLOT_PRIMARY, to,
              loop->sector_bytes);
}

static void swap_all(struct slot_pair *pair, const struct sector_loop *loop, bool is_revert)
{
    uint32_t state = pair->progress.state;
    for (uint32_t i = pair->progress.index - 1; i <= loop->last; i++) {
        uint32_t sector = is_revert ? loop->last - i : i;
        if (state == 1) {
            save_primary_sector(pair, loop, sector, is_revert ? 1 : 0);
            status_write(pair, 2 * i, 1);
        }
        fetch_secondary_sector(pair, loop, sector, is_revert ? 0 : 1);
        status_write(pair, 2 * i + 1, 2);
        state = 1;
    }
}

/* After a revert the shifted-down image has left a header and an odd trailer behind. */
static void clean_up_revert(struct slot_pair *pair, uint32_t sector_bytes)
{
    int result = region_scramble(secondary_of(pair), 0, sector_bytes, FORWARD);
    if (result == BOOT_OK) {
        result = trailer_scramble(pair, SLOT_SECONDARY);
    }
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

static bool swap_using_offset(struct slot_pair *pair)
{
    struct swap_progress *progress = &pair->progress;
    struct sector_loop loop = {.sector_bytes = swap_sector_bytes(pair)};
    uint32_t tlv_bytes[SLOT_COUNT] = {0, 0};
    loop.last = last_sector_index(pair, progress->swap_size_bytes);
    if (!swap_is_in_progress(progress) && !has_room_for_swap(pair, loop.last)) {
        return false;
    }
    if (progress->index == 1) {
        if (progress->type == SWAP_REVERT && needs_fix_up(pair)) {
            fix_up_revert(pair);
        }
        set_up_trailers(pair);
    }
    int result = trailer_read_tlv_sizes(&pair->boot->layout, primary_of(pair), tlv_bytes);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        loop.used[slot] = used_sectors(pair, slot, loop.sector_bytes, tlv_bytes[slot]);
    }
    bool is_revert = direction_is_revert(pair);
    swap_all(pair, &loop, is_revert);
    if (is_revert) {
        clean_up_revert(pair, loop.sector_bytes);
    }
    return true;
}

static const struct overwrite_plan bootstrap_plan = {
    .image_only = true, .source_sector = 1, .keep_secondary_start = true};

const struct strategy strategy_swap_offset = {
    .name = "offset",
    .swaps = true,
    .run = upgrade_run,
    .max_image_bytes = max_image_bytes,
    .slots_are_compatible = slots_are_compatible,
    .read_header = read_header,
    .overwrite = &bootstrap_plan,
    .find_source = status_find_source_in_primary,
    .read_position = read_position,
    .swap = swap_using_offset,
    .check_upload_place = check_upload_place,
};
