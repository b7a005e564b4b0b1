/*
 * port_flash_map.c: the flash map that a core sees.
 */
#include "port_bridge.h"

#include <flash_map_backend/flash_map_backend.h>

#include <brownout_port.h>

#define NOT_FOUND (-1)
#define NO_ROOM (-12)

static struct {
    bool is_filled;
    struct flash_area areas[PORT_AREAS_MAX];
    uint32_t open_count[PORT_AREAS_MAX];
} map;

static void fill(void)
{
    struct port_area_facts facts;

    for (uint32_t i = 0u; i < bridge_area_count(); ++i) {
        bridge_area_facts(i, &facts);
        map.areas[i].fa_id = (uint8_t)facts.id;
        map.areas[i].fa_device_id = (uint8_t)facts.device_id;
        map.areas[i].fa_off = facts.device_offset_bytes;
        map.areas[i].fa_size = facts.size_bytes;
    }
    map.is_filled = true;
}

/* A core may make an area of its own, a part of one of the map's: it is found by its place. */
static int index_of(const struct flash_area *area, uint32_t *base_bytes)
{
    for (uint32_t i = 0u; i < bridge_area_count(); ++i) {
        const struct flash_area *candidate = &map.areas[i];

        if (candidate->fa_device_id == area->fa_device_id && area->fa_off >= candidate->fa_off &&
            area->fa_off - candidate->fa_off <= candidate->fa_size &&
            area->fa_size <= candidate->fa_size - (area->fa_off - candidate->fa_off)) {
            *base_bytes = area->fa_off - candidate->fa_off;
            return (int)i;
        }
    }
    return NOT_FOUND;
}

static bool is_inside(const struct flash_area *area, uint32_t offset, uint32_t length)
{
    return offset <= area->fa_size && length <= area->fa_size - offset;
}

int flash_area_open(uint8_t id, const struct flash_area **area)
{
    if (!map.is_filled) {
        fill();
    }
    for (uint32_t i = 0u; i < bridge_area_count(); ++i) {
        if (map.areas[i].fa_id == id) {
            ++map.open_count[i];
            *area = &map.areas[i];
            return 0;
        }
    }
    return NOT_FOUND;
}

void flash_area_close(const struct flash_area *area)
{
    for (uint32_t i = 0u; i < bridge_area_count(); ++i) {
        if (&map.areas[i] == area && map.open_count[i] > 0u) {
            --map.open_count[i];
        }
    }
}

int flash_area_read(const struct flash_area *area, uint32_t offset, void *destination,
                    uint32_t length)
{
    uint32_t base = 0u;
    int index = index_of(area, &base);

    return index < 0 || !is_inside(area, offset, length)
               ? NOT_FOUND
               : bridge_read((uint32_t)index, base + offset, destination, length);
}

int flash_area_write(const struct flash_area *area, uint32_t offset, const void *source,
                     uint32_t length)
{
    uint32_t base = 0u;
    int index = index_of(area, &base);

    return index < 0 || !is_inside(area, offset, length)
               ? NOT_FOUND
               : bridge_write((uint32_t)index, base + offset, source, length);
}

int flash_area_erase(const struct flash_area *area, uint32_t offset, uint32_t length)
{
    uint32_t base = 0u;
    int index = index_of(area, &base);

    return index < 0 || !is_inside(area, offset, length)
               ? NOT_FOUND
               : bridge_erase((uint32_t)index, base + offset, length);
}

static struct port_area_facts facts_of(const struct flash_area *area)
{
    struct port_area_facts facts = {0u, 0u, 0u, 0u, 1u, 0xFFu, true};
    uint32_t base = 0u;
    int index = index_of(area, &base);

    if (index >= 0) {
        bridge_area_facts((uint32_t)index, &facts);
    }
    return facts;
}

uint32_t flash_area_align(const struct flash_area *area)
{
    return facts_of(area).write_unit_bytes;
}

uint8_t flash_area_erased_val(const struct flash_area *area)
{
    return facts_of(area).erased_value;
}

bool flash_area_erase_required(const struct flash_area *area)
{
    return facts_of(area).needs_erase;
}

int flash_area_get_sectors(int id, uint32_t *count, struct flash_sector *sectors)
{
    const struct flash_area *area;
    uint32_t room = *count;
    uint32_t base = 0u;
    uint32_t index;

    if (id < 0 || id > 255 || flash_area_open((uint8_t)id, &area) != 0) {
        return NOT_FOUND;
    }
    flash_area_close(area);
    index = (uint32_t)index_of(area, &base);
    *count = bridge_sector_count(index);
    if (*count > room) {
        return NO_ROOM;
    }
    for (uint32_t i = 0u; i < *count; ++i) {
        (void)bridge_sector(index, i, false, &sectors[i].fs_off, &sectors[i].fs_size);
    }
    return 0;
}

int flash_area_get_sector(const struct flash_area *area, uint32_t offset,
                          struct flash_sector *sector)
{
    uint32_t base = 0u;
    int index = index_of(area, &base);
    int result;

    if (index < 0 || offset >= area->fa_size) {
        return NOT_FOUND;
    }
    result = bridge_sector((uint32_t)index, base + offset, true, &sector->fs_off, &sector->fs_size);
    sector->fs_off -= base;
    return result;
}

int flash_area_id_from_multi_image_slot(int image_index, int slot)
{
    return image_index < 0 || slot < 0 || slot > 1
               ? NOT_FOUND
               : bridge_area_of_slot((uint32_t)image_index, (uint32_t)slot);
}

int flash_area_id_from_image_slot(int slot)
{
    return flash_area_id_from_multi_image_slot(0, slot);
}

int flash_area_id_to_multi_image_slot(int image_index, int id)
{
    for (int slot = 0; slot <= 1; ++slot) {
        if (flash_area_id_from_multi_image_slot(image_index, slot) == id) {
            return slot;
        }
    }
    return NOT_FOUND;
}

int flash_device_base(uint8_t device_id, uintptr_t *address)
{
    uint32_t mapped = 0u;
    int result = bridge_device_base(device_id, &mapped);

    *address = mapped;
    return result;
}

int port_hash_area(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count,
                   uint8_t digest[32])
{
    uint32_t base = 0u;
    int index = index_of(area, &base);

    return index < 0 || !is_inside(area, offset_bytes, byte_count)
               ? NOT_FOUND
               : bridge_hash((uint32_t)index, base + offset_bytes, byte_count, digest);
}
