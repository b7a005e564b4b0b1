/*
 * Ram-load: the chosen image is copied to the RAM address in its header, judged and started there.
 */
#include "core/headers.h"
#include "core/regions.h"
#include "core/strategy.h"
#include "encrypt/image_keys.h"
#include "image/bytes.h"
#include "strategy/slot_limits.h"

#include <boot/mem.h>

static bool is_inside_ram(const struct boot_config *config, uint32_t address, uint32_t byte_count)
{
    return address >= config->ram_load_address && byte_count <= config->ram_load_bytes &&
           address - config->ram_load_address <= config->ram_load_bytes - byte_count;
}

/* An image that begins exactly where this one ends counts as overlapping. */
static bool overlaps_another(const struct slot_pair *pair, uint32_t address, uint32_t byte_count)
{
    const struct boot_state *boot = pair->boot;
    uint64_t end = (uint64_t)address + byte_count;
    for (uint32_t i = 0; i < boot->config->image_count; i++) {
        const struct slot_pair *other = &boot->pairs[i];
        if (other == pair || other->chosen == SLOT_COUNT) {
            continue;
        }
        uint32_t start = other->slots[other->chosen].header.load_address;
        if (start <= end && (uint64_t)start + other->loaded_bytes > address) {
            return true;
        }
    }
    return false;
}

static int copy_to_ram(struct slot_pair *pair, enum slot slot, uint32_t byte_count)
{
    const struct image_slot *image = &pair->slots[slot];
    uint8_t *buffer = pair->boot->copy_buffer;
    if (image_is_encrypted(&image->header) &&
        (image_keys_load(pair, slot) != BOOT_OK || !image->key.is_loaded)) {
        return BOOT_EBADIMAGE;
    }
    for (uint32_t done = 0; done < byte_count;) {
        uint32_t piece = min_u32(COPY_PIECE_BYTES, byte_count - done);
        if (flash_read(image->area, done, buffer, piece) != 0 ||
            image_keys_crypt_slot_piece(pair, slot, done, buffer, piece) != BOOT_OK) {
            return BOOT_EFLASH;
        }
        io_mem_write(pair->boot->io, image->header.load_address + done, buffer, piece);
        done += piece;
    }
    return BOOT_OK;
}

static bool place_in_ram(struct slot_pair *pair, enum slot slot)
{
    const struct boot_io *io = pair->boot->io;
    struct image_slot *image = &pair->slots[slot];
    uint32_t address = image->header.load_address;
    int index = (int)pair->image_index;
    struct image_source source = slot_source(pair, slot);
    uint32_t total = 0;

    if ((image->header.flags & IMAGE_FLAG_RAM_LOAD) == 0 ||
        image_total_bytes(&source, &image->header, &total) != BOOT_OK) {
        return false;
    }
    if (!is_inside_ram(pair->boot->config, address, total)) {
        io_log(io, IO_LOG_INFO, "Image %d RAM load address 0x%x is invalid.", index,
               (unsigned)address);
        return false;
    }
    if (overlaps_another(pair, address, total)) {
        io_log(io, IO_LOG_INFO,
               "Image %d RAM loading to address 0x%x would overlap with"
               "                         another image.",
               index, (unsigned)address);
        return false;
    }
    bool is_copied = copy_to_ram(pair, slot, total) == BOOT_OK;
    io_log(io, IO_LOG_INFO, "Image %d RAM loading to 0x%x is %s.", index, (unsigned)address,
           is_copied ? "succeeded" : "failed");
    image->in_ram = is_copied;
    pair->loaded_bytes = total;
    return is_copied;
}

static bool load_slot(struct slot_pair *pair, enum slot slot)
{
    if (place_in_ram(pair, slot)) {
        return true;
    }
    io_log(pair->boot->io, IO_LOG_INFO, "Removing image %d slot %d from flash",
           (int)pair->image_index, (int)slot);
    (void)slot_scramble(pair, slot);
    return false;
}

static void unload_slot(struct slot_pair *pair, enum slot slot)
{
    struct image_slot *image = &pair->slots[slot];
    uint8_t *buffer = pair->boot->copy_buffer;
    io_log(pair->boot->io, IO_LOG_INFO, "Removing image %d from SRAM at address 0x%x",
           (int)pair->image_index, (unsigned)image->header.load_address);
    memset(buffer, 0, COPY_PIECE_BYTES);
    for (uint32_t done = 0; done < pair->loaded_bytes;) {
        uint32_t piece = min_u32(COPY_PIECE_BYTES, pair->loaded_bytes - done);
        io_mem_write(pair->boot->io, image->header.load_address + done, buffer, piece);
        done += piece;
    }
    image->in_ram = false;
    pair->loaded_bytes = 0;
}

const struct strategy strategy_ram_load = {
    .name = "ram-load",
    .slots_are_equivalent = true,
    .run = choose_slot_run,
    .max_image_bytes = max_image_bytes_below_swap_info,
    .read_header = header_read_in_place,
    .load_slot = load_slot,
    .unload_slot = unload_slot,
};

const struct strategy strategy_ram_load_revert = {
    .name = "ram-load",
    .slots_are_equivalent = true,
    .has_revert = true,
    .run = choose_slot_run,
    .max_image_bytes = max_image_bytes_below_swap_info,
    .read_header = header_read_in_place,
    .load_slot = load_slot,
    .unload_slot = unload_slot,
};
