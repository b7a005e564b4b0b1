#include <boot/boot.h>
#include <boot/mem.h>

#include "core/state.h"
#include "core/strategy.h"

uint32_t boot_state_bytes(void)
{
    return (uint32_t)sizeof(struct boot_state);
}

static bool config_is_supported(const struct boot_config *config)
{
    uint32_t align = config->max_align_bytes;
    return strategy_of(config->strategy) != 0 && config->image_count >= 1 &&
           config->image_count <= FLASH_IMAGES_MAX && (align == 8 || align == 16 || align == 32) &&
           config->image_key_bytes <= CRYPTO_AES_KEY_BYTES_MAX &&
           config->signing_key_count <= BOOT_SIGNING_KEYS_MAX;
}

/* Every area of every image; none may be missing. */
static bool open_areas(struct boot_state *boot)
{
    bool needs_secondary = boot->config->strategy != BOOT_SINGLE_SLOT;
    for (uint32_t i = 0; i < boot->config->image_count; i++) {
        struct slot_pair *pair = &boot->pairs[i];
        pair->boot = boot;
        pair->image_index = i;
        pair->type = SWAP_NONE;
        pair->chosen = SLOT_COUNT;
        swap_progress_reset(&pair->progress);
        pair->slots[SLOT_PRIMARY].area = flash_map_area(boot->map, FLASH_PRIMARY, i);
        pair->slots[SLOT_SECONDARY].area = flash_map_area(boot->map, FLASH_SECONDARY, i);
        if (boot->strategy->uses_scratch) {
            pair->scratch = flash_map_area(boot->map, FLASH_SCRATCH, 0);
        }
        if (primary_of(pair) == 0 || (needs_secondary && secondary_of(pair) == 0) ||
            (boot->strategy->uses_scratch && pair->scratch == 0)) {
            return false;
        }
    }
    return true;
}

int boot_go(struct boot_state *state, const struct boot_io *io, const struct boot_crypto *crypto,
            const struct boot_config *config, const struct flash_map *map,
            struct boot_response *response)
{
    IO_ASSERT(io, config_is_supported(config));
    memset(state, 0, sizeof(*state));
    state->io = io;
    state->crypto = crypto;
    state->config = config;
    state->map = map;
    state->strategy = strategy_of(config->strategy);
    state->layout = trailer_layout_of(config);
    if (!open_areas(state)) {
        io_log(io, IO_LOG_ERROR, "Failed to open flash areas, cannot continue");
        io_halt(io, IO_HALT_PANIC, "a flash area is missing");
    }
    return state->strategy->run(state, response);
}
