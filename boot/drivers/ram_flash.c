/*
 * RAM behind the flash interface: the primary slot of a network image (mcuboot_primary_1). Lost
 * when the power goes, kept by a warm reset; nothing is cleared at start.
 */
#include "drivers.h"

#define ERASE_PIECE_BYTES 64u

static int ram_start(const struct flash_device *device)
{
    return device->mapped_address == IO_ADDRESS_NONE ? FLASH_EINVAL : FLASH_OK;
}

static int ram_read(const struct flash_device *device, uint32_t device_offset_bytes,
                    void *destination, uint32_t byte_count)
{
    io_mem_read(device->io, device->mapped_address + device_offset_bytes, destination, byte_count);
    return FLASH_OK;
}

static int ram_write(const struct flash_device *device, uint32_t device_offset_bytes,
                     const void *source, uint32_t byte_count)
{
    io_mem_write(device->io, device->mapped_address + device_offset_bytes, source, byte_count);
    return FLASH_OK;
}

static int ram_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                     uint32_t byte_count)
{
    uint8_t erased[ERASE_PIECE_BYTES];
    for (uint32_t i = 0; i < sizeof(erased); ++i) {
        erased[i] = device->erased_value;
    }
    for (uint32_t done = 0; done < byte_count;) {
        uint32_t left = byte_count - done;
        uint32_t piece = left < sizeof(erased) ? left : (uint32_t)sizeof(erased);
        io_mem_write(device->io, device->mapped_address + device_offset_bytes + done, erased,
                     piece);
        done += piece;
    }
    return FLASH_OK;
}

const struct flash_driver flash_driver_ram = {
    .start = ram_start, .read = ram_read, .write = ram_write, .erase = ram_erase};
