#include <boot/app.h>
#include <boot/error.h>
#include <boot/netcore.h>
#include <boot/trailer.h>

#include "core/swap_type.h"

static bool both_slots_run(const struct boot_config *config)
{
    switch (config->strategy) {
    case BOOT_DIRECT_XIP:
    case BOOT_DIRECT_XIP_REVERT:
    case BOOT_RAM_LOAD:
    case BOOT_RAM_LOAD_REVERT:
        return true;
    default:
        return false;
    }
}

/* The running image becomes permanent; without a trailer it already is. */
static int confirm(const struct trailer_layout *layout, const struct flash_area *area,
                   const struct trailer_state *state)
{
    switch (state->magic) {
    case TRAILER_SET:
        return state->image_ok == TRAILER_UNSET ? trailer_write_image_ok(layout, area) : BOOT_OK;
    case TRAILER_UNSET:
        return BOOT_OK;
    default:
        return BOOT_EBADVECTOR;
    }
}

static bool swaps(const struct boot_config *config)
{
    switch (config->strategy) {
    case BOOT_SWAP_MOVE:
    case BOOT_SWAP_OFFSET:
    case BOOT_SWAP_SCRATCH:
        return true;
    default:
        return false;
    }
}

/* Magic first, the swap type last. A request that stands is left as it is. */
static int request(const struct app_context *app, const struct trailer_layout *layout,
                   const struct flash_area *area, const struct trailer_state *state, bool permanent)
{
    if (state->magic == TRAILER_SET) {
        return BOOT_OK;
    }
    if (state->magic != TRAILER_UNSET) {
        return BOOT_EBADIMAGE;
    }
    if (swaps(app->config) && !trailer_has_small_writes(area)) {
        return BOOT_EBADARGS; /* the bootloader would refuse it */
    }
    return trailer_write_request(layout, area, permanent ? SWAP_PERM : SWAP_TEST,
                                 app->config->image_count > 1 ? area->image_index : 0);
}

/* Direct-xip and ram-load: the slot is told from its own trailer alone. */
static int mark_running(const struct trailer_layout *layout, const struct flash_area *area,
                        const struct trailer_state *state, bool confirmed)
{
    int result = BOOT_OK;
    if (state->magic == TRAILER_BAD) {
        return BOOT_EBADIMAGE;
    }
    if (state->magic == TRAILER_UNSET) {
        result = trailer_write_magic(layout, area);
    }
    if (result == BOOT_OK && confirmed && state->copy_done == TRAILER_UNSET) {
        result = trailer_write_copy_done(layout, area);
    }
    if (result == BOOT_OK && confirmed && state->image_ok == TRAILER_UNSET) {
        result = trailer_write_image_ok(layout, area);
    }
    return result;
}

int app_set_next(const struct app_context *app, const struct flash_area *area, bool active,
                 bool confirm_it)
{
    struct trailer_layout layout = trailer_layout_of(app->config);
    struct trailer_state state;
    bool permanent = active || confirm_it;
    int result = trailer_read(&layout, area, &state);
    if (result != BOOT_OK) {
        return result;
    }
    if (both_slots_run(app->config)) {
        return mark_running(&layout, area, &state, permanent);
    }
    return active ? confirm(&layout, area, &state) : request(app, &layout, area, &state, permanent);
}

/* As reported: once the application's own image is pending, the network image does not become so.
 * What loses it is not on record; here it is the call that asks for it. */
static bool is_lost(const struct app_context *app, uint32_t image_index)
{
    const struct flash_area *first = flash_map_area(app->map, FLASH_SECONDARY, 0);
    struct trailer_layout layout = trailer_layout_of(app->config);
    struct trailer_state state;
    return image_index > 0 && app->config->netcore != 0 &&
           netcore_switch_is_on(app->config->netcore, NETCORE_SECOND_REQUEST_LOST) && first != 0 &&
           trailer_read(&layout, first, &state) == BOOT_OK && state.magic == TRAILER_SET;
}

int app_set_pending(const struct app_context *app, uint32_t image_index, bool permanent)
{
    const struct flash_area *area = flash_map_area(app->map, FLASH_SECONDARY, image_index);
    if (is_lost(app, image_index)) {
        return BOOT_OK;
    }
    return area != 0 ? app_set_next(app, area, false, permanent) : BOOT_EFLASH;
}

int app_set_confirmed(const struct app_context *app, uint32_t image_index)
{
    const struct flash_area *area = flash_map_area(app->map, FLASH_PRIMARY, image_index);
    return area != 0 ? app_set_next(app, area, true, true) : BOOT_EFLASH;
}

int app_swap_type(const struct app_context *app, uint32_t image_index)
{
    const struct flash_area *primary = flash_map_area(app->map, FLASH_PRIMARY, image_index);
    const struct flash_area *secondary = flash_map_area(app->map, FLASH_SECONDARY, image_index);
    if (primary == 0 || secondary == 0) {
        return SWAP_PANIC;
    }
    return (int)swap_type_decide(app->io, app->config, primary, secondary, image_index);
}
