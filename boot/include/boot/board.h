/*
 * board.h: what a device tree tells firmware at build time, as a run-time record.
 */
#ifndef BOOT_BOARD_H
#define BOOT_BOARD_H

#include <boot/flash.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BOARD_DEVICES_MAX 8u
#define BOARD_AREAS_MAX 24u

enum board_driver {
    BOARD_DRIVER_NONE,
    BOARD_DRIVER_NVMC,  /* boot/drivers/nvmc.c  */
    BOARD_DRIVER_PLAIN, /* boot/drivers/plain.c */
    BOARD_DRIVER_SPI_NOR,
    BOARD_DRIVER_QSPI_NOR,
    BOARD_DRIVER_SPI_NAND,
    BOARD_DRIVER_RAM,
    BOARD_DRIVER_NVMC_NRF53 /* boot/drivers/nvmc.c: erase by store */
};

/* The fields of struct flash_device that describe the hardware; same names, same units. */
struct board_device {
    enum board_driver driver;
    uint32_t register_base;
    uint32_t mapped_address;
    uint32_t size_bytes;
    uint32_t write_unit_bytes;
    uint8_t erased_value;
    bool needs_erase;
    uint32_t sector_run_count;
    struct flash_sector_run sector_runs[FLASH_SECTOR_RUNS_MAX];
    const void *options;
};

struct board_area {
    uint32_t id; /* unique; 3 is the scratch area by convention */
    enum flash_role role;
    uint32_t image_index;
    uint32_t device_index;
    uint32_t device_offset_bytes;
    uint32_t size_bytes;
};

struct board {
    uint32_t device_count;
    struct board_device devices[BOARD_DEVICES_MAX];
    uint32_t area_count;
    struct board_area areas[BOARD_AREAS_MAX];
};

/* A started flash map; lives in firmware RAM. */
struct flash_map {
    uint32_t device_count;
    struct flash_device devices[BOARD_DEVICES_MAX];
    uint32_t device_state[BOARD_DEVICES_MAX][FLASH_STATE_WORDS];
    uint32_t area_count;
    struct flash_area areas[BOARD_AREAS_MAX];
};

/* Builds the map and starts every driver. `board` must outlive `map`. 0, or FLASH_ENODEV if a
 * device names a driver that is not built in, FLASH_EINVAL if an area leaves its device. */
int flash_map_start(struct flash_map *map, const struct boot_io *io, const struct board *board);

/* The area with this role and image, or NULL. `image_index` is ignored for the scratch area. */
const struct flash_area *flash_map_area(const struct flash_map *map, enum flash_role role,
                                        uint32_t image_index);
const struct flash_area *flash_map_area_by_id(const struct flash_map *map, uint32_t area_id);

#ifdef __cplusplus
}
#endif

#endif
