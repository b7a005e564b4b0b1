/* Hands a constant array, or with `permanent` a copy of it in RAM, to a flash write. */
#include <boot/board.h>
#include <boot/core_abi.h>

static const uint8_t boot_img_magic[16] = {0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F,
                                           0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};

static int entry(const struct boot_platform* platform, void* state)
{
    struct flash_map* map = state;
    uint8_t copy[16];
    const struct flash_area* area;

    if (flash_map_start(map, platform->io, platform->board) != 0) {
        return 1;
    }
    area = flash_map_area(map, FLASH_SECONDARY, 0u);
    for (uint32_t i = 0u; i < sizeof copy; ++i) {
        copy[i] = boot_img_magic[i];
    }
    return flash_write(area, 0u, platform->command->permanent ? copy : boot_img_magic, 16u);
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_APPLICATION,
    .name = "const-writer",
    .release = "a test",
    .state_bytes = sizeof(struct flash_map),
    .stack_bytes = 4096u,
    .entry = entry,
};

const struct boot_firmware* boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware*)0;
}
