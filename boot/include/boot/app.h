/*
 * app.h: what an application calls to steer the bootloader (boot-behaviour: application side).
 *
 * Every function reads and writes trailers only, never erases, and returns 0 or an MCUboot library
 * code: 1 flash, 3 bad image, 4 bad vector.
 */
#ifndef BOOT_APP_H
#define BOOT_APP_H

#include <boot/board.h>
#include <boot/config.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What these calls need to know; all pointers outlive the calls. */
struct app_context {
    const struct boot_io *io;
    const struct boot_config *config;
    const struct flash_map *map;
};

/* Requests an upgrade of `image_index`: test, or for good. */
int app_set_pending(const struct app_context *app, uint32_t image_index, bool permanent);

/* Confirms the image that runs from the primary slot. */
int app_set_confirmed(const struct app_context *app, uint32_t image_index);

/* The general form: `active` marks the slot that runs, `confirm` makes the choice permanent. */
int app_set_next(const struct app_context *app, const struct flash_area *area, bool active,
                 bool confirm);

/* What the next boot would do (1 none, 2 test, 3 permanent, 4 revert, 5 fail, 0xFF panic); logs
 * the `Swap type` line. */
int app_swap_type(const struct app_context *app, uint32_t image_index);

#ifdef __cplusplus
}
#endif

#endif
