#include "core/validate.h"

#include "core/regions.h"
#include "core/strategy.h"
#include "netcore/hooks.h"

static bool slot_holds_nothing_bootable(const struct slot_pair *pair, enum slot slot)
{
    const struct image_slot *image = &pair->slots[slot];
    return image_header_is_erased(&image->header, flash_erased_value(image->area)) ||
           (image->header.flags & IMAGE_FLAG_NON_BOOTABLE) != 0;
}

/* Only the trailer: the slot may hold data of another kind. */
static void clean_unbootable_secondary(struct slot_pair *pair)
{
    const struct strategy *strategy = pair->boot->strategy;
    if (!strategy->swaps || older_is_on(pair, BOOT_OLDER_765_TRAILER_LEFT)) {
        return;
    }
    (void)trailer_scramble(pair, SLOT_SECONDARY);
    if (strategy->secondary_is_unusable != 0 && !older_is_on(pair, BOOT_OLDER_2199_STUCK_REVERT)) {
        strategy->secondary_is_unusable(pair);
    }
}

static enum validity reject(struct slot_pair *pair, enum slot slot)
{
    io_log(pair->boot->io, IO_LOG_ERROR, "Image in the %s slot is not valid!",
           slot == SLOT_PRIMARY ? "primary" : "secondary");
    if (slot == SLOT_SECONDARY || pair->boot->strategy->slots_are_equivalent) {
        (void)slot_scramble(pair, slot);
    }
    return VALIDITY_NO_IMAGE;
}

/* Overwrite-only refuses an older image here, before it is looked at. */
static bool is_overwrite_downgrade(const struct slot_pair *pair, enum slot slot)
{
    const struct boot_config *config = pair->boot->config;
    const struct strategy *strategy = pair->boot->strategy;
    const struct image_slot *primary = &pair->slots[SLOT_PRIMARY];
    const struct image_slot *secondary = &pair->slots[SLOT_SECONDARY];
    return slot == SLOT_SECONDARY && strategy->overwrite != 0 && !strategy->swaps &&
           config->downgrade == BOOT_DOWNGRADE_BY_VERSION &&
           !image_header_is_erased(&primary->header, flash_erased_value(primary->area)) &&
           image_version_compare(&secondary->header.version, &primary->header.version,
                                 config->compare_build_number) < 0;
}

static bool header_is_sane(const struct slot_pair *pair, enum slot slot)
{
    const struct image_slot *image = &pair->slots[slot];
    return image_header_is_sane(&image->header, image->area->size_bytes, can_encrypt(pair->boot));
}

enum validity validate_slot(struct slot_pair *pair, enum slot slot, uint32_t requested)
{
    const struct strategy *strategy = pair->boot->strategy;

    if (slot == SLOT_SECONDARY && mutant_is(pair, BOOT_MUTANT_NO_VALIDATION)) {
        return VALIDITY_GOOD;
    }
    if (slot == SLOT_PRIMARY && netcore_has_ram_primary(pair->boot->config, pair->image_index)) {
        return VALIDITY_GOOD; /* what the network core has is not there */
    }
    if (slot_holds_nothing_bootable(pair, slot)) {
        if (slot == SLOT_SECONDARY) {
            clean_unbootable_secondary(pair);
        }
        return VALIDITY_NO_IMAGE;
    }
    if (slot == SLOT_SECONDARY && strategy->check_upload_place != 0 &&
        (requested == SWAP_TEST || requested == SWAP_PERM)) {
        int result = strategy->check_upload_place(pair);
        if (result != BOOT_OK) {
            return result == BOOT_EFLASH ? VALIDITY_ERROR : reject(pair, slot);
        }
    }
    if (is_overwrite_downgrade(pair, slot)) {
        io_log(pair->boot->io, IO_LOG_ERROR, "Insufficient version in secondary slot");
        (void)slot_scramble(pair, SLOT_SECONDARY);
        return VALIDITY_NO_IMAGE;
    }
    if (!header_is_sane(pair, slot) || !verify_image(pair, slot)) {
        return reject(pair, slot);
    }
    if (slot == SLOT_SECONDARY && !netcore_is_designated(pair)) {
        (void)slot_scramble(pair, slot);
        return VALIDITY_NO_IMAGE;
    }
    return VALIDITY_GOOD;
}
