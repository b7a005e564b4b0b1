/*
 * flash.h: flash areas, the only view of flash that the bootloader core has.
 *
 * A device is a chip or an on-chip flash with one driver. An area is a range of a device with a
 * role. The core opens areas by role and calls the functions below; drivers implement
 * `struct flash_driver`. flash_area.c checks arguments, emits the area markers of io.h and calls
 * the driver, so a driver sees only requests that its device can accept.
 *
 * Conventions: offsets are relative to the area unless a name says device; every function that
 * returns int returns 0 on success and a negative FLASH_E* code otherwise.
 */
#ifndef BOOT_FLASH_H
#define BOOT_FLASH_H

#include <boot/io.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum flash_error {
    FLASH_OK = 0,
    FLASH_EIO = -5,     /* the device or its driver gave up                           */
    FLASH_EINVAL = -22, /* outside the area, or not a multiple of the unit it needs   */
    FLASH_ENODEV = -19  /* no such area, or no driver for it                          */
};

enum flash_role {
    FLASH_PRIMARY,
    FLASH_SECONDARY,
    FLASH_SCRATCH,
    FLASH_OTHER /* reachable by applications only */
};

/* Images and areas of one bootloader; the description (board.h) has room for this many. */
#define FLASH_IMAGES_MAX 4u

struct flash_sector {
    uint32_t offset_bytes; /* from the start of the area */
    uint32_t size_bytes;
};

struct flash_device;
struct flash_area;

/* A driver: requests arrive checked (inside the device, units respected, byte_count > 0). */
struct flash_driver {
    /* Called once per reset, before the first request. */
    int (*start)(const struct flash_device *device);
    int (*read)(const struct flash_device *device, uint32_t device_offset_bytes, void *destination,
                uint32_t byte_count);
    int (*write)(const struct flash_device *device, uint32_t device_offset_bytes,
                 const void *source, uint32_t byte_count);
    /* Whole sectors, in one request. */
    int (*erase)(const struct flash_device *device, uint32_t device_offset_bytes,
                 uint32_t byte_count);
    /* A part of one unit; NULL: the driver writes whole units only. */
    int (*write_in_unit)(const struct flash_device *device, uint32_t device_offset_bytes,
                         const void *source, uint32_t byte_count);
};

/* One run of equal sectors; a device is a list of runs from offset 0. */
struct flash_sector_run {
    uint32_t sector_size_bytes;
    uint32_t sector_count;
};

#define FLASH_SECTOR_RUNS_MAX 64u
#define FLASH_STATE_WORDS 32u

struct flash_device {
    const struct boot_io *io;
    const struct flash_driver *driver;
    uint32_t id;
    uint32_t register_base;  /* of the controller                                             */
    uint32_t mapped_address; /* where byte 0 can be read with io_mem_read; IO_ADDRESS_NONE if
                                it cannot                                                     */
    uint32_t size_bytes;
    uint32_t write_unit_bytes; /* 1..2048, a power of two                                     */
    uint8_t erased_value;
    bool needs_erase; /* false: MRAM, RRAM; writes overwrite and erases do nothing             */
    uint32_t sector_run_count;
    const struct flash_sector_run *sector_runs;
    const void *options; /* driver specific, documented in the driver's header                 */
    uint32_t *state;     /* FLASH_STATE_WORDS of RAM for the driver; zero before start()       */
};

struct flash_area {
    const struct flash_device *device;
    uint32_t id; /* as in area markers and in the board description */
    enum flash_role role;
    uint32_t image_index;
    uint32_t device_offset_bytes;
    uint32_t size_bytes;
};

/* Any alignment. */
int flash_read(const struct flash_area *area, uint32_t offset_bytes, void *destination,
               uint32_t byte_count);
/* Offset (in the device) and length multiples of the write unit; FLASH_EINVAL otherwise, with no
 * call made. Durable on return. */
int flash_write(const struct flash_area *area, uint32_t offset_bytes, const void *source,
                uint32_t byte_count);
/* For devices with large write units (NAND pages): a part of one erased unit in one piece; the rest
 * of the unit stays erased and cannot be written any more. FLASH_EINVAL: it crosses the edge of a
 * unit; FLASH_ENODEV: the driver writes whole units only; no call is made. FLASH_EIO: the unit is
 * not erased. Durable on return. */
int flash_write_in_unit(const struct flash_area *area, uint32_t offset_bytes, const void *source,
                        uint32_t byte_count);
/* Whole sectors of the device; FLASH_EINVAL otherwise, with no call made. */
int flash_erase(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count);

static inline uint32_t flash_write_unit(const struct flash_area *area)
{
    return area->device->write_unit_bytes;
}

static inline uint8_t flash_erased_value(const struct flash_area *area)
{
    return area->device->erased_value;
}

static inline bool flash_needs_erase(const struct flash_area *area)
{
    return area->device->needs_erase;
}

/* Sectors that the area covers. The area must start and end on sector edges. */
uint32_t flash_sector_count(const struct flash_area *area);
/* Sector number `index` (0-based), or the sector holding `offset_bytes`. FLASH_EINVAL outside. */
int flash_sector_by_index(const struct flash_area *area, uint32_t index,
                          struct flash_sector *sector);
int flash_sector_at(const struct flash_area *area, uint32_t offset_bytes,
                    struct flash_sector *sector);

#ifdef __cplusplus
}
#endif

#endif
