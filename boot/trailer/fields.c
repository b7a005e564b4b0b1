#include <boot/error.h>
#include <boot/mem.h>
#include <boot/trailer.h>

#include "image/bytes.h"

#define FLAG_SET 0x01u

static int read_bytes(const struct flash_area *area, uint32_t offset_bytes, void *destination,
                      uint32_t byte_count)
{
    return flash_read(area, offset_bytes, destination, byte_count) == 0 ? BOOT_OK : BOOT_EFLASH;
}

static bool all_bytes_are(const uint8_t *bytes, uint32_t byte_count, uint8_t value)
{
    for (uint32_t i = 0; i < byte_count; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

int trailer_read_magic(const struct trailer_layout *layout, const struct flash_area *area,
                       enum trailer_mark *magic)
{
    uint8_t found[TRAILER_MAGIC_BYTES];
    uint8_t expected[TRAILER_MAGIC_BYTES];
    int result = read_bytes(area, trailer_magic_offset(area->size_bytes), found, sizeof(found));
    if (result != BOOT_OK) {
        return result;
    }
    trailer_magic_value(layout->max_align_bytes, expected);
    if (all_bytes_are(found, sizeof(found), flash_erased_value(area))) {
        *magic = TRAILER_UNSET;
    } else {
        *magic = memcmp(found, expected, sizeof(found)) == 0 ? TRAILER_SET : TRAILER_BAD;
    }
    return BOOT_OK;
}

static int read_flag(const struct flash_area *area, uint32_t offset_bytes, enum trailer_mark *flag)
{
    uint8_t byte;
    int result = read_bytes(area, offset_bytes, &byte, 1);
    if (result != BOOT_OK) {
        return result;
    }
    if (byte == flash_erased_value(area)) {
        *flag = TRAILER_UNSET;
    } else {
        *flag = byte == FLAG_SET ? TRAILER_SET : TRAILER_BAD;
    }
    return BOOT_OK;
}

int trailer_read_image_ok(const struct trailer_layout *layout, const struct flash_area *area,
                          enum trailer_mark *image_ok)
{
    return read_flag(area, trailer_image_ok_offset(layout, area->size_bytes), image_ok);
}

int trailer_read(const struct trailer_layout *layout, const struct flash_area *area,
                 struct trailer_state *state)
{
    uint8_t swap_info;
    int result = trailer_read_magic(layout, area, &state->magic);
    if (result == BOOT_OK) {
        result =
            read_bytes(area, trailer_swap_info_offset(layout, area->size_bytes), &swap_info, 1);
    }
    if (result == BOOT_OK) {
        result =
            read_flag(area, trailer_copy_done_offset(layout, area->size_bytes), &state->copy_done);
    }
    if (result == BOOT_OK) {
        result = trailer_read_image_ok(layout, area, &state->image_ok);
    }
    if (result != BOOT_OK) {
        return result;
    }
    state->swap_type = swap_info & 0x0Fu;
    state->image_index = swap_info >> 4;
    if (swap_info == flash_erased_value(area) || state->swap_type > SWAP_REVERT) {
        state->swap_type = SWAP_NONE;
        state->image_index = 0;
    }
    return BOOT_OK;
}

int trailer_read_raw_swap_type(const struct trailer_layout *layout, const struct flash_area *area,
                               uint32_t *swap_type)
{
    uint8_t swap_info;
    int result =
        read_bytes(area, trailer_swap_info_offset(layout, area->size_bytes), &swap_info, 1);
    if (result == BOOT_OK) {
        *swap_type = swap_info == flash_erased_value(area) ? SWAP_NONE : swap_info & 0x0Fu;
    }
    return result;
}

int trailer_read_swap_size(const struct trailer_layout *layout, const struct flash_area *area,
                           uint32_t *swap_size_bytes)
{
    uint8_t raw[4];
    int result =
        read_bytes(area, trailer_swap_size_offset(layout, area->size_bytes), raw, sizeof(raw));
    if (result == BOOT_OK) {
        *swap_size_bytes = bytes_get_u32(raw);
    }
    return result;
}

int trailer_read_tlv_sizes(const struct trailer_layout *layout, const struct flash_area *area,
                           uint32_t tlv_bytes[2])
{
    uint8_t raw[4];
    int result =
        read_bytes(area, trailer_tlv_sizes_offset(layout, area->size_bytes), raw, sizeof(raw));
    if (result == BOOT_OK) {
        tlv_bytes[0] = bytes_get_u16(raw);
        tlv_bytes[1] = bytes_get_u16(raw + 2);
    }
    return result;
}

/* One write: `value`, padded with erased bytes to the area's write unit. */
static int write_padded(const struct flash_area *area, uint32_t offset_bytes, const void *value,
                        uint32_t value_bytes)
{
    uint8_t buffer[TRAILER_ALIGN_BYTES_MAX];
    uint32_t byte_count = round_up(value_bytes, flash_write_unit(area));
    if (!trailer_has_small_writes(area)) {
        return BOOT_EFLASH;
    }
    IO_ASSERT(area->device->io, byte_count <= sizeof(buffer));
    memset(buffer, flash_erased_value(area), byte_count);
    memcpy(buffer, value, value_bytes);
    return flash_write(area, offset_bytes, buffer, byte_count) == 0 ? BOOT_OK : BOOT_EFLASH;
}

int trailer_write_magic(const struct trailer_layout *layout, const struct flash_area *area)
{
    uint8_t buffer[TRAILER_ALIGN_BYTES_MAX];
    uint32_t byte_count = round_up(TRAILER_MAGIC_BYTES, layout->max_align_bytes);
    uint32_t offset = round_down(trailer_magic_offset(area->size_bytes), layout->max_align_bytes);
    if (layout->magic_from_flash && layout->max_align_bytes == 8) {
        return flash_write(area, offset, boot_img_magic, TRAILER_MAGIC_BYTES) == 0 ? BOOT_OK
                                                                                   : BOOT_EFLASH;
    }
    memset(buffer, flash_erased_value(area), byte_count);
    trailer_magic_value(layout->max_align_bytes, buffer + byte_count - TRAILER_MAGIC_BYTES);
    return flash_write(area, offset, buffer, byte_count) == 0 ? BOOT_OK : BOOT_EFLASH;
}

static int write_byte(const struct flash_area *area, uint32_t offset_bytes, uint8_t value)
{
    return write_padded(area, offset_bytes, &value, 1);
}

int trailer_write_image_ok(const struct trailer_layout *layout, const struct flash_area *area)
{
    return write_byte(area, trailer_image_ok_offset(layout, area->size_bytes), FLAG_SET);
}

int trailer_write_copy_done(const struct trailer_layout *layout, const struct flash_area *area)
{
    return write_byte(area, trailer_copy_done_offset(layout, area->size_bytes), FLAG_SET);
}

int trailer_write_swap_info(const struct trailer_layout *layout, const struct flash_area *area,
                            uint32_t swap_type, uint32_t image_index)
{
    return write_byte(area, trailer_swap_info_offset(layout, area->size_bytes),
                      (uint8_t)(image_index << 4 | swap_type));
}

int trailer_write_swap_size(const struct trailer_layout *layout, const struct flash_area *area,
                            uint32_t swap_size_bytes)
{
    uint8_t raw[4];
    bytes_put_u32(raw, swap_size_bytes);
    return write_padded(area, trailer_swap_size_offset(layout, area->size_bytes), raw, sizeof(raw));
}

int trailer_write_tlv_sizes(const struct trailer_layout *layout, const struct flash_area *area,
                            const uint32_t tlv_bytes[2])
{
    uint8_t raw[4];
    bytes_put_u32(raw, (tlv_bytes[0] & 0xFFFFu) | tlv_bytes[1] << 16);
    return write_padded(area, trailer_tlv_sizes_offset(layout, area->size_bytes), raw, sizeof(raw));
}

/* From swap_info to the end of the area, in one piece. */
static int write_request_at_once(const struct trailer_layout *layout, const struct flash_area *area,
                                 uint32_t swap_type, uint8_t info)
{
    uint8_t buffer[4 * TRAILER_ALIGN_BYTES_MAX];
    uint32_t start = trailer_swap_info_offset(layout, area->size_bytes);
    uint32_t byte_count = area->size_bytes - start;
    IO_ASSERT(area->device->io, byte_count <= sizeof(buffer));
    memset(buffer, flash_erased_value(area), byte_count);
    buffer[0] = info;
    if (swap_type == SWAP_PERM) {
        buffer[trailer_image_ok_offset(layout, area->size_bytes) - start] = FLAG_SET;
    }
    trailer_magic_value(layout->max_align_bytes, buffer + byte_count - TRAILER_MAGIC_BYTES);
    return flash_write_in_unit(area, start, buffer, byte_count) == 0 ? BOOT_OK : BOOT_EFLASH;
}

int trailer_write_request(const struct trailer_layout *layout, const struct flash_area *area,
                          uint32_t swap_type, uint32_t image_index)
{
    if (!trailer_has_small_writes(area)) {
        return write_request_at_once(layout, area, swap_type,
                                     (uint8_t)(image_index << 4 | swap_type));
    }
    int result = trailer_write_magic(layout, area);
    if (result == BOOT_OK && swap_type == SWAP_PERM) {
        result = trailer_write_image_ok(layout, area);
    }
    return result == BOOT_OK ? trailer_write_swap_info(layout, area, swap_type, image_index)
                             : result;
}

int trailer_write_status(const struct flash_area *area, uint32_t offset_bytes, uint8_t value)
{
    return write_byte(area, offset_bytes, value);
}
