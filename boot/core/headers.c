#include "core/headers.h"

#include "core/strategy.h"
#include "netcore/hooks.h"

int header_read_at(struct slot_pair *pair, enum slot slot, const struct flash_area *area,
                   uint32_t offset_bytes)
{
    struct image_source source = {pair->boot->io, area, offset_bytes};
    return image_header_read(&source, &pair->slots[slot].header) == 0 ? BOOT_OK : BOOT_EFLASH;
}

int header_read_in_place(struct slot_pair *pair, enum slot slot, bool resuming)
{
    (void)resuming;
    if (slot == SLOT_PRIMARY && netcore_has_ram_primary(pair->boot->config, pair->image_index)) {
        netcore_fabricate_header(netcore_of(pair->boot->config), &pair->slots[slot].header);
        return BOOT_OK;
    }
    return header_read_at(pair, slot, pair->slots[slot].area, 0);
}

int headers_read(struct slot_pair *pair)
{
    const struct strategy *strategy = pair->boot->strategy;
    int result = strategy->read_header(pair, SLOT_PRIMARY, false);
    if (result == BOOT_OK) {
        (void)strategy->read_header(pair, SLOT_SECONDARY, false);
    }
    return result;
}

int headers_read_resuming(struct slot_pair *pair)
{
    const struct strategy *strategy = pair->boot->strategy;
    int result = strategy->read_header(pair, SLOT_PRIMARY, true);
    if (result != BOOT_OK) {
        return result;
    }
    result = strategy->read_header(pair, SLOT_SECONDARY, true);
    return swap_is_in_progress(&pair->progress) ? result : BOOT_OK;
}
