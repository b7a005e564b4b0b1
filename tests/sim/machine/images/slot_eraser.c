/* Erases the whole secondary slot with one flash call. */
#include <boot/board.h>
#include <boot/core_abi.h>

static int entry(const struct boot_platform* platform, void* state)
{
    struct flash_map* map = state;
    const struct flash_area* area;

    if (flash_map_start(map, platform->io, platform->board) != 0) {
        return 1;
    }
    area = flash_map_area(map, FLASH_SECONDARY, 0u);
    return flash_erase(area, 0u, area->size_bytes);
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_APPLICATION,
    .name = "slot-eraser",
    .release = "a test",
    .state_bytes = sizeof(struct flash_map),
    .stack_bytes = 4096u,
    .entry = entry,
};

const struct boot_firmware* boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware*)0;
}
