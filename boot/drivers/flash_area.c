/*
 * flash_area.c: argument checks, area markers and sector arithmetic in front of the drivers.
 */
#include "drivers.h"

#include <stddef.h>

static bool inside_area(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count)
{
    return offset_bytes <= area->size_bytes && byte_count <= area->size_bytes - offset_bytes;
}

static bool starts_a_sector(const struct flash_device *device, uint32_t device_offset_bytes)
{
    struct device_sector sector;

    if (device_offset_bytes == device->size_bytes) {
        return true; /* the end of the last sector */
    }
    return flash_device_sector_at(device, device_offset_bytes, &sector) &&
           sector.device_offset_bytes == device_offset_bytes;
}

int flash_read(const struct flash_area *area, uint32_t offset_bytes, void *destination,
               uint32_t byte_count)
{
    const struct flash_device *device = area->device;
    int result;

    if (!inside_area(area, offset_bytes, byte_count)) {
        return FLASH_EINVAL;
    }
    if (byte_count == 0u) {
        return FLASH_OK;
    }
    io_area_begin(device->io, IO_AREA_READ, area->id, offset_bytes, byte_count);
    result = device->driver->read(device, area->device_offset_bytes + offset_bytes, destination,
                                  byte_count);
    io_area_end(device->io, result);
    return result;
}

int flash_write(const struct flash_area *area, uint32_t offset_bytes, const void *source,
                uint32_t byte_count)
{
    const struct flash_device *device = area->device;
    uint32_t device_offset_bytes = area->device_offset_bytes + offset_bytes;
    uint32_t unit_mask = device->write_unit_bytes - 1u;
    int result;

    if (!inside_area(area, offset_bytes, byte_count) ||
        ((device_offset_bytes | byte_count) & unit_mask) != 0u) {
        return FLASH_EINVAL;
    }
    if (byte_count == 0u) {
        return FLASH_OK;
    }
    io_area_begin(device->io, IO_AREA_WRITE, area->id, offset_bytes, byte_count);
    result = device->driver->write(device, device_offset_bytes, source, byte_count);
    io_area_end(device->io, result);
    return result;
}

int flash_write_in_unit(const struct flash_area *area, uint32_t offset_bytes, const void *source,
                        uint32_t byte_count)
{
    const struct flash_device *device = area->device;
    uint32_t device_offset_bytes = area->device_offset_bytes + offset_bytes;
    uint32_t in_unit_bytes = device_offset_bytes & (device->write_unit_bytes - 1u);
    int result;

    if (device->driver->write_in_unit == NULL) {
        return FLASH_ENODEV;
    }
    if (!inside_area(area, offset_bytes, byte_count) ||
        byte_count > device->write_unit_bytes - in_unit_bytes) {
        return FLASH_EINVAL;
    }
    if (byte_count == 0u) {
        return FLASH_OK;
    }
    io_area_begin(device->io, IO_AREA_WRITE, area->id, offset_bytes, byte_count);
    result = device->driver->write_in_unit(device, device_offset_bytes, source, byte_count);
    io_area_end(device->io, result);
    return result;
}

int flash_erase(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count)
{
    const struct flash_device *device = area->device;
    uint32_t device_offset_bytes = area->device_offset_bytes + offset_bytes;
    int result;

    if (!inside_area(area, offset_bytes, byte_count) ||
        !starts_a_sector(device, device_offset_bytes) ||
        !starts_a_sector(device, device_offset_bytes + byte_count)) {
        return FLASH_EINVAL;
    }
    if (byte_count == 0u || !device->needs_erase) {
        return FLASH_OK;
    }
    io_area_begin(device->io, IO_AREA_ERASE, area->id, offset_bytes, byte_count);
    result = device->driver->erase(device, device_offset_bytes, byte_count);
    io_area_end(device->io, result);
    return result;
}

bool flash_device_sector_at(const struct flash_device *device, uint32_t device_offset_bytes,
                            struct device_sector *sector)
{
    uint32_t run_start = 0u;
    uint32_t first_number = 0u;

    for (uint32_t i = 0u; i < device->sector_run_count; ++i) {
        const struct flash_sector_run *run = &device->sector_runs[i];
        uint32_t run_bytes = run->sector_size_bytes * run->sector_count;

        if (device_offset_bytes - run_start < run_bytes) {
            uint32_t index = (device_offset_bytes - run_start) / run->sector_size_bytes;

            sector->number = first_number + index;
            sector->device_offset_bytes = run_start + index * run->sector_size_bytes;
            sector->size_bytes = run->sector_size_bytes;
            return true;
        }
        run_start += run_bytes;
        first_number += run->sector_count;
    }
    return false;
}

uint32_t flash_sector_count(const struct flash_area *area)
{
    struct device_sector first;
    struct device_sector last;

    if (area->size_bytes == 0u ||
        !flash_device_sector_at(area->device, area->device_offset_bytes, &first) ||
        !flash_device_sector_at(area->device, area->device_offset_bytes + area->size_bytes - 1u,
                                &last)) {
        return 0u;
    }
    return last.number - first.number + 1u;
}

int flash_sector_by_index(const struct flash_area *area, uint32_t index,
                          struct flash_sector *sector)
{
    const struct flash_device *device = area->device;
    struct device_sector first;
    uint32_t number;
    uint32_t run_start = 0u;

    if (index >= flash_sector_count(area)) {
        return FLASH_EINVAL;
    }
    (void)flash_device_sector_at(device, area->device_offset_bytes, &first);
    number = first.number + index;
    for (uint32_t i = 0u; i < device->sector_run_count; ++i) {
        const struct flash_sector_run *run = &device->sector_runs[i];

        if (number < run->sector_count) {
            sector->offset_bytes =
                run_start + number * run->sector_size_bytes - area->device_offset_bytes;
            sector->size_bytes = run->sector_size_bytes;
            return FLASH_OK;
        }
        number -= run->sector_count;
        run_start += run->sector_size_bytes * run->sector_count;
    }
    return FLASH_EINVAL;
}

int flash_sector_at(const struct flash_area *area, uint32_t offset_bytes,
                    struct flash_sector *sector)
{
    struct device_sector found;

    if (offset_bytes >= area->size_bytes ||
        !flash_device_sector_at(area->device, area->device_offset_bytes + offset_bytes, &found)) {
        return FLASH_EINVAL;
    }
    sector->offset_bytes = found.device_offset_bytes - area->device_offset_bytes;
    sector->size_bytes = found.size_bytes;
    return FLASH_OK;
}
