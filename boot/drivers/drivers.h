/*
 * drivers.h: the drivers that are built in, one table each; flash_map.c picks by board.h.
 */
#ifndef BOOT_DRIVERS_DRIVERS_H
#define BOOT_DRIVERS_DRIVERS_H

#include <boot/flash.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The NVMC of an nRF52. Write unit 4, one run of equal pages, memory-mapped. No options. */
extern const struct flash_driver flash_driver_nvmc;
/* The same for an nRF5340, either core. */
extern const struct flash_driver flash_driver_nvmc_nrf53;

/* The plain flash controller: CMD, SRC, DST, LEN, STATUS. Memory-mapped. No options. A source that
 * has no DMA address is copied through 64 bytes of stack; FLASH_EIO if a write unit is larger. */
extern const struct flash_driver flash_driver_plain;

/* A SPI NOR behind a SPIM: struct spi_nor_options (driver_options.h). Sectors of 4 KiB or
 * multiples, at most 16 MiB. */
extern const struct flash_driver flash_driver_spi_nor;

/* A SPI NAND behind a SPIM: struct spi_nand_options. Write unit 2048, sectors of 128 KiB, bad
 * blocks skipped within each region; DESIGN.md. */
extern const struct flash_driver flash_driver_spi_nand;

/* A SPI NOR behind the QSPI: struct qspi_nor_options (driver_options.h). Sectors of 4 KiB or
 * multiples, at most 16 MiB. */
extern const struct flash_driver flash_driver_qspi_nor;

/* RAM that keeps its content over a warm reset. Write unit 4, sectors as described. No options. */
extern const struct flash_driver flash_driver_ram;

/* The sector of the device that holds the byte at `device_offset_bytes`. False outside the runs. */
struct device_sector {
    uint32_t number; /* from 0 at the start of the device */
    uint32_t device_offset_bytes;
    uint32_t size_bytes;
};
bool flash_device_sector_at(const struct flash_device *device, uint32_t device_offset_bytes,
                            struct device_sector *sector);

#ifdef __cplusplus
}
#endif

#endif
