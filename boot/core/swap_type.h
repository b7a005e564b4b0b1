/*
 * swap_type.h: the swap type tables: what the two trailers ask for.
 */
#ifndef BOOT_CORE_SWAP_TYPE_H
#define BOOT_CORE_SWAP_TYPE_H

#include <boot/config.h>
#include <boot/trailer.h>

/* Reads both trailers and evaluates the tables; logs one `Swap type` line each time. */
enum swap_type swap_type_decide(const struct boot_io *io, const struct boot_config *config,
                                const struct flash_area *primary,
                                const struct flash_area *secondary, uint32_t image_index);

/* The tables alone. */
enum swap_type swap_type_of(const struct boot_config *config, const struct trailer_state *primary,
                            const struct trailer_state *secondary);

#endif
