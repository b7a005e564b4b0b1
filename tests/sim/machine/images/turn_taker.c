/*
 * Appends its letter to a log in shared RAM, computes for a while, and does so again: two of them
 * on two cores show in which order the cores act. The letter is the image index of the command,
 * the pace in cycles is the area id.
 */
#include <boot/core_abi.h>

#define SHARED_RAM 0x30000000u
#define TURNS 8u

static int entry(const struct boot_platform* platform, void* state)
{
    const struct boot_io* io = platform->io;
    (void)state;
    for (uint32_t turn = 0u; turn < TURNS; ++turn) {
        uint32_t length = io_read32(io, SHARED_RAM);
        io_write32(io, SHARED_RAM + 4u + 4u * length, platform->command->image_index);
        io_write32(io, SHARED_RAM, length + 1u);
        io_charge_cycles(io, platform->command->area_id);
    }
    return 7;
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_APPLICATION,
    .name = "turn-taker",
    .release = "a test",
    .state_bytes = 16u,
    .stack_bytes = 4096u,
    .entry = entry,
};

const struct boot_firmware* boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware*)0;
}
