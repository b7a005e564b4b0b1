/*
 * Loaders that misbehave when they find the primary slot erased; otherwise they erase its first
 * sector and hand over. MISBEHAVIOUR says how: what a core with a stray system call, an endless
 * loop, a wild pointer, or one into the simulator's heap looks like to an exploration.
 */
#include <boot/board.h>
#include <boot/core_abi.h>

#define END_PROCESS 1
#define HANG 2
#define CRASH 3
#define SCRIBBLE 4

#if MISBEHAVIOUR == END_PROCESS
static void misbehave(const struct boot_platform *platform)
{
    (void)platform;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : : "a"(231L), "D"(7L) : "rcx", "r11", "memory");
#else
    __builtin_trap();
#endif
}
#elif MISBEHAVIOUR == HANG
static void misbehave(const struct boot_platform *platform)
{
    volatile const struct boot_platform *sink = platform;
    while (sink != 0) {
    }
}
#elif MISBEHAVIOUR == CRASH
static void misbehave(const struct boot_platform *platform)
{
    volatile uintptr_t wild = 16u + (platform == 0 ? 1u : 0u);
    *(volatile uint32_t *)wild = 1u;
}
#else
/* The configuration lies in an object of the simulator, which lies in its heap. */
static void misbehave(const struct boot_platform *platform)
{
    volatile uint8_t *heap = (volatile uint8_t *)(uintptr_t)platform->config;
    for (uint32_t i = 0u; i < 8192u; ++i) {
        heap[i] = 0x5Au;
    }
}
#endif

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
        misbehave(platform);
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
    .name = "misbehaving",
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
