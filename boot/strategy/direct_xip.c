/*
 * Direct-xip: images run from either slot, in place.
 */
#include "core/headers.h"
#include "core/strategy.h"
#include "strategy/slot_limits.h"

/* An image linked for the other slot is skipped, not erased. */
static bool admit_slot(struct slot_pair *pair, enum slot slot)
{
    const struct image_slot *image = &pair->slots[slot];
    uint32_t place = image->area->device_offset_bytes;
    if ((image->header.flags & IMAGE_FLAG_ROM_FIXED) == 0 || image->header.load_address == place) {
        return true;
    }
    io_log(pair->boot->io, IO_LOG_WARNING,
           "Image in %s slot at 0x%x has been built for offset 0x%x, skipping",
           slot == SLOT_PRIMARY ? "primary" : "secondary", (unsigned)place,
           (unsigned)image->header.load_address);
    return false;
}

const struct strategy strategy_direct_xip = {
    .name = "direct-xip",
    .slots_are_equivalent = true,
    .run = choose_slot_run,
    .max_image_bytes = max_image_bytes_below_swap_info,
    .read_header = header_read_in_place,
    .admit_slot = admit_slot,
};

const struct strategy strategy_direct_xip_revert = {
    .name = "direct-xip",
    .slots_are_equivalent = true,
    .has_revert = true,
    .run = choose_slot_run,
    .max_image_bytes = max_image_bytes_below_swap_info,
    .read_header = header_read_in_place,
    .admit_slot = admit_slot,
};
