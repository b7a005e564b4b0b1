/*
 * plain.c: the plain flash controller. Its registers are described with the model,
 * models/plain_flash.hpp; the offsets and bits below are the same.
 */
#include "drivers.h"

#define PLAIN_CMD 0x000u
#define PLAIN_CMD_PROGRAM 1u
#define PLAIN_CMD_ERASE_SECTOR 2u
#define PLAIN_SRC 0x004u
#define PLAIN_DST 0x008u
#define PLAIN_LEN 0x00Cu
#define PLAIN_STATUS 0x010u
#define PLAIN_STATUS_BUSY 1u
#define PLAIN_STATUS_ERROR 2u

#define PLAIN_BOUNCE_BYTES 64u

static void set_register(const struct flash_device *device, uint32_t offset, uint32_t value)
{
    io_write32(device->io, device->register_base + offset, value);
}

static int run_command(const struct flash_device *device, uint32_t command)
{
    uint32_t status_address = device->register_base + PLAIN_STATUS;

    set_register(device, PLAIN_CMD, command);
    (void)io_poll32(device->io, status_address, PLAIN_STATUS_BUSY, 0u, 0u);
    if ((io_read32(device->io, status_address) & PLAIN_STATUS_ERROR) != 0u) {
        return FLASH_EIO;
    }
    return FLASH_OK;
}

static int program(const struct flash_device *device, uint32_t device_offset_bytes,
                   uint32_t source_address, uint32_t byte_count)
{
    set_register(device, PLAIN_SRC, source_address);
    set_register(device, PLAIN_DST, device_offset_bytes);
    set_register(device, PLAIN_LEN, byte_count);
    return run_command(device, PLAIN_CMD_PROGRAM);
}

/* For a source that no DMA engine can be given: through the stack, which is RAM. */
static int program_bounced(const struct flash_device *device, uint32_t device_offset_bytes,
                           const uint8_t *source, uint32_t byte_count)
{
    uint8_t bounce[PLAIN_BOUNCE_BYTES];
    uint32_t bounce_address = io_dma_address(device->io, bounce);

    if (device->write_unit_bytes > PLAIN_BOUNCE_BYTES || bounce_address == IO_ADDRESS_NONE) {
        return FLASH_EIO;
    }
    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t left_bytes = byte_count - done;
        uint32_t chunk_bytes = left_bytes < PLAIN_BOUNCE_BYTES ? left_bytes : PLAIN_BOUNCE_BYTES;
        int result;

        for (uint32_t i = 0u; i < chunk_bytes; ++i) {
            bounce[i] = source[done + i];
        }
        result = program(device, device_offset_bytes + done, bounce_address, chunk_bytes);
        if (result != FLASH_OK) {
            return result;
        }
        done += chunk_bytes;
    }
    return FLASH_OK;
}

static int plain_start(const struct flash_device *device)
{
    return device->mapped_address == IO_ADDRESS_NONE ? FLASH_EINVAL : FLASH_OK;
}

static int plain_read(const struct flash_device *device, uint32_t device_offset_bytes,
                      void *destination, uint32_t byte_count)
{
    io_mem_read(device->io, device->mapped_address + device_offset_bytes, destination, byte_count);
    return FLASH_OK;
}

static int plain_write(const struct flash_device *device, uint32_t device_offset_bytes,
                       const void *source, uint32_t byte_count)
{
    uint32_t source_address = io_dma_address(device->io, source);

    if (source_address == IO_ADDRESS_NONE) {
        return program_bounced(device, device_offset_bytes, source, byte_count);
    }
    return program(device, device_offset_bytes, source_address, byte_count);
}

static int plain_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                       uint32_t byte_count)
{
    uint32_t end = device_offset_bytes + byte_count;
    struct device_sector sector;

    for (uint32_t at = device_offset_bytes; at < end; at += sector.size_bytes) {
        int result;

        if (!flash_device_sector_at(device, at, &sector)) {
            return FLASH_EIO;
        }
        set_register(device, PLAIN_DST, at);
        result = run_command(device, PLAIN_CMD_ERASE_SECTOR);
        if (result != FLASH_OK) {
            return result;
        }
    }
    return FLASH_OK;
}

const struct flash_driver flash_driver_plain = {
    .start = plain_start, .read = plain_read, .write = plain_write, .erase = plain_erase};
