/*
 * flash_map_backend.h: flash areas as the porting guide of MCUboot describes them.
 *
 * Every function that returns int returns 0 on success and a negative value otherwise. Offsets are
 * relative to the area. A write is durable on return and never buffered; an erase covers whole
 * sectors. What does not fit - outside of the area, not a multiple of the write unit or of sectors
 * - is refused without touching the device.
 */
#ifndef FLASH_MAP_BACKEND_H
#define FLASH_MAP_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct flash_area {
    uint8_t fa_id;        /* sysflash.h */
    uint8_t fa_device_id; /* of the device, from 0 in board order */
    uint16_t pad16;
    uint32_t fa_off; /* in the device */
    uint32_t fa_size;
};

struct flash_sector {
    uint32_t fs_off; /* from the start of the area */
    uint32_t fs_size;
};

/* May be opened several times. Closing more often than opening does no harm. */
int flash_area_open(uint8_t id, const struct flash_area **area);
void flash_area_close(const struct flash_area *area);

int flash_area_read(const struct flash_area *area, uint32_t offset, void *destination,
                    uint32_t length);
int flash_area_write(const struct flash_area *area, uint32_t offset, const void *source,
                     uint32_t length);
int flash_area_erase(const struct flash_area *area, uint32_t offset, uint32_t length);

/* Smallest write, and the value of an erased byte. */
uint32_t flash_area_align(const struct flash_area *area);
uint8_t flash_area_erased_val(const struct flash_area *area);
/* False: a device that overwrites; erasing does nothing there. */
bool flash_area_erase_required(const struct flash_area *area);

/* All sectors, ascending. In: room in `sectors`; out: how many there are. Fails if more. */
int flash_area_get_sectors(int id, uint32_t *count, struct flash_sector *sectors);
/* The sector that holds `offset`. Fails behind the end of the area. */
int flash_area_get_sector(const struct flash_area *area, uint32_t offset,
                          struct flash_sector *sector);

/* Slot 0 is the primary, 1 the secondary slot. Negative: no such area. */
int flash_area_id_from_multi_image_slot(int image_index, int slot);
int flash_area_id_from_image_slot(int slot);
int flash_area_id_to_multi_image_slot(int image_index, int id);

/* Device address at which byte 0 of the device is mapped; port_memory_read() reads there. Fails for
 * devices that are not mapped. */
int flash_device_base(uint8_t device_id, uintptr_t *address);

static inline uint8_t flash_area_get_id(const struct flash_area *area)
{
    return area->fa_id;
}

static inline uint8_t flash_area_get_device_id(const struct flash_area *area)
{
    return area->fa_device_id;
}

static inline uint32_t flash_area_get_off(const struct flash_area *area)
{
    return area->fa_off;
}

static inline uint32_t flash_area_get_size(const struct flash_area *area)
{
    return area->fa_size;
}

static inline uint32_t flash_sector_get_off(const struct flash_sector *sector)
{
    return sector->fs_off;
}

static inline uint32_t flash_sector_get_size(const struct flash_sector *sector)
{
    return sector->fs_size;
}

#ifdef __cplusplus
}
#endif

#endif
