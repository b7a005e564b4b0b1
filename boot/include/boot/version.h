/*
 * version.h: the version of an image, as in its header.
 */
#ifndef BOOT_VERSION_H
#define BOOT_VERSION_H

#include <stdint.h>

struct boot_version {
    uint8_t major;
    uint8_t minor;
    uint16_t revision;
    uint32_t build;
};

#endif
