/*
 * flash_map.c: from the board description to started devices and areas.
 */
#include <boot/board.h>

#include "drivers.h"

#include <stddef.h>

static const struct flash_driver *driver_for(enum board_driver kind)
{
    switch (kind) {
    case BOARD_DRIVER_NVMC:
        return &flash_driver_nvmc;
    case BOARD_DRIVER_NVMC_NRF53:
        return &flash_driver_nvmc_nrf53;
    case BOARD_DRIVER_PLAIN:
        return &flash_driver_plain;
    case BOARD_DRIVER_SPI_NOR:
        return &flash_driver_spi_nor;
    case BOARD_DRIVER_SPI_NAND:
        return &flash_driver_spi_nand;
    case BOARD_DRIVER_QSPI_NOR:
        return &flash_driver_qspi_nor;
    case BOARD_DRIVER_RAM:
        return &flash_driver_ram;
    case BOARD_DRIVER_NONE:
        break;
    }
    return NULL;
}

/* The runs must cover the device exactly, or sector arithmetic would be wrong at its end. */
static bool runs_cover(const struct board_device *described)
{
    uint32_t covered_bytes = 0u;

    if (described->sector_run_count > FLASH_SECTOR_RUNS_MAX) {
        return false;
    }
    for (uint32_t i = 0u; i < described->sector_run_count; ++i) {
        const struct flash_sector_run *run = &described->sector_runs[i];

        if (run->sector_size_bytes == 0u ||
            run->sector_count > (described->size_bytes - covered_bytes) / run->sector_size_bytes) {
            return false;
        }
        covered_bytes += run->sector_size_bytes * run->sector_count;
    }
    return covered_bytes == described->size_bytes;
}

static int start_device(struct flash_map *map, const struct boot_io *io, uint32_t id,
                        const struct board_device *described)
{
    struct flash_device *device = &map->devices[id];
    uint32_t *state = map->device_state[id];
    uint32_t unit = described->write_unit_bytes;

    device->driver = driver_for(described->driver);
    if (device->driver == NULL) {
        return FLASH_ENODEV;
    }
    if (unit == 0u || (unit & (unit - 1u)) != 0u || !runs_cover(described)) {
        return FLASH_EINVAL;
    }
    device->io = io;
    device->id = id;
    device->register_base = described->register_base;
    device->mapped_address = described->mapped_address;
    device->size_bytes = described->size_bytes;
    device->write_unit_bytes = unit;
    device->erased_value = described->erased_value;
    device->needs_erase = described->needs_erase;
    device->sector_run_count = described->sector_run_count;
    device->sector_runs = described->sector_runs;
    device->options = described->options;
    device->state = state;
    for (uint32_t i = 0u; i < FLASH_STATE_WORDS; ++i) {
        state[i] = 0u;
    }
    return device->driver->start(device);
}

static int add_area(struct flash_map *map, const struct board_area *described)
{
    struct flash_area *area = &map->areas[map->area_count];
    const struct flash_device *device;

    if (described->device_index >= map->device_count) {
        return FLASH_EINVAL;
    }
    device = &map->devices[described->device_index];
    if (described->device_offset_bytes > device->size_bytes ||
        described->size_bytes > device->size_bytes - described->device_offset_bytes) {
        return FLASH_EINVAL;
    }
    area->device = device;
    area->id = described->id;
    area->role = described->role;
    area->image_index = described->image_index;
    area->device_offset_bytes = described->device_offset_bytes;
    area->size_bytes = described->size_bytes;
    ++map->area_count;
    return FLASH_OK;
}

int flash_map_start(struct flash_map *map, const struct boot_io *io, const struct board *board)
{
    map->device_count = 0u;
    map->area_count = 0u;
    if (board->device_count > BOARD_DEVICES_MAX || board->area_count > BOARD_AREAS_MAX) {
        return FLASH_EINVAL;
    }
    for (uint32_t i = 0u; i < board->device_count; ++i) {
        int result = start_device(map, io, i, &board->devices[i]);

        if (result != FLASH_OK) {
            return result;
        }
        ++map->device_count;
    }
    for (uint32_t i = 0u; i < board->area_count; ++i) {
        int result = add_area(map, &board->areas[i]);

        if (result != FLASH_OK) {
            return result;
        }
    }
    return FLASH_OK;
}

const struct flash_area *flash_map_area(const struct flash_map *map, enum flash_role role,
                                        uint32_t image_index)
{
    for (uint32_t i = 0u; i < map->area_count; ++i) {
        const struct flash_area *area = &map->areas[i];

        if (area->role == role && (role == FLASH_SCRATCH || area->image_index == image_index)) {
            return area;
        }
    }
    return NULL;
}

const struct flash_area *flash_map_area_by_id(const struct flash_map *map, uint32_t area_id)
{
    for (uint32_t i = 0u; i < map->area_count; ++i) {
        if (map->areas[i].id == area_id) {
            return &map->areas[i];
        }
    }
    return NULL;
}
