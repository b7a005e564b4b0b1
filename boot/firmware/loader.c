/*
 * The bootloader as a firmware image.
 */
#include <boot/boot.h>
#include <boot/core_abi.h>

#include "core/state.h"

#define LOADER_STACK_BYTES (16u * 1024u)

struct loader_state {
    struct flash_map map;
    struct boot_state boot;
};

static int entry(const struct boot_platform *platform, void *memory)
{
    struct loader_state *state = memory;
    if (flash_map_start(&state->map, platform->io, platform->board) != 0) {
        io_log(platform->io, IO_LOG_ERROR, "Failed to open flash areas, cannot continue");
        io_halt(platform->io, IO_HALT_PANIC, "the flash map could not be started");
    }
    return boot_go(&state->boot, platform->io, platform->crypto, platform->config, &state->map,
                   platform->response);
}

static const struct boot_firmware loader = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_LOADER,
    .name = "builtin",
    .release = "MCUboot 2.4.0 (2d4bacc3)",
    .strategies = (1u << BOOT_STRATEGY_COUNT) - 1u,
    .capabilities = BOOT_CAN_ENCRYPT | BOOT_CAN_BOOTSTRAP | BOOT_CAN_PREVENT_DOWNGRADE |
                    BOOT_CAN_MULTIPLE_IMAGES | BOOT_CAN_NO_ERASE,
    .state_bytes = sizeof(struct loader_state),
    .stack_bytes = LOADER_STACK_BYTES,
    .entry = entry,
};

const struct boot_firmware *boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &loader : 0;
}
