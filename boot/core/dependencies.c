#include "core/upgrade.h"
#include "image/bytes.h"
#include "netcore/hooks.h"

#define DEPENDENCY_BYTES 12u

static bool entry_is_met(struct slot_pair *pair, const struct image_source *source,
                         const struct tlv_entry *entry, dependency_version version_of)
{
    uint8_t raw[DEPENDENCY_BYTES];
    if (entry->byte_count != sizeof(raw) ||
        image_read(source, entry->offset_bytes, raw, sizeof(raw)) != 0) {
        return false;
    }
    uint32_t index = raw[0];
    if (index >= pair->boot->config->image_count) {
        return false;
    }
    struct boot_version needed = {raw[4], raw[5], (uint16_t)bytes_get_u16(raw + 6),
                                  bytes_get_u32(raw + 8)};
    return image_version_compare(version_of(&pair->boot->pairs[index]), &needed,
                                 pair->boot->config->compare_build_number) >= 0;
}

bool dependencies_are_met(struct slot_pair *pair, enum slot slot, dependency_version version_of)
{
    struct image_source source = slot_source(pair, slot);
    struct tlv_walk walk;
    struct tlv_entry entry;
    enum tlv_step step;
    if (slot == SLOT_PRIMARY && netcore_has_ram_primary(pair->boot->config, pair->image_index)) {
        return true; /* its header is made up, there are no TLVs behind it */
    }
    if (tlv_walk_begin(&walk, &source, &pair->slots[slot].header, TLV_DEPENDENCY, true) !=
        BOOT_OK) {
        return false;
    }
    while ((step = tlv_walk_next(&walk, &entry)) == TLV_FOUND) {
        if (!entry_is_met(pair, &source, &entry, version_of)) {
            return false;
        }
    }
    return step == TLV_END;
}

/* The version that the primary slot will hold after the updates. */
static const struct boot_version *future_version(const struct slot_pair *pair)
{
    enum slot slot = type_is_upgrade(pair->type) ? SLOT_SECONDARY : SLOT_PRIMARY;
    return &pair->slots[slot].header.version;
}

static bool any_upgrade(const struct boot_state *boot)
{
    for (uint32_t i = 0; i < boot->config->image_count; i++) {
        if (type_is_upgrade(boot->pairs[i].type)) {
            return true;
        }
    }
    return false;
}

void dependencies_check(struct boot_state *boot)
{
    uint32_t count = boot->config->image_count;
    if (!any_upgrade(boot) || mutant_is(&boot->pairs[0], BOOT_MUTANT_NO_DEPENDENCY_CHECK)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct slot_pair *pair = &boot->pairs[i];
        enum slot slot =
            pair->type != SWAP_NONE && pair->type != SWAP_FAIL ? SLOT_SECONDARY : SLOT_PRIMARY;
        if (!dependencies_are_met(pair, slot, future_version)) {
            for (uint32_t j = 0; j < count; j++) {
                boot->pairs[j].type = SWAP_NONE;
            }
            return;
        }
    }
}
