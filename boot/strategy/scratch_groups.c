#include "strategy/scratch_groups.h"

#include "core/status.h"
#include "image/bytes.h"

/* ---- the walk over both sector lists ---- */

enum walk_end { WALK_COMPATIBLE, WALK_REFUSED, WALK_ONE_LIST_SHORT };

struct sector_walk {
    uint32_t next[SLOT_COUNT];
    uint32_t stretch[SLOT_COUNT]; /* bytes since the slots last agreed */
    uint32_t total_bytes;         /* up to there */
    enum slot behind;             /* the slot that supplies several sectors in this stretch */
};

/* Takes one sector from each slot that is behind. False: a list is exhausted. */
static bool take_sectors(const struct slot_pair *pair, struct sector_walk *walk)
{
    bool equal = walk->stretch[SLOT_PRIMARY] == walk->stretch[SLOT_SECONDARY];
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        if (!equal && slot != walk->behind) {
            continue;
        }
        if (walk->next[slot] >= pair->slots[slot].sector_count) {
            return false;
        }
        walk->stretch[slot] += slot_sector(pair, slot, walk->next[slot]++).size_bytes;
    }
    return true;
}

/* The slots agree on a boundary: begin the next stretch. */
static void close_stretch(struct sector_walk *walk)
{
    walk->total_bytes += walk->stretch[SLOT_PRIMARY];
    walk->stretch[SLOT_PRIMARY] = 0;
    walk->stretch[SLOT_SECONDARY] = 0;
    walk->behind = SLOT_COUNT;
}

/* Until the next common boundary. */
static enum walk_end walk_stretch(const struct slot_pair *pair, struct sector_walk *walk)
{
    const struct boot_io *io = pair->boot->io;
    for (;;) {
        if (!take_sectors(pair, walk)) {
            return WALK_ONE_LIST_SHORT;
        }
        uint32_t primary = walk->stretch[SLOT_PRIMARY];
        uint32_t secondary = walk->stretch[SLOT_SECONDARY];
        if (primary == secondary) {
            break;
        }
        enum slot smaller = primary < secondary ? SLOT_PRIMARY : SLOT_SECONDARY;
        if (walk->behind != SLOT_COUNT && walk->behind != smaller) {
            io_log(io, IO_LOG_WARNING, "Cannot upgrade: slots have non-compatible sectors");
            return WALK_REFUSED;
        }
        walk->behind = smaller;
    }
    if (walk->stretch[SLOT_PRIMARY] > pair->scratch->size_bytes) {
        io_log(io, IO_LOG_WARNING, "Cannot upgrade: not all sectors fit inside scratch");
        return WALK_REFUSED;
    }
    close_stretch(walk);
    return WALK_COMPATIBLE;
}

static bool lists_are_used_up(const struct slot_pair *pair, const struct sector_walk *walk)
{
    return walk->next[SLOT_PRIMARY] >= pair->slots[SLOT_PRIMARY].sector_count &&
           walk->next[SLOT_SECONDARY] >= pair->slots[SLOT_SECONDARY].sector_count;
}

static enum walk_end walk_all(const struct slot_pair *pair, uint32_t *total_bytes)
{
    struct sector_walk walk = {.behind = SLOT_COUNT};
    while (!lists_are_used_up(pair, &walk)) {
        enum walk_end end = walk_stretch(pair, &walk);
        if (end != WALK_COMPATIBLE) {
            return end;
        }
    }
    *total_bytes = walk.total_bytes;
    return WALK_COMPATIBLE;
}

bool scratch_slots_are_compatible(struct slot_pair *pair)
{
    uint32_t limit = pair->boot->config->max_image_sectors;
    uint32_t total = 0;
    if (pair->slots[SLOT_PRIMARY].sector_count > limit ||
        pair->slots[SLOT_SECONDARY].sector_count > limit) {
        io_log(pair->boot->io, IO_LOG_WARNING, "Cannot upgrade: more sectors than allowed");
        return false;
    }
    enum walk_end end = walk_all(pair, &total);
    if (end == WALK_ONE_LIST_SHORT) {
        io_log(pair->boot->io, IO_LOG_WARNING, "Cannot upgrade: slots are not compatible");
    }
    return end == WALK_COMPATIBLE;
}

/* ---- sizes ---- */

