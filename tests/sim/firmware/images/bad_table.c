/* Firmware images whose table is wrong in one way each: BAD_KIND. */
#include <boot/core_abi.h>

#define BAD_VERSION 1
#define BAD_SMALL 2
#define BAD_ENTRY 3
#define BAD_NAME 4
#define BAD_POINTER 5
#define BAD_CRASH 6
#define BAD_STACK 7

#if BAD_KIND != BAD_ENTRY
static int entry(const struct boot_platform* platform, void* state)
{
    (void)platform;
    (void)state;
    return 0;
}
#endif

const struct boot_firmware* boot_firmware_query(uint32_t abi_version)
{
    static const struct boot_firmware table = {
        .struct_bytes = BAD_KIND == BAD_SMALL ? 16 : sizeof table,
        .abi_version = BOOT_FIRMWARE_ABI_VERSION,
        .kind = BOOT_FIRMWARE_APPLICATION,
        .name = BAD_KIND == BAD_NAME ? 0 : "bad",
        .release = "test",
        .stack_bytes = BAD_KIND == BAD_STACK ? 0 : 4096,
#if BAD_KIND != BAD_ENTRY
        .entry = entry
#endif
    };
    (void)abi_version;
#if BAD_KIND == BAD_CRASH
    __builtin_trap();
#endif
    if (BAD_KIND == BAD_POINTER) {
        return (const struct boot_firmware*)(uintptr_t)0x1000;
    }
    return BAD_KIND == BAD_VERSION ? 0 : &table;
}
