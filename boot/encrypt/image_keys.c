#include "encrypt/image_keys.h"

#include "core/regions.h"
#include "image/bytes.h"

#include <boot/mem.h>

static uint32_t key_tlv_type(enum crypto_key_wrap wrap)
{
    switch (wrap) {
    case CRYPTO_WRAP_RSA2048_OAEP:
        return TLV_ENC_RSA2048;
    case CRYPTO_WRAP_AES_KW:
        return TLV_ENC_KW;
    case CRYPTO_WRAP_ECIES_P256:
        return TLV_ENC_EC256;
    case CRYPTO_WRAP_ECIES_X25519:
        return TLV_ENC_X25519;
    default:
        return TLV_ENC_X25519_SHA512;
    }
}

static int unwrap(struct slot_pair *pair, struct image_key *key)
{
    const struct boot_config *config = pair->boot->config;
    const struct boot_crypto *crypto = pair->boot->crypto;
    int result =
        crypto->unwrap_key(crypto->context, config->encryption, config->encryption_key.bytes,
                           config->encryption_key.byte_count, key->wrapped,
                           trailer_wrapped_key_bytes(config), key->bytes, config->image_key_bytes);
    key->is_loaded = result == 0;
    return key->is_loaded ? BOOT_OK : BOOT_EBADIMAGE;
}

int image_keys_load(struct slot_pair *pair, enum slot slot)
{
    const struct boot_config *config = pair->boot->config;
    struct image_key *key = &pair->slots[slot].key;
    struct image_source source = slot_source(pair, slot);
    struct tlv_walk walk;
    struct tlv_entry entry;

    if (key->is_loaded) {
        return BOOT_OK;
    }
    int result = tlv_walk_begin(&walk, &source, &pair->slots[slot].header,
                                key_tlv_type(config->encryption), false);
    if (result != BOOT_OK) {
        return result;
    }
    enum tlv_step step = tlv_walk_next(&walk, &entry);
    if (step != TLV_FOUND) {
        return step == TLV_END ? BOOT_OK : BOOT_EBADIMAGE;
    }
    if (entry.byte_count != trailer_wrapped_key_bytes(config)) {
        return BOOT_EBADIMAGE;
    }
    memset(key->wrapped, 0xFF, sizeof(key->wrapped));
    if (image_read(&source, entry.offset_bytes, key->wrapped, entry.byte_count) != 0) {
        return BOOT_EFLASH;
    }
    return unwrap(pair, key);
}

void image_keys_load_for_swap(struct slot_pair *pair)
{
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        if (image_is_encrypted(&pair->slots[slot].header)) {
            int result = image_keys_load(pair, slot);
            IO_ASSERT(pair->boot->io, result == BOOT_OK);
        } else {
            pair->slots[slot].key.is_loaded = false;
        }
    }
}

void image_keys_forget(struct slot_pair *pair)
{
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        memset(&pair->slots[slot].key, 0, sizeof(pair->slots[slot].key));
    }
}

int image_keys_write_fields(const struct slot_pair *pair, const struct flash_area *area)
{
    const struct boot_config *config = pair->boot->config;
    const struct trailer_layout *layout = &pair->boot->layout;
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        const struct image_key *key = &pair->slots[slot].key;
        uint8_t field[WRAPPED_KEY_BYTES_MAX];
        memset(field, 0xFF, sizeof(field));
        if (key->is_loaded && config->save_encrypted_tlv) {
            memcpy(field, key->wrapped, trailer_wrapped_key_bytes(config));
        } else if (key->is_loaded) {
            memcpy(field, key->bytes, config->image_key_bytes);
        }
        if (flash_write(area, trailer_key_offset(layout, area->size_bytes, slot), field,
                        layout->key_field_bytes) != 0) {
            return BOOT_EFLASH;
        }
    }
    return BOOT_OK;
}

static bool all_are_ff(const uint8_t *bytes, uint32_t byte_count)
{
    for (uint32_t i = 0; i < byte_count; i++) {
        if (bytes[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

int image_keys_read_fields(struct slot_pair *pair, const struct flash_area *area)
{
    const struct boot_config *config = pair->boot->config;
    const struct trailer_layout *layout = &pair->boot->layout;
    for (enum slot slot = SLOT_PRIMARY; slot < SLOT_COUNT; slot++) {
        struct image_key *key = &pair->slots[slot].key;
        uint8_t *field = config->save_encrypted_tlv ? key->wrapped : key->bytes;
        uint32_t bytes =
            config->save_encrypted_tlv ? layout->key_field_bytes : config->image_key_bytes;
        key->is_loaded = false;
        if (flash_read(area, trailer_key_offset(layout, area->size_bytes, slot), field, bytes) !=
            0) {
            return BOOT_EFLASH;
        }
        if (all_are_ff(field, bytes)) {
            io_log(pair->boot->io, IO_LOG_ERROR, "boot_read_enc_key: No key, read all 0xFF");
        } else if (!config->save_encrypted_tlv) {
            key->is_loaded = true;
        } else if (unwrap(pair, key) != BOOT_OK) {
            return BOOT_EBADIMAGE;
        }
    }
    return BOOT_OK;
}

int image_keys_crypt_slot_piece(const struct slot_pair *pair, enum slot slot,
                                uint32_t image_offset_bytes, uint8_t *piece, uint32_t byte_count)
{
    const struct boot_crypto *crypto = pair->boot->crypto;
    const struct image_slot *image = &pair->slots[slot];
    if (!image_is_encrypted(&image->header) || !image->key.is_loaded) {
        return BOOT_OK;
    }
    uint32_t payload_start = image->header.header_bytes;
    uint32_t payload_end = payload_start + image->header.payload_bytes;
    uint32_t begin = max_u32(image_offset_bytes, payload_start);
    uint32_t end = min_u32(image_offset_bytes + byte_count, payload_end);
    if (begin >= end) {
        return BOOT_OK;
    }
    struct crypto_ctr ctr = {image->key.bytes, pair->boot->config->image_key_bytes};
    int result = crypto->ctr(crypto->context, &ctr, begin - payload_start,
                             piece + (begin - image_offset_bytes), end - begin);
    return result == 0 ? BOOT_OK : BOOT_EBADIMAGE;
}

int image_keys_crypt_piece(const struct slot_pair *pair, const struct region_copy *copy,
                           uint32_t image_offset_bytes, uint8_t *piece, uint32_t byte_count)
{
    bool from_primary = copy->from == primary_of(pair);
    bool to_primary = copy->to == primary_of(pair);
    if (!can_encrypt(pair->boot) || from_primary == to_primary) {
        return BOOT_OK;
    }
    return image_keys_crypt_slot_piece(pair, to_primary ? SLOT_SECONDARY : SLOT_PRIMARY,
                                       image_offset_bytes, piece, byte_count);
}
