#include "core/regions.h"
#include "core/strategy.h"
#include "core/upgrade.h"
#include "image/bytes.h"

/* False: the image states no (readable) counter. */
static bool read_security_counter(const struct slot_pair *pair, enum slot slot, uint32_t *counter)
{
    struct image_source source = slot_source(pair, slot);
    struct tlv_walk walk;
    struct tlv_entry entry;
    uint8_t raw[4];
    if (tlv_walk_begin(&walk, &source, &pair->slots[slot].header, TLV_SEC_CNT, true) != BOOT_OK ||
        tlv_walk_next(&walk, &entry) != TLV_FOUND || entry.byte_count != sizeof(raw) ||
        image_read(&source, entry.offset_bytes, raw, sizeof(raw)) != 0) {
        return false;
    }
    *counter = bytes_get_u32(raw);
    return true;
}

static bool counter_goes_down(const struct slot_pair *pair)
{
    uint32_t primary = 0;
    uint32_t secondary = 0;
    if (!read_security_counter(pair, SLOT_PRIMARY, &primary)) {
        return false;
    }
    return !read_security_counter(pair, SLOT_SECONDARY, &secondary) || secondary < primary;
}

static bool version_goes_down(const struct slot_pair *pair)
{
    return image_version_compare(&pair->slots[SLOT_SECONDARY].header.version,
                                 &pair->slots[SLOT_PRIMARY].header.version,
                                 pair->boot->config->compare_build_number) < 0;
}

bool downgrade_prevented(struct slot_pair *pair)
{
    enum boot_downgrade rule = pair->boot->config->downgrade;
    if (!pair->boot->strategy->swaps || rule == BOOT_DOWNGRADE_ALLOWED ||
        mutant_is(pair, BOOT_MUTANT_NO_DOWNGRADE_CHECK)) {
        return false;
    }
    bool goes_down =
        rule == BOOT_DOWNGRADE_BY_VERSION ? version_goes_down(pair) : counter_goes_down(pair);
    if (goes_down) {
        io_log(pair->boot->io, IO_LOG_INFO, "Image %d in slot 1 erased due to downgrade prevention",
               (int)pair->image_index);
        (void)slot_scramble(pair, SLOT_SECONDARY);
        pair->type = SWAP_NONE;
    }
    return goes_down;
}
