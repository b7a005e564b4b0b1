/*
 * The boot flow of direct-xip and ram-load: of each image's two slots start the one with the
 * highest version that is good; ties keep the primary slot.
 */
#include "core/headers.h"
#include "core/regions.h"
#include "core/response.h"
#include "core/strategy.h"
#include "core/upgrade.h"
#include "core/validate.h"

static const char *slot_name(enum slot slot)
{
    return slot == SLOT_PRIMARY ? "primary" : "secondary";
}

/* Notes which slots hold something that could be started. */
static bool list_slots(struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    if (headers_read(pair) != BOOT_OK) {
        io_log(io, IO_LOG_WARNING, "Failed reading image headers.");
        return false;
    }
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        struct image_slot *image = &pair->slots[slot];
        const struct boot_version *version = &image->header.version;
        image->is_available =
            image_header_is_sane(&image->header, image->area->size_bytes, can_encrypt(pair->boot));
        if (image->is_available) {
            io_log(io, IO_LOG_INFO, "%s slot: version=%u.%u.%u+%u",
                   slot == SLOT_PRIMARY ? "Primary  " : "Secondary", (unsigned)version->major,
                   (unsigned)version->minor, (unsigned)version->revision, (unsigned)version->build);
        } else {
            io_log(io, IO_LOG_INFO, "Image %d %s slot: image not found", (int)pair->image_index,
                   slot_name(slot));
        }
    }
    return true;
}

static enum slot best_slot(const struct slot_pair *pair)
{
    const struct image_slot *primary = &pair->slots[SLOT_PRIMARY];
    const struct image_slot *secondary = &pair->slots[SLOT_SECONDARY];
    if (primary->is_available && secondary->is_available) {
        bool is_newer = image_version_compare(&secondary->header.version, &primary->header.version,
                                              pair->boot->config->compare_build_number) > 0;
        return is_newer ? SLOT_SECONDARY : SLOT_PRIMARY;
    }
    return primary->is_available     ? SLOT_PRIMARY
           : secondary->is_available ? SLOT_SECONDARY
                                     : SLOT_COUNT;
}

/* Revert option: an image that was started once and not confirmed is erased. Marks the image as
 * started, before it is validated. */
static bool pass_revert_check(struct slot_pair *pair, enum slot slot)
{
    const struct flash_area *area = pair->slots[slot].area;
    struct trailer_state state = {TRAILER_BAD, SWAP_NONE, TRAILER_BAD, TRAILER_BAD, 0};
    (void)trailer_read(&pair->boot->layout, area, &state);
    if (state.magic != TRAILER_SET ||
        (state.copy_done == TRAILER_SET && state.image_ok != TRAILER_SET)) {
        (void)region_scramble(area, 0, area->size_bytes, FORWARD);
        return false;
    }
    if (state.copy_done != TRAILER_SET &&
        trailer_write_copy_done(&pair->boot->layout, area) != BOOT_OK) {
        io_log(pair->boot->io, IO_LOG_WARNING,
               "Failed to set copy_done flag of the image in %s "
               "slot",
               slot_name(slot));
    }
    return true;
}

static bool slot_is_good(struct slot_pair *pair, enum slot slot)
{
    const struct strategy *strategy = pair->boot->strategy;
    if (strategy->admit_slot != 0 && !strategy->admit_slot(pair, slot)) {
        return false;
    }
    if (strategy->has_revert && !pass_revert_check(pair, slot)) {
        return false;
    }
    if (strategy->load_slot != 0 && !strategy->load_slot(pair, slot)) {
        return false;
    }
    if (validate_slot(pair, slot, SWAP_NONE) == VALIDITY_GOOD) {
        return true;
    }
    if (strategy->unload_slot != 0) {
        strategy->unload_slot(pair, slot);
    }
    return false;
}

/* The best slot that is good; the others become unavailable. */
static bool choose_slot(struct slot_pair *pair)
{
    for (;;) {
        enum slot slot = best_slot(pair);
        pair->chosen = slot;
        if (slot == SLOT_COUNT) {
            io_log(pair->boot->io, IO_LOG_INFO, "No slot to load for image %d",
                   (int)pair->image_index);
            return false;
        }
        if (slot_is_good(pair, slot)) {
            return true;
        }
        pair->slots[slot].is_available = false;
        pair->chosen = SLOT_COUNT;
    }
}

static const struct boot_version *chosen_version(const struct slot_pair *pair)
{
    return &pair->slots[pair->chosen].header.version;
}

/* The first image whose needs are not met; NULL if there is none. */
static struct slot_pair *find_unmet(struct boot_state *boot)
{
    for (uint32_t i = 0; i < boot->config->image_count; i++) {
        struct slot_pair *pair = &boot->pairs[i];
        if (!dependencies_are_met(pair, pair->chosen, chosen_version)) {
            return pair;
        }
    }
    return 0;
}

/* An image with unmet needs falls back to its other slot, until everything fits together. */
static bool settle_dependencies(struct boot_state *boot)
{
    struct slot_pair *pair;
    while ((pair = find_unmet(boot)) != 0) {
        enum slot slot = pair->chosen;
        pair->slots[slot].is_available = false;
        if (boot->strategy->unload_slot != 0) {
            boot->strategy->unload_slot(pair, slot);
        }
        pair->chosen = SLOT_COUNT;
        if (!choose_slot(pair)) {
            return false;
        }
    }
    return true;
}

int choose_slot_run(struct boot_state *boot, struct boot_response *response)
{
    uint32_t count = boot->config->image_count;
    for (uint32_t i = 0; i < count; i++) {
        if (!list_slots(&boot->pairs[i])) {
            return BOOT_FAILED;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!choose_slot(&boot->pairs[i])) {
            return BOOT_FAILED;
        }
    }
    if (has_several_images(boot) && !settle_dependencies(boot)) {
        return BOOT_FAILED;
    }
    for (uint32_t i = 0; i < count; i++) {
        io_log(boot->io, IO_LOG_INFO, "Image %d loaded from the %s slot", (int)i,
               slot_name(boot->pairs[i].chosen));
    }
    response_fill(&boot->pairs[0], boot->pairs[0].chosen, response);
    return BOOT_OK;
}
