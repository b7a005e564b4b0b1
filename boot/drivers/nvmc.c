/*
 * nvmc.c: the flash of an nRF52 or nRF5340 behind its NVMC (nRF52840 PS v1.7, 4.3; nRF5340 PS,
 * NVMC).
 *
 * Word stores with CONFIG.WEN = Wen, page erases with Een; read-only otherwise. An nRF52 erases by
 * its ERASEPAGE register and polls READY after each word; READYNEXT is left alone (anomaly 233). An
 * nRF5340 erases by storing all ones to a page, and READYNEXT lets it store a word ahead.
 */
#include "drivers.h"

#define NVMC_READY 0x400u
#define NVMC_READY_READY 1u
#define NVMC_READYNEXT 0x408u
#define NVMC_CONFIG 0x504u
#define NVMC_CONFIG_REN 0u
#define NVMC_CONFIG_WEN 1u
#define NVMC_CONFIG_EEN 2u
#define NVMC_ERASEPAGE 0x508u

#define NVMC_ERASE_STORE 0xFFFFFFFFu

#define NVMC_WORD_BYTES 4u

static void configure(const struct flash_device *device, uint32_t mode)
{
    io_write32(device->io, device->register_base + NVMC_CONFIG, mode);
}

static void wait_ready(const struct flash_device *device)
{
    (void)io_poll32(device->io, device->register_base + NVMC_READY, NVMC_READY_READY,
                    NVMC_READY_READY, 0u);
}

static int nvmc_start(const struct flash_device *device)
{
    bool fits = device->write_unit_bytes == NVMC_WORD_BYTES && device->sector_run_count == 1u &&
                device->mapped_address != IO_ADDRESS_NONE;

    if (!fits) {
        return FLASH_EINVAL;
    }
    wait_ready(device); /* a reset without power loss may have come in the middle of an erase */
    configure(device, NVMC_CONFIG_REN);
    return FLASH_OK;
}

static int nvmc_read(const struct flash_device *device, uint32_t device_offset_bytes,
                     void *destination, uint32_t byte_count)
{
    io_mem_read(device->io, device->mapped_address + device_offset_bytes, destination, byte_count);
    return FLASH_OK;
}

static void write_words(const struct flash_device *device, uint32_t device_offset_bytes,
                        const void *source, uint32_t byte_count, uint32_t ready_register)
{
    configure(device, NVMC_CONFIG_WEN);
    io_write_words(device->io, device->mapped_address + device_offset_bytes, source,
                   byte_count / NVMC_WORD_BYTES, device->register_base + ready_register,
                   NVMC_READY_READY);
}

static int nvmc_write(const struct flash_device *device, uint32_t device_offset_bytes,
                      const void *source, uint32_t byte_count)
{
    write_words(device, device_offset_bytes, source, byte_count, NVMC_READY);
    configure(device, NVMC_CONFIG_REN);
    return FLASH_OK;
}

static int nvmc_nrf53_write(const struct flash_device *device, uint32_t device_offset_bytes,
                            const void *source, uint32_t byte_count)
{
    write_words(device, device_offset_bytes, source, byte_count, NVMC_READYNEXT);
    wait_ready(device); /* the last word, and perhaps the one before, are still in flight */
    configure(device, NVMC_CONFIG_REN);
    return FLASH_OK;
}

static int nvmc_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                      uint32_t byte_count)
{
    uint32_t page_bytes = device->sector_runs[0].sector_size_bytes;

    configure(device, NVMC_CONFIG_EEN);
    for (uint32_t done = 0u; done < byte_count; done += page_bytes) {
        io_write32(device->io, device->register_base + NVMC_ERASEPAGE,
                   device->mapped_address + device_offset_bytes + done);
        wait_ready(device);
    }
    configure(device, NVMC_CONFIG_REN);
    return FLASH_OK;
}

static int nvmc_nrf53_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                            uint32_t byte_count)
{
    uint32_t page_bytes = device->sector_runs[0].sector_size_bytes;

    configure(device, NVMC_CONFIG_EEN);
    for (uint32_t done = 0u; done < byte_count; done += page_bytes) {
        io_write32(device->io, device->mapped_address + device_offset_bytes + done,
                   NVMC_ERASE_STORE);
        wait_ready(device);
    }
    configure(device, NVMC_CONFIG_REN);
    return FLASH_OK;
}

const struct flash_driver flash_driver_nvmc = {
    .start = nvmc_start, .read = nvmc_read, .write = nvmc_write, .erase = nvmc_erase};

const struct flash_driver flash_driver_nvmc_nrf53 = {
    .start = nvmc_start, .read = nvmc_read, .write = nvmc_nrf53_write, .erase = nvmc_nrf53_erase};
