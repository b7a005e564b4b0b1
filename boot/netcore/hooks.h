/*
 * hooks.h: where the boot flow asks the network core's update. Without a network core every
 * function answers "as usual".
 */
#ifndef BOOT_NETCORE_HOOKS_H
#define BOOT_NETCORE_HOOKS_H

#include <boot/netcore.h>

#include "core/state.h"

/* The image whose primary slot is RAM (simultaneous flavour). */
#define NETCORE_IMAGE_INDEX 1u

static inline const struct netcore_config *netcore_of(const struct boot_config *config)
{
    return config->netcore;
}

/* Is the primary slot of this image RAM, with nothing in it that may be believed? */
static inline bool netcore_has_ram_primary(const struct boot_config *config, uint32_t image_index)
{
    return netcore_of(config) != 0 && netcore_of(config)->flavour == NETCORE_SIMULTANEOUS &&
           image_index == NETCORE_IMAGE_INDEX;
}

/* read_image_header: what the primary slot of the network image is said to hold. */
void netcore_fabricate_header(const struct netcore_config *config, struct image_header *header);

/* After validation of a secondary slot: does its reset vector lie where its image will run, and is
 * it none that netcore_goes_back()? Logs, if not. True without a network core. */
bool netcore_is_designated(const struct slot_pair *pair);

/* Is the network image in a secondary slot older than what the network core runs, where that is
 * prevented? Asks b0n, and logs if so. */
bool netcore_goes_back(const struct slot_pair *pair);

/* copy_region_post: the network image has been copied to RAM. NETCORE_OK or a negative code. */
int netcore_copied(const struct slot_pair *pair);

/* The updates of all images, in an order of its own. False: it is not switched on. */
bool netcore_hardened_update(struct boot_state *boot);

/* After an update of application and network core: before anything is started. */
void netcore_before_start(const struct boot_state *boot);

/* Sequential flavour: what to do with the valid image in the secondary slot. SWAP_NONE: it was for
 * the network core and is done with; SWAP_FAIL: it was, and failed; otherwise `type`. */
uint32_t netcore_sequential_update(struct slot_pair *pair, uint32_t type);

#endif
