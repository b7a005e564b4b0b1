#include "strategy/swap_slots.h"

uint32_t sectors_covering(uint32_t byte_count, uint32_t sector_bytes)
{
    return byte_count / sector_bytes + (byte_count % sector_bytes != 0);
}

uint32_t trailer_sectors_bytes(const struct slot_pair *pair)
{
    uint32_t sector_bytes = swap_sector_bytes(pair);
    uint32_t trailer_bytes = trailer_slot_bytes(&pair->boot->layout, status_unit_bytes(pair));
    return sectors_covering(trailer_bytes, sector_bytes) * sector_bytes;
}

uint32_t slot_sectors_bytes(const struct slot_pair *pair, enum slot slot)
{
    return pair->slots[slot].sector_count * swap_sector_bytes(pair);
}

uint32_t sectors_below_trailer(const struct slot_pair *pair)
{
    return pair->slots[SLOT_PRIMARY].sector_count -
           trailer_sectors_bytes(pair) / swap_sector_bytes(pair);
}

bool sectors_match(const struct slot_pair *pair, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (slot_sector(pair, SLOT_PRIMARY, i).size_bytes !=
            slot_sector(pair, SLOT_SECONDARY, i).size_bytes) {
            return false;
        }
    }
    return true;
}

bool has_room_for_swap(struct slot_pair *pair, uint32_t last)
{
    uint32_t sector_bytes = swap_sector_bytes(pair);
    uint32_t available = sectors_below_trailer(pair);
    if (last < available) {
        return true;
    }
    const struct boot_io *io = pair->boot->io;
    io_log(io, IO_LOG_WARNING, "Not enough free space to run swap upgrade");
    io_log(io, IO_LOG_WARNING, "required %u bytes but only %u are available",
           (unsigned)((last + 1) * sector_bytes), (unsigned)(available * sector_bytes));
    return false;
}
