/*
 * upgrade.h: the parts of the boot flow of swap and overwrite builds.
 */
#ifndef BOOT_CORE_UPGRADE_H
#define BOOT_CORE_UPGRADE_H

#include "core/state.h"

/* Performs a swap, fresh or resumed, with the type in progress.type. False: nothing was moved. */
bool swap_perform(struct slot_pair *pair);

/* Copies the secondary image over the primary slot and forgets it. Asserts on flash errors, and if
 * the network core refuses its image. */
void overwrite_perform(struct slot_pair *pair);
/* Its two parts. The first returns what the network core says of its image: 0, or negative. */
int overwrite_copy(struct slot_pair *pair);
void overwrite_forget(struct slot_pair *pair);

/* copy_done and image_ok of the primary slot once an update of `type` has ended, or failed.
 * 0 or BOOT_EFLASH. */
int upgrade_write_flags(struct slot_pair *pair, uint32_t type);

/* Decides whether an empty or broken primary slot is filled from the secondary. */
void bootstrap_decide(struct slot_pair *pair);

/* True: the upgrade was refused and the secondary slot erased. */
bool downgrade_prevented(struct slot_pair *pair);

/* Cancels every update if one of the images would not find what it depends on. */
void dependencies_check(struct boot_state *boot);

/* Are all protected dependencies of the image in `slot` met by `version_of`? */
typedef const struct boot_version *(*dependency_version)(const struct slot_pair *pair);
bool dependencies_are_met(struct slot_pair *pair, enum slot slot, dependency_version version_of);

/* After image `count`: earlier images that merely look unconfirmed must not be reverted. */
void review_earlier_images(struct boot_state *boot, uint32_t count, bool was_resumed);

#endif
