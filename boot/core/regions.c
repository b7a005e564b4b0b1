#include "core/regions.h"

#include "core/strategy.h"
#include "encrypt/image_keys.h"
#include "image/bytes.h"

#include <boot/mem.h>

static bool region_is_inside(const struct flash_area *area, uint32_t offset_bytes,
                             uint32_t byte_count)
{
    return offset_bytes < area->size_bytes && byte_count <= area->size_bytes - offset_bytes;
}

int region_erase(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count,
                 enum direction direction)
{
    if (!region_is_inside(area, offset_bytes, byte_count)) {
        return BOOT_EBADARGS;
    }
    if (!flash_needs_erase(area)) {
        return BOOT_OK;
    }
    uint32_t last = offset_bytes + byte_count - 1;
    uint32_t at = direction == FORWARD ? offset_bytes : last;
    for (;;) {
        struct flash_sector sector;
        if (flash_sector_at(area, at, &sector) != 0 ||
            flash_erase(area, sector.offset_bytes, sector.size_bytes) != 0) {
            return BOOT_EFLASH;
        }
        uint32_t next = sector.offset_bytes + sector.size_bytes;
        if (direction == FORWARD ? next > last : sector.offset_bytes <= offset_bytes) {
            return BOOT_OK;
        }
        at = direction == FORWARD ? next : sector.offset_bytes - 1;
    }
}

static int write_erased_unit(const struct flash_area *area, uint32_t offset_bytes)
{
    uint8_t buffer[TRAILER_ALIGN_BYTES_MAX];
    uint32_t unit = flash_write_unit(area);
    IO_ASSERT(area->device->io, unit <= sizeof(buffer));
    memset(buffer, flash_erased_value(area), unit);
    return flash_write(area, offset_bytes, buffer, unit) == 0 ? BOOT_OK : BOOT_EFLASH;
}

static int overwrite_forward(const struct flash_area *area, uint32_t offset_bytes,
                             uint32_t byte_count)
{
    uint32_t unit = flash_write_unit(area);
    uint32_t end = round_down(offset_bytes + byte_count, unit);
    for (uint32_t at = offset_bytes; at < end; at += unit) {
        int result = write_erased_unit(area, at);
        if (result != BOOT_OK) {
            return result;
        }
    }
    return BOOT_OK;
}

/* Stops above the lowest unit, as the reference does. */
static int overwrite_backward(const struct flash_area *area, uint32_t offset_bytes,
                              uint32_t byte_count)
{
    uint32_t unit = flash_write_unit(area);
    uint32_t lowest = round_down(offset_bytes, unit);
    uint32_t at = offset_bytes + byte_count;
    while (at > lowest + unit) {
        at -= unit;
        int result = write_erased_unit(area, at);
        if (result != BOOT_OK) {
            return result;
        }
    }
    return BOOT_OK;
}

int region_scramble(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count,
                    enum direction direction)
{
    if (byte_count == 0) {
        return BOOT_OK;
    }
    if (flash_needs_erase(area)) {
        return region_erase(area, offset_bytes, byte_count, direction);
    }
    if (!region_is_inside(area, offset_bytes, byte_count)) {
        return BOOT_EBADARGS;
    }
    return direction == FORWARD ? overwrite_forward(area, offset_bytes, byte_count)
                                : overwrite_backward(area, offset_bytes, byte_count);
}

static int scramble_trailer_of_unit(const struct slot_pair *pair, enum slot slot, uint32_t unit)
{
    const struct flash_area *area = pair->slots[slot].area;
    uint32_t bytes = trailer_slot_bytes(&pair->boot->layout, unit);
    uint32_t start = area->size_bytes - round_down(bytes, unit);
    if (flash_needs_erase(area)) {
        struct flash_sector sector;
        if (flash_sector_at(area, area->size_bytes - bytes, &sector) != 0) {
            return BOOT_EFLASH;
        }
        start = sector.offset_bytes;
    }
    int result = region_scramble(area, start, area->size_bytes - start, BACKWARD);
    if (result == BOOT_OK && !flash_needs_erase(area) &&
        fix_is_on(pair, BOOT_FIX_NO_ERASE_STALE_STATUS)) {
        result = write_erased_unit(area, start); /* the first status entry */
    }
    return result;
}

int trailer_scramble(const struct slot_pair *pair, enum slot slot)
{
    uint32_t unit = max_u32(status_unit_bytes(pair), flash_write_unit(pair->slots[slot].area));
    return scramble_trailer_of_unit(pair, slot, unit);
}

/* The piece that makes an image unrecognisable: its header. */
static int scramble_header(const struct slot_pair *pair, enum slot slot)
{
    const struct flash_area *area = pair->slots[slot].area;
    const struct overwrite_plan *plan = pair->boot->strategy->overwrite;
    uint32_t index = slot == SLOT_SECONDARY && plan != 0 ? plan->source_sector : 0;
    struct flash_sector sector = slot_sector(pair, slot, index);
    uint32_t bytes = flash_needs_erase(area) ? sector.size_bytes
                                             : round_up(sizeof(uint32_t), flash_write_unit(area));
    return region_scramble(area, sector.offset_bytes, bytes, FORWARD);
}

int slot_scramble(const struct slot_pair *pair, enum slot slot)
{
    const struct flash_area *area = pair->slots[slot].area;
    if (!pair->boot->config->minimal_scramble) {
        return region_scramble(area, 0, area->size_bytes, FORWARD);
    }
    int result = scramble_header(pair, slot);
    return result != BOOT_OK ? result
                             : scramble_trailer_of_unit(pair, slot, flash_write_unit(area));
}

void sector_erase(const struct slot_pair *pair, enum slot slot, uint32_t offset_bytes,
                  uint32_t byte_count)
{
    int result = region_erase(pair->slots[slot].area, offset_bytes, byte_count, FORWARD);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

int region_copy(struct slot_pair *pair, const struct region_copy *copy)
{
    uint8_t *buffer = pair->boot->copy_buffer;
    for (uint32_t done = 0; done < copy->byte_count;) {
        uint32_t piece = min_u32(COPY_PIECE_BYTES, copy->byte_count - done);
        if (flash_read(copy->from, copy->from_offset_bytes + done, buffer, piece) != 0) {
            return BOOT_EFLASH;
        }
        int result =
            image_keys_crypt_piece(pair, copy, copy->image_offset_bytes + done, buffer, piece);
        if (result != BOOT_OK) {
            return result;
        }
        if (flash_write(copy->to, copy->to_offset_bytes + done, buffer, piece) != 0) {
            return BOOT_EFLASH;
        }
        done += piece;
    }
    return BOOT_OK;
}

void slot_copy(struct slot_pair *pair, enum slot from, uint32_t from_offset_bytes, enum slot to,
               uint32_t to_offset_bytes, uint32_t byte_count)
{
    struct region_copy copy = {
        .from = pair->slots[from].area,
        .from_offset_bytes = from_offset_bytes,
        .to = pair->slots[to].area,
        .to_offset_bytes = to_offset_bytes,
        .byte_count = byte_count,
        .image_offset_bytes = to_offset_bytes,
    };
    int result = region_copy(pair, &copy);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}
