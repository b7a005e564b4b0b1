/*
 * ram_slot.h: a network image where b0n fetches it, the RAM slot.
 */
#ifndef BOOT_NETCORE_RAM_SLOT_H
#define BOOT_NETCORE_RAM_SLOT_H

#include <boot/flash.h>
#include <boot/image.h>
#include <boot/netcore.h>

/* Of every image: where in the payload the reset vector lies. */
#define RESET_VECTOR_OFFSET 4u

/* Reads the header of what lies in `area`. False: there is no image, or none with a reset vector
 * behind the start of network flash. */
bool netcore_image_in_ram(const struct boot_io *io, const struct netcore_config *config,
                          const struct flash_area *area, struct image_header *header);

#endif
