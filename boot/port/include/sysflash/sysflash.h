/*
 * sysflash.h: area numbers. They are those that the simulator prints.
 */
#ifndef SYSFLASH_H
#define SYSFLASH_H

#define FLASH_AREA_BOOTLOADER 0
#define FLASH_AREA_IMAGE_PRIMARY(image) ((image) == 0 ? 1 : 2 + 2 * (image))
#define FLASH_AREA_IMAGE_SECONDARY(image) ((image) == 0 ? 2 : 3 + 2 * (image))
#define FLASH_AREA_IMAGE_SCRATCH 3

#endif
