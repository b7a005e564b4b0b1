/*
 * What all swap strategies share: how much is swapped, whose keys are used.
 */
#include "core/regions.h"
#include "core/status.h"
#include "core/strategy.h"
#include "core/upgrade.h"
#include "encrypt/image_keys.h"
#include "image/bytes.h"

/* Bytes of a slot's image; 0 without a header. A damaged primary asserts: it was never validated.
 */
static uint32_t measure(struct slot_pair *pair, enum slot slot)
{
    const struct image_header *header = &pair->slots[slot].header;
    struct image_source source = slot_source(pair, slot);
    uint32_t total = 0;
    if (image_header_has_magic(header)) {
        int result = image_total_bytes(&source, header, &total);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
        result = image_unprotected_tlv_bytes(&source, header,
                                             &pair->progress.unprotected_tlv_bytes[slot]);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
    }
    return total;
}

static void begin_fresh(struct slot_pair *pair)
{
    uint32_t primary_bytes = measure(pair, SLOT_PRIMARY);
    uint32_t secondary_bytes = measure(pair, SLOT_SECONDARY);
    pair->progress.swap_size_bytes = max_u32(primary_bytes, secondary_bytes);
    if (can_encrypt(pair->boot)) {
        image_keys_load_for_swap(pair);
    }
}

static void begin_resumed(struct slot_pair *pair)
{
    const struct flash_area *area = status_resume_area(pair);
    int result = trailer_read_swap_size(&pair->boot->layout, area, &pair->progress.swap_size_bytes);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    if (can_encrypt(pair->boot)) {
        result = image_keys_read_fields(pair, area);
        IO_ASSERT(pair->boot->io, result == BOOT_OK);
    }
}

bool swap_perform(struct slot_pair *pair)
{
    const struct strategy *strategy = pair->boot->strategy;
    if (swap_is_in_progress(&pair->progress)) {
        begin_resumed(pair);
    } else {
        begin_fresh(pair);
    }
    io_log(pair->boot->io, IO_LOG_INFO, "Starting swap using %s algorithm.", strategy->name);
    bool is_swapped = strategy->swap(pair);
    if (pair->progress.failed_status_writes > 0) {
        io_log(pair->boot->io, IO_LOG_WARNING, "%d status write fails performing the swap",
               (int)pair->progress.failed_status_writes);
    }
    return is_swapped;
}
