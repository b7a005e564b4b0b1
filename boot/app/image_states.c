/*
 * image_states.c: what the slots hold and what the next boot would do, and changing that.
 */
#include <boot/error.h>
#include <boot/image_manager.h>
#include <boot/mem.h>
#include <boot/trailer.h>

#include "app/slot_facts.h"

struct image_source slot_image(const struct app_context *app, const struct flash_area *area)
{
    struct image_source source = {app->io, area, 0u};
    struct flash_sector first;

    if (app->config->strategy == BOOT_SWAP_OFFSET && area->role == FLASH_SECONDARY &&
        flash_sector_by_index(area, 0u, &first) == FLASH_OK) {
        source.start = first.size_bytes;
    }
    return source;
}

bool slot_has_header(const struct app_context *app, const struct flash_area *area,
                     struct image_header *header)
{
    struct image_source source = slot_image(app, area);

    return image_header_read(&source, header) == 0 && image_header_has_magic(header);
}

/* Version and hash; the hash is what the TLV says. */
static bool read_image(const struct app_context *app, const struct flash_area *area,
                       struct image_slot_state *state)
{
    struct image_source source = slot_image(app, area);
    struct image_header header;
    struct tlv_walk walk;
    struct tlv_entry entry;

    if (!slot_has_header(app, area, &header) ||
        tlv_walk_begin(&walk, &source, &header, TLV_SHA256, false) != BOOT_OK ||
        tlv_walk_next(&walk, &entry) != TLV_FOUND || entry.byte_count != IMAGE_MANAGER_SHA_BYTES ||
        image_read(&source, entry.offset_bytes, state->hash, IMAGE_MANAGER_SHA_BYTES) != 0) {
        return false;
    }
    state->version = header.version;
    return true;
}

static void set_flags(struct image_slot_state *state, int swap_type)
{
    bool is_running = state->slot == 0u;
    bool is_requested = swap_type == (int)SWAP_TEST || swap_type == (int)SWAP_PERM;

    state->active = is_running;
    state->pending = !is_running && is_requested;
    state->permanent = !is_running && swap_type == (int)SWAP_PERM;
    state->confirmed = is_running != (swap_type == (int)SWAP_REVERT);
}

uint32_t image_manager_list(struct image_manager *manager,
                            struct image_slot_state slots[IMAGE_MANAGER_SLOTS_MAX])
{
    const struct app_context *app = manager->app;
    uint32_t count = 0u;

    for (uint32_t image = 0u; image < app->config->image_count; image++) {
        int swap_type = app_swap_type(app, image);

        for (uint32_t slot = 0u; slot < 2u; slot++) {
            const struct flash_area *area =
                flash_map_area(app->map, slot == 0u ? FLASH_PRIMARY : FLASH_SECONDARY, image);
            struct image_slot_state *state = &slots[count];

            if (area != 0 && read_image(app, area, state)) {
                state->image_index = image;
                state->slot = slot;
                set_flags(state, swap_type);
                count++;
            }
        }
    }
    return count;
}

/* The slot that holds an image with this hash, secondary slots last. */
static const struct flash_area *slot_with(const struct app_context *app, const uint8_t *hash)
{
    struct image_slot_state state;

    for (uint32_t i = 0u; i < app->map->area_count; i++) {
        const struct flash_area *area = &app->map->areas[i];

        if ((area->role == FLASH_PRIMARY || area->role == FLASH_SECONDARY) &&
            read_image(app, area, &state) &&
            memcmp(state.hash, hash, IMAGE_MANAGER_SHA_BYTES) == 0) {
            return area;
        }
    }
    return 0;
}

enum image_manager_result image_manager_set_state(struct image_manager *manager,
                                                  const uint8_t *hash, bool confirm)
{
    const struct app_context *app = manager->app;
    const struct flash_area *area =
        hash != 0 ? slot_with(app, hash) : flash_map_area(app->map, FLASH_PRIMARY, 0u);
    bool is_running;
    int result;

    if (area == 0) {
        return IMAGE_MANAGER_HASH_NOT_FOUND;
    }
    is_running = area->role == FLASH_PRIMARY;
    if (is_running && !confirm) {
        return IMAGE_MANAGER_BAD_STATE;
    }
    result = app_set_next(app, area, is_running, confirm);
    if (result != BOOT_OK) {
        io_log(app->io, IO_LOG_ERROR, "Faled boot_set_next with code %d", result);
        return IMAGE_MANAGER_UNKNOWN_ERROR;
    }
    return IMAGE_MANAGER_OK;
}
