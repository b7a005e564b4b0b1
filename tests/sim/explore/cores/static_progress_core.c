/*
 * A loader with a defect on purpose: it keeps its progress in static variables. It copies the
 * secondary slot over the primary one and removes the request first, so only the statics know that
 * a copy is under way. On a device they are gone after a power cut, and so is the request.
 */
#include <boot/board.h>
#include <boot/core_abi.h>

#define HEADER_MAGIC 0x96F3B83Du
#define HEADER_BYTES 32u
#define CHUNK_BYTES 256u
#define MAGIC_BYTES 16u

static bool copying;
static uint32_t next_offset;

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static bool is_requested(const struct flash_area *secondary)
{
    uint8_t magic[MAGIC_BYTES];
    (void)flash_read(secondary, secondary->size_bytes - MAGIC_BYTES, magic, MAGIC_BYTES);
    return word_at(magic) == 0xF395C277u;
}

static void copy_sector(const struct flash_area *from, const struct flash_area *to,
                        const struct flash_sector *sector)
{
    uint8_t chunk[CHUNK_BYTES];
    (void)flash_erase(to, sector->offset_bytes, sector->size_bytes);
    for (uint32_t done = 0u; done < sector->size_bytes; done += CHUNK_BYTES) {
        (void)flash_read(from, sector->offset_bytes + done, chunk, CHUNK_BYTES);
        (void)flash_write(to, sector->offset_bytes + done, chunk, CHUNK_BYTES);
    }
}

static void update(const struct flash_area *primary, const struct flash_area *secondary)
{
    struct flash_sector last;
    struct flash_sector sector;
    (void)flash_sector_at(secondary, secondary->size_bytes - 1u, &last);
    if (!copying && is_requested(secondary)) {
        (void)flash_erase(secondary, last.offset_bytes, last.size_bytes);
        copying = true;
        next_offset = 0u;
    }
    while (copying && next_offset < last.offset_bytes) {
        (void)flash_sector_at(primary, next_offset, &sector);
        copy_sector(secondary, primary, &sector);
        next_offset += sector.size_bytes;
    }
    copying = false;
}

static int entry(const struct boot_platform *platform, void *state)
{
    struct flash_map *map = state;
    uint8_t header[HEADER_BYTES];
    const struct flash_area *primary;

    if (flash_map_start(map, platform->io, platform->board) != 0) {
        return 1;
    }
    primary = flash_map_area(map, FLASH_PRIMARY, 0u);
    update(primary, flash_map_area(map, FLASH_SECONDARY, 0u));
    (void)flash_read(primary, 0u, header, HEADER_BYTES);
    if (word_at(header) != HEADER_MAGIC) {
        return 1;
    }
    platform->response->device_id = primary->device->id;
    platform->response->area_id = primary->id;
    platform->response->device_offset_bytes = primary->device_offset_bytes;
    platform->response->header_bytes = (uint32_t)header[8] | (uint32_t)header[9] << 8;
    platform->response->version.major = header[20];
    return 0;
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_LOADER,
    .name = "static-progress",
    .release = "nothing that was ever shipped",
    .strategies = 1u << BOOT_OVERWRITE_ONLY,
    .state_bytes = sizeof(struct flash_map),
    .stack_bytes = 4096u,
    .entry = entry,
};

const struct boot_firmware *boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware *)0;
}