static uint32_t slot_trailer_bytes(const struct slot_pair *pair)
{
    return trailer_slot_bytes(&pair->boot->layout, status_unit_bytes(pair));
}

/* The scratch trailer must fit behind the trailer bytes of the sector that data and trailer share;
 * what is missing is taken from the image. */
static uint32_t scratch_trailer_padding(const struct slot_pair *pair, uint32_t trailer_offset)
{
    uint32_t end = 0;
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        struct flash_sector first = first_trailer_sector(pair, slot, slot_trailer_bytes(pair));
        end = max_u32(end, first.offset_bytes + first.size_bytes);
    }
    uint32_t needed = trailer_scratch_bytes(&pair->boot->layout, status_unit_bytes(pair));
    uint32_t available = end - trailer_offset;
    return needed > available ? needed - available : 0;
}

uint32_t scratch_max_image_bytes(struct slot_pair *pair, enum slot slot)
{
    uint32_t slot_bytes = 0;
    (void)slot;
    switch (walk_all(pair, &slot_bytes)) {
    case WALK_REFUSED:
        return 0;
    case WALK_ONE_LIST_SHORT:
        slot_bytes = max_u32(primary_of(pair)->size_bytes, secondary_of(pair)->size_bytes);
        break;
    default:
        break;
    }
    uint32_t trailer_offset = slot_bytes - slot_trailer_bytes(pair);
    return trailer_offset - scratch_trailer_padding(pair, trailer_offset);
}

/* ---- groups ---- */

/* Primary sectors below the smallest common boundary that covers the images. */
static uint32_t sectors_to_swap(const struct slot_pair *pair, uint32_t swap_size_bytes)
{
    struct sector_walk walk = {.behind = SLOT_COUNT};
    do {
        if (!take_sectors(pair, &walk)) {
            return pair->slots[SLOT_PRIMARY].sector_count;
        }
        walk.behind = walk.stretch[SLOT_PRIMARY] < walk.stretch[SLOT_SECONDARY] ? SLOT_PRIMARY
                                                                                : SLOT_SECONDARY;
    } while (walk.stretch[SLOT_PRIMARY] != walk.stretch[SLOT_SECONDARY] ||
             walk.stretch[SLOT_PRIMARY] < swap_size_bytes);
    return walk.next[SLOT_PRIMARY];
}

/* Takes sectors from `end` downwards while they fit the scratch area; returns the new end. */
static uint32_t take_group(const struct slot_pair *pair, uint32_t end, struct scratch_group *group)
{
    group->byte_count = 0;
    while (end > 0) {
        struct flash_sector sector = slot_sector(pair, SLOT_PRIMARY, end - 1);
        if (group->byte_count + sector.size_bytes > pair->scratch->size_bytes) {
            break;
        }
        group->byte_count += sector.size_bytes;
        group->offset_bytes = sector.offset_bytes;
        end--;
    }
    IO_ASSERT(pair->boot->io, group->byte_count > 0);
    return end;
}

uint32_t scratch_group_count(const struct slot_pair *pair, uint32_t swap_size_bytes)
{
    uint32_t end = sectors_to_swap(pair, swap_size_bytes);
    uint32_t count = 0;
    struct scratch_group group;
    while (end > 0) {
        end = take_group(pair, end, &group);
        count++;
    }
    return count;
}

/* Trailer bytes are not copied, and the scratch area needs room for its own trailer. Unsigned. */
static uint32_t copy_bytes(const struct slot_pair *pair, const struct scratch_group *group)
{
    uint32_t trailer_bytes = slot_trailer_bytes(pair);
    uint32_t first = first_trailer_sector(pair, SLOT_PRIMARY, trailer_bytes).offset_bytes;
    if (group->offset_bytes + group->byte_count <= first) {
        return group->byte_count;
    }
    return min_u32(primary_of(pair)->size_bytes - group->offset_bytes - trailer_bytes,
                   status_offset(pair, pair->scratch));
}

struct scratch_group scratch_group_at(const struct slot_pair *pair, uint32_t swap_size_bytes,
                                      uint32_t number)
{
    uint32_t end = sectors_to_swap(pair, swap_size_bytes);
    struct scratch_group group = {.number = number};
    for (uint32_t i = 0; i < number; i++) {
        end = take_group(pair, end, &group);
    }
    group.copy_bytes = copy_bytes(pair, &group);
    return group;
}
