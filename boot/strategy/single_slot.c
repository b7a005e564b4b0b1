/*
 * Single slot: there is one image and no update; nothing is ever written.
 */
#include "core/headers.h"
#include "core/response.h"
#include "core/strategy.h"
#include "core/validate.h"

static uint32_t max_image_bytes(struct slot_pair *pair, enum slot slot)
{
    uint32_t unit = flash_write_unit(pair->slots[slot].area);
    return pair->slots[slot].area->size_bytes - trailer_slot_bytes(&pair->boot->layout, unit);
}

static bool header_is_acceptable(const struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    const struct image_header *header = &pair->slots[SLOT_PRIMARY].header;
    uint32_t slot_bytes = primary_of(pair)->size_bytes;
    uint64_t covered =
        (uint64_t)header->header_bytes + header->payload_bytes + header->protected_tlv_bytes;

    if (!image_header_has_magic(header)) {
        io_log(io, IO_LOG_ERROR, "Bad image magic 0x%lx", (unsigned long)header->magic);
        return false;
    }
    if ((header->flags & IMAGE_FLAG_NON_BOOTABLE) != 0) {
        io_log(io, IO_LOG_ERROR, "Image not bootable");
        return false;
    }
    if (covered >= slot_bytes) {
        io_log(io, IO_LOG_ERROR, "Image size bigger than designated area: %lu > %lu",
               (unsigned long)covered, (unsigned long)slot_bytes);
        return false;
    }
    return true;
}

static int run(struct boot_state *boot, struct boot_response *response)
{
    struct slot_pair *pair = &boot->pairs[0];
    if (header_read_in_place(pair, SLOT_PRIMARY, false) != BOOT_OK) {
        io_log(boot->io, IO_LOG_ERROR, "Failed reading image header");
        return BOOT_FAILED;
    }
    if (!header_is_acceptable(pair)) {
        return BOOT_FAILED;
    }
    if (boot->config->validate_primary) {
        pair->slots[SLOT_PRIMARY].header.flags &= ~IMAGE_FLAGS_ENCRYPTED;
        if (!verify_image(pair, SLOT_PRIMARY)) {
            return BOOT_FAILED;
        }
    }
    response_fill(pair, SLOT_PRIMARY, response);
    return BOOT_OK;
}

const struct strategy strategy_single_slot = {
    .name = "single-slot",
    .run = run,
    .max_image_bytes = max_image_bytes,
    .read_header = header_read_in_place,
};
