#include "core/state.h"

#include "core/strategy.h"
#include "image/bytes.h"

void swap_progress_reset(struct swap_progress *progress)
{
    *progress = (struct swap_progress){
        .source = STATUS_SOURCE_NONE, .index = 1, .state = 1, .type = SWAP_NONE};
}

struct image_source slot_source(const struct slot_pair *pair, enum slot slot)
{
    const struct image_slot *image = &pair->slots[slot];
    struct image_source source = {.io = pair->boot->io};
    if (image->in_ram) {
        source.start = image->header.load_address;
    } else {
        source.area = image->area;
        source.start = image->image_start_bytes;
    }
    return source;
}

uint32_t status_unit_bytes(const struct slot_pair *pair)
{
    uint32_t unit = flash_write_unit(primary_of(pair));
    if (pair->scratch != 0 && fix_is_on(pair, BOOT_FIX_SCRATCH_SECONDARY_WRITE_UNIT)) {
        unit = max_u32(unit, flash_write_unit(secondary_of(pair)));
    }
    return pair->scratch != 0 ? max_u32(unit, flash_write_unit(pair->scratch)) : unit;
}

uint32_t swap_sector_bytes(const struct slot_pair *pair)
{
    return slot_sector(pair, SLOT_PRIMARY, 0).size_bytes;
}

struct flash_sector slot_sector(const struct slot_pair *pair, enum slot slot, uint32_t index)
{
    struct flash_sector sector = {0, 0};
    int result = flash_sector_by_index(pair->slots[slot].area, index, &sector);
    IO_ASSERT(pair->boot->io, result == 0);
    return sector;
}

struct flash_sector first_trailer_sector(const struct slot_pair *pair, enum slot slot,
                                         uint32_t trailer_bytes)
{
    uint32_t index = flash_sector_count(pair->slots[slot].area);
    uint32_t counted = 0;
    struct flash_sector sector = {0, 0};
    do {
        index--;
        sector = slot_sector(pair, slot, index);
        counted += sector.size_bytes;
    } while (counted < trailer_bytes && index > 0);
    return sector;
}
