/*
 * boot.h: one run of the bootloader, from reset to the decision what to start.
 *
 * The behaviour is MCUboot's (see boot/README.md for the release that is modelled). All state is
 * in the caller's struct boot_state; two of them may run side by side.
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include <boot/board.h>
#include <boot/config.h>
#include <boot/core_abi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct boot_state;

/* Bytes that boot_go() needs for its state; suitably aligned memory is the caller's. */
uint32_t boot_state_bytes(void);

/*
 * Decides, updates, validates. Returns 0 and fills `response` if an image may be started; non-zero
 * (an MCUboot library code or -1) if there is none, with `response` untouched. Assertions and
 * panics end in io_halt().
 */
int boot_go(struct boot_state *state, const struct boot_io *io, const struct boot_crypto *crypto,
            const struct boot_config *config, const struct flash_map *map,
            struct boot_response *response);

#ifdef __cplusplus
}
#endif

#endif
