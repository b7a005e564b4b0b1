/* Uses the NVMC of an nRF52840 by itself: writes a word of UICR or, with `permanent`, erases a page
 * in three slices of 30 ms. */
#include <boot/board.h>
#include <boot/core_abi.h>

#define NVMC_BASE 0x4001E000u
#define READY (NVMC_BASE + 0x400u)
#define CONFIG (NVMC_BASE + 0x504u)
#define ERASEPAGEPARTIAL (NVMC_BASE + 0x518u)
#define ERASEPAGEPARTIALCFG (NVMC_BASE + 0x51Cu)
#define CUSTOMER0 0x10001080u
#define PAGE 0x00020000u

static int entry(const struct boot_platform* platform, void* state)
{
    const struct boot_io* io = platform->io;

    (void)state;
    if (!platform->command->permanent) {
        io_write32(io, CONFIG, 1u);
        io_write32(io, CUSTOMER0, 0x12345678u);
        (void)io_poll32(io, READY, 1u, 1u, 0u);
        io_write32(io, CONFIG, 0u);
        return io_read32(io, CUSTOMER0) == 0x12345678u ? 0 : 1;
    }
    io_write32(io, CONFIG, 2u);
    io_write32(io, ERASEPAGEPARTIALCFG, 30u);
    for (uint32_t slice = 0u; slice < 3u; ++slice) {
        io_write32(io, ERASEPAGEPARTIAL, PAGE);
        (void)io_poll32(io, READY, 1u, 1u, 0u);
    }
    io_write32(io, CONFIG, 0u);
    return 0;
}

static const struct boot_firmware table = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_APPLICATION,
    .name = "nvmc-user",
    .release = "a test",
    .state_bytes = sizeof(struct flash_map),
    .stack_bytes = 4096u,
    .entry = entry,
};

const struct boot_firmware* boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware*)0;
}
