#include <boot/mem.h>
#include <boot/trailer.h>

#include "image/bytes.h"

const uint8_t boot_img_magic[TRAILER_MAGIC_BYTES] = {
    0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F, 0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};

/* Behind the two bytes that hold the alignment. */
static const uint8_t magic_any_align_tail[TRAILER_MAGIC_BYTES - 2] = {
    0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D, 0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A};

void trailer_magic_value(uint32_t max_align_bytes, uint8_t magic[TRAILER_MAGIC_BYTES])
{
    if (max_align_bytes == 8) {
        memcpy(magic, boot_img_magic, TRAILER_MAGIC_BYTES);
        return;
    }
    magic[0] = (uint8_t)max_align_bytes;
    magic[1] = (uint8_t)(max_align_bytes >> 8);
    memcpy(magic + 2, magic_any_align_tail, sizeof(magic_any_align_tail));
}

static uint32_t states_per_sector(enum boot_strategy strategy)
{
    switch (strategy) {
    case BOOT_SWAP_OFFSET:
        return 2;
    case BOOT_SINGLE_SLOT:
        return 0;
    default:
        return 3;
    }
}

uint32_t trailer_wrapped_key_bytes(const struct boot_config *config)
{
    bool is_long = config->image_key_bytes == 32;
    switch (config->encryption) {
    case CRYPTO_WRAP_RSA2048_OAEP:
        return 256;
    case CRYPTO_WRAP_AES_KW:
        return config->image_key_bytes + 8;
    case CRYPTO_WRAP_ECIES_P256:
        return is_long ? 129 : 113;
    case CRYPTO_WRAP_ECIES_X25519:
        return is_long ? 96 : 80;
    case CRYPTO_WRAP_ECIES_X25519_SHA512:
        return is_long ? 128 : 112;
    default:
        return 0;
    }
}

uint32_t trailer_key_field_bytes(const struct boot_config *config)
{
    uint32_t bytes = 0;
    if (config->encryption != CRYPTO_WRAP_NONE) {
        bytes = config->save_encrypted_tlv ? trailer_wrapped_key_bytes(config)
                                           : config->image_key_bytes;
    }
    return round_up(bytes, config->max_align_bytes);
}

struct trailer_layout trailer_layout_of(const struct boot_config *config)
{
    struct trailer_layout layout = {
        .max_align_bytes = config->max_align_bytes,
        .max_sectors = config->max_image_sectors,
        .states_per_sector = states_per_sector(config->strategy),
        .has_tlv_sizes = config->strategy == BOOT_SWAP_OFFSET,
        .key_field_bytes = trailer_key_field_bytes(config),
        .magic_from_flash = (config->older & (uint32_t)BOOT_OLDER_200_MAGIC_FROM_FLASH) != 0u,
    };
    return layout;
}

/* Everything but the status area. */
static uint32_t info_bytes(const struct trailer_layout *layout)
{
    uint32_t fields = layout->has_tlv_sizes ? 5 : 4;
    return fields * layout->max_align_bytes +
           round_up(TRAILER_MAGIC_BYTES, layout->max_align_bytes) + 2 * layout->key_field_bytes;
}

uint32_t trailer_slot_bytes(const struct trailer_layout *layout, uint32_t status_unit_bytes)
{
    return layout->max_sectors * layout->states_per_sector * status_unit_bytes + info_bytes(layout);
}

uint32_t trailer_scratch_bytes(const struct trailer_layout *layout, uint32_t status_unit_bytes)
{
    return layout->states_per_sector * status_unit_bytes + info_bytes(layout);
}

uint32_t trailer_magic_offset(uint32_t area_bytes)
{
    return area_bytes - TRAILER_MAGIC_BYTES;
}

uint32_t trailer_image_ok_offset(const struct trailer_layout *layout, uint32_t area_bytes)
{
    return round_down(area_bytes - TRAILER_MAGIC_BYTES - layout->max_align_bytes,
                      layout->max_align_bytes);
}

uint32_t trailer_copy_done_offset(const struct trailer_layout *layout, uint32_t area_bytes)
{
    return trailer_image_ok_offset(layout, area_bytes) - layout->max_align_bytes;
}

uint32_t trailer_swap_info_offset(const struct trailer_layout *layout, uint32_t area_bytes)
{
    return trailer_copy_done_offset(layout, area_bytes) - layout->max_align_bytes;
}

uint32_t trailer_tlv_sizes_offset(const struct trailer_layout *layout, uint32_t area_bytes)
{
    return trailer_swap_info_offset(layout, area_bytes) - layout->max_align_bytes;
}

uint32_t trailer_swap_size_offset(const struct trailer_layout *layout, uint32_t area_bytes)
{
    uint32_t above = layout->has_tlv_sizes ? trailer_tlv_sizes_offset(layout, area_bytes)
                                           : trailer_swap_info_offset(layout, area_bytes);
    return above - layout->max_align_bytes;
}

uint32_t trailer_key_offset(const struct trailer_layout *layout, uint32_t area_bytes, uint32_t slot)
{
    return trailer_swap_size_offset(layout, area_bytes) - (slot + 1) * layout->key_field_bytes;
}

uint32_t trailer_status_offset(const struct trailer_layout *layout, const struct flash_area *area,
                               uint32_t status_unit_bytes)
{
    return area->size_bytes - (area->role == FLASH_SCRATCH
                                   ? trailer_scratch_bytes(layout, status_unit_bytes)
                                   : trailer_slot_bytes(layout, status_unit_bytes));
}
