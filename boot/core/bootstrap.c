#include "core/strategy.h"
#include "core/upgrade.h"
#include "core/validate.h"

void bootstrap_decide(struct slot_pair *pair)
{
    bool primary_is_good = validate_slot(pair, SLOT_PRIMARY, SWAP_NONE) == VALIDITY_GOOD;
    if (primary_is_good) {
        return;
    }
    bool has_image = image_header_has_magic(&pair->slots[SLOT_SECONDARY].header);
    /* Judged in any case: an invalid secondary is cleaned up on every such boot. */
    if (validate_slot(pair, SLOT_SECONDARY, SWAP_NONE) == VALIDITY_GOOD && has_image) {
        pair->type = SWAP_REVERT;
    }
}
