/*
 * A loader that ends its process: what a core with a stray system call looks like to an
 * exploration. It does so when it finds the primary slot erased; otherwise it erases its first
 * sector and hands over.
 */
#include <boot/board.h>
#include <boot/core_abi.h>

static void end_process(void)
{
#if defined(__x86_64__)
    __asm__ volatile("syscall" : : "a"(231L), "D"(7L) : "rcx", "r11", "memory");
#else
    __builtin_trap();
#endif
}

static int entry(const struct boot_platform *platform, void *state)
{
    struct flash_map *map = state;
    const struct flash_area *primary;
    struct flash_sector sector;
    uint8_t first = 0u;

    if (flash_map_start(map, platform->io, platform->board) != 0) {
        return 1;
    }
    primary = flash_map_area(map, FLASH_PRIMARY, 0u);
    (void)flash_read(primary, 0u, &first, 1u);
    if (first == flash_erased_value(primary)) {
        end_process();
    }
    (void)flash_sector_at(primary, 0u, &sector);
    (void)flash_erase(primary, sector.offset_bytes, sector.size_bytes);
    platform->response->area_id = primary->id;
    platform->response->device_id = primary->device->id;
    platform->response->device_offset_bytes = primary->device_offset_bytes;
    return 0;
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_LOADER,
    .name = "process-killer",
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
