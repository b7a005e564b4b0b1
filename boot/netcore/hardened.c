/*
 * The hardened flow of DESIGN.md: the network image first, requests erased last, and taken back if
 * the network core refuses.
 */
#include "netcore/hooks.h"

#include "core/upgrade.h"

static bool is_updated(const struct slot_pair *pair)
{
    return pair->type == SWAP_TEST || pair->type == SWAP_PERM;
}

/* The application's request goes first: what is left alone then is refused by its dependency. */
static void forget_requests(struct boot_state *boot, bool is_done)
{
    for (uint32_t i = 0; i < boot->config->image_count; i++) {
        struct slot_pair *pair = &boot->pairs[i];
        if (is_updated(pair)) {
            overwrite_forget(pair);
            pair->type = is_done ? pair->type : (uint32_t)SWAP_NONE;
        }
    }
}

bool netcore_hardened_update(struct boot_state *boot)
{
    const struct netcore_config *config = netcore_of(boot->config);
    if (config == 0 || config->flavour != NETCORE_SIMULTANEOUS ||
        !netcore_switch_is_on(config, NETCORE_HARDENED)) {
        return false;
    }
    for (uint32_t i = boot->config->image_count; i > 0; i--) {
        struct slot_pair *pair = &boot->pairs[i - 1];
        if (is_updated(pair) && overwrite_copy(pair) != NETCORE_OK) {
            io_log(boot->io, IO_LOG_ERROR, "Network core refused its image, nothing is updated");
            forget_requests(boot, false);
            return true;
        }
    }
    forget_requests(boot, true);
    return true;
}
