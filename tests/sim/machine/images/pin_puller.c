/* Erases a sector while HOLD# (P0.23) is high, low, and high again; answers which of them failed,
 * as bits. */
#include <boot/board.h>
#include <boot/core_abi.h>
#include <boot/io.h>

#define GPIO_OUTSET 0x50000508u
#define GPIO_OUTCLR 0x5000050Cu
#define GPIO_DIRSET 0x50000518u
#define HOLD_PIN (1u << 23)

static int entry(const struct boot_platform* platform, void* state)
{
    struct flash_map* map = state;
    const struct flash_area* area;
    int failed = 0;

    if (flash_map_start(map, platform->io, platform->board) != 0) {
        return -1;
    }
    area = flash_map_area(map, FLASH_SECONDARY, 0u);
    for (uint32_t i = 0u; i < 3u; ++i) {
        io_write32(platform->io, i == 1u ? GPIO_OUTCLR : GPIO_OUTSET, HOLD_PIN);
        io_write32(platform->io, GPIO_DIRSET, HOLD_PIN);
        failed |= (flash_erase(area, i * 4096u, 4096u) != FLASH_OK ? 1 : 0) << i;
    }
    return failed;
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_APPLICATION,
    .name = "pin-puller",
    .release = "a test",
    .state_bytes = sizeof(struct flash_map),
    .stack_bytes = 4096u,
    .entry = entry,
};

const struct boot_firmware* boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware*)0;
}
