/* The table that every firmware image of these tests exports. */
#ifndef FIRMWARE_TABLE_H
#define FIRMWARE_TABLE_H

#include <boot/core_abi.h>

#define FIRMWARE_TABLE(table_name, entry_function)                                                 \
    const struct boot_firmware* boot_firmware_query(uint32_t abi_version)                          \
    {                                                                                              \
        static const struct boot_firmware table = {.struct_bytes = sizeof table,                   \
                                                   .abi_version = BOOT_FIRMWARE_ABI_VERSION,       \
                                                   .kind = BOOT_FIRMWARE_APPLICATION,              \
                                                   .name = table_name,                             \
                                                   .release = "test",                              \
                                                   .state_bytes = 64,                              \
                                                   .stack_bytes = 16384,                           \
                                                   .entry = entry_function};                       \
        return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : 0;                              \
    }

#endif
