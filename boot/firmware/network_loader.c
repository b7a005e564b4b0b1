/*
 * The network bootloader as a firmware image. Its board has one device and one area: S0.
 */
#include <boot/board.h>
#include <boot/core_abi.h>
#include <boot/netcore.h>

#define NETWORK_LOADER_STACK_BYTES (8u * 1024u)

static int entry(const struct boot_platform *platform, void *memory)
{
    struct flash_map *map = memory;
    if (flash_map_start(map, platform->io, platform->board) != 0) {
        io_halt(platform->io, IO_HALT_PANIC, "the flash map of b0n could not be started");
    }
    const struct flash_area *slot = flash_map_area(map, FLASH_PRIMARY, 0);
    IO_ASSERT(platform->io, slot != 0 && platform->config->netcore != 0);
    return (int)b0n_run(platform->io, platform->crypto, platform->config->netcore, slot);
}

static const struct boot_firmware network_loader = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_NETWORK_LOADER,
    .name = "builtin-b0n",
    .release = "nRF Connect SDK 2.9 (b0n)",
    .state_bytes = sizeof(struct flash_map),
    .stack_bytes = NETWORK_LOADER_STACK_BYTES,
    .entry = entry,
};

const struct boot_firmware *boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &network_loader : 0;
}
