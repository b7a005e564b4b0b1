/*
 * Overwrite-only: the secondary image is copied over the primary slot; there is no way back. The
 * copy also serves as bootstrap of the swap strategies. A power cut restarts it, because the
 * request in the secondary slot goes last.
 */
#include "core/headers.h"
#include "core/regions.h"
#include "core/strategy.h"
#include "core/upgrade.h"
#include "encrypt/image_keys.h"
#include "image/bytes.h"
#include "netcore/hooks.h"
#include "strategy/slot_limits.h"

#include <stddef.h>

/* One walk over both lists, always taking from the slot that is behind; only one slot may ever be
 * behind. The totals at the end are not compared. */
static bool slots_are_compatible(struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    uint32_t total[SLOT_COUNT] = {0, 0};
    uint32_t next[SLOT_COUNT] = {0, 0};
    enum slot behind = SLOT_COUNT;

    while (next[SLOT_PRIMARY] < pair->slots[SLOT_PRIMARY].sector_count ||
           next[SLOT_SECONDARY] < pair->slots[SLOT_SECONDARY].sector_count) {
        bool equal = total[SLOT_PRIMARY] == total[SLOT_SECONDARY];
        enum slot smaller =
            total[SLOT_PRIMARY] < total[SLOT_SECONDARY] ? SLOT_PRIMARY : SLOT_SECONDARY;
        if (!equal && behind != SLOT_COUNT && behind != smaller) {
            io_log(io, IO_LOG_WARNING, "Cannot upgrade: slots have non-compatible sectors");
            return false;
        }
        for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
            if (!equal && slot != smaller) {
                continue;
            }
            if (next[slot] >= pair->slots[slot].sector_count) {
                io_log(io, IO_LOG_WARNING, "Cannot upgrade: slots are not compatible");
                return false;
            }
            total[slot] += slot_sector(pair, slot, next[slot]++).size_bytes;
        }
        behind = equal ? behind : smaller;
    }
    return true;
}

/* Erases primary sectors from the first until `byte_count` are covered; returns what they hold. */
static uint32_t erase_primary(struct slot_pair *pair, uint32_t byte_count)
{
    uint32_t erased = 0;
    for (uint32_t i = 0; i < pair->slots[SLOT_PRIMARY].sector_count && erased < byte_count; i++) {
        struct flash_sector sector = slot_sector(pair, SLOT_PRIMARY, i);
        sector_erase(pair, SLOT_PRIMARY, sector.offset_bytes, sector.size_bytes);
        erased += sector.size_bytes;
    }
    return erased;
}

static void erase_primary_trailer(struct slot_pair *pair)
{
    uint32_t bytes = trailer_slot_bytes(&pair->boot->layout, status_unit_bytes(pair));
    uint32_t start = first_trailer_sector(pair, SLOT_PRIMARY, bytes).offset_bytes;
    sector_erase(pair, SLOT_PRIMARY, start, primary_of(pair)->size_bytes - start);
}

/* Always at least one byte more than the image, so an aligned image drags a whole unit along. */
static uint32_t image_only_bytes(const struct slot_pair *pair, uint32_t total)
{
    uint32_t unit = status_unit_bytes(pair);
    if (fix_is_on(pair, BOOT_FIX_OVERWRITE_FAST_EXTRA_UNIT)) {
        return round_up(total, unit);
    }
    return total + (unit - total % unit);
}

/* Makes room and says how much is copied. */
static uint32_t prepare_primary(struct slot_pair *pair, bool image_only)
{
    struct image_source source = slot_source(pair, SLOT_SECONDARY);
    uint32_t total = 0;
    if (!image_only) {
        return erase_primary(pair, primary_of(pair)->size_bytes);
    }
    int result = image_total_bytes(&source, &pair->slots[SLOT_SECONDARY].header, &total);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    (void)erase_primary(pair, total);
    erase_primary_trailer(pair);
    return image_only_bytes(pair, total);
}

static void scramble_secondary_sector(struct slot_pair *pair, uint32_t index)
{
    struct flash_sector sector = slot_sector(pair, SLOT_SECONDARY, index);
    int result =
        region_scramble(secondary_of(pair), sector.offset_bytes, sector.size_bytes, FORWARD);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

int overwrite_copy(struct slot_pair *pair)
{
    struct boot_state *boot = pair->boot;
    const struct overwrite_plan *plan = boot->strategy->overwrite;
    io_log(boot->io, IO_LOG_INFO, "Image %d upgrade secondary slot -> primary slot",
           (int)pair->image_index);
    io_log(boot->io, IO_LOG_INFO, "Erasing the primary slot");
    uint32_t byte_count = prepare_primary(pair, plan->image_only);
    if (can_encrypt(boot) && image_is_encrypted(&pair->slots[SLOT_SECONDARY].header)) {
        int result = image_keys_load(pair, SLOT_SECONDARY);
        IO_ASSERT(boot->io, result == BOOT_OK);
    }
    io_log(boot->io, IO_LOG_INFO,
           "Image %d copying the secondary slot to the primary slot: 0x%zx bytes",
           (int)pair->image_index, (size_t)byte_count);
    uint32_t source = slot_sector(pair, SLOT_SECONDARY, plan->source_sector).offset_bytes;
    slot_copy(pair, SLOT_SECONDARY, source, SLOT_PRIMARY, 0, byte_count);
    if (plan->image_only) {
        int result = trailer_write_magic(&boot->layout, primary_of(pair));
        IO_ASSERT(boot->io, result == BOOT_OK);
    }
    return netcore_copied(pair);
}

void overwrite_forget(struct slot_pair *pair)
{
    if (!pair->boot->strategy->overwrite->keep_secondary_start &&
        !pair->boot->config->keep_backup) {
        scramble_secondary_sector(pair, 0);
    }
    scramble_secondary_sector(pair, pair->slots[SLOT_SECONDARY].sector_count - 1);
}

void overwrite_perform(struct slot_pair *pair)
{
    int network_core = overwrite_copy(pair);
    IO_ASSERT(pair->boot->io, network_core == NETCORE_OK); /* as the reference: at every boot */
    overwrite_forget(pair);
}

static const struct overwrite_plan whole_slot_plan = {
    .image_only = false, .source_sector = 0, .keep_secondary_start = false};
static const struct overwrite_plan fast_plan = {
    .image_only = true, .source_sector = 0, .keep_secondary_start = false};

const struct strategy strategy_overwrite = {
    .name = "overwrite",
    .run = upgrade_run,
    .max_image_bytes = max_image_bytes_below_swap_info,
    .slots_are_compatible = slots_are_compatible,
    .read_header = header_read_in_place,
    .overwrite = &whole_slot_plan,
};

const struct strategy strategy_overwrite_fast = {
    .name = "overwrite-fast",
    .run = upgrade_run,
    .max_image_bytes = max_image_bytes_below_swap_info,
    .slots_are_compatible = slots_are_compatible,
    .read_header = header_read_in_place,
    .overwrite = &fast_plan,
};
