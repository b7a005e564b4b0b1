/*
 * The image itself: digest first, then every TLV entry in order, then what must have been seen.
 */
#include "core/strategy.h"
#include "core/validate.h"
#include "encrypt/image_keys.h"

#include <boot/mem.h>

#define ECDSA_SIGNATURE_BYTES_MAX 128u
#define NO_KEY (-1)

struct verification {
    struct slot_pair *pair;
    struct image_source source;
    const struct tlv_walk *walk;
    uint8_t digest[CRYPTO_DIGEST_BYTES_MAX];
    bool digest_seen;
    int key_index;
    bool signature_good; /* of the last signature that was evaluated */
};

/* The digest covers header area, plaintext payload and protected TLV area. */
static bool compute_digest(struct verification *check, enum slot slot)
{
    struct slot_pair *pair = check->pair;
    const struct boot_crypto *crypto = pair->boot->crypto;
    const struct image_header *header = &pair->slots[slot].header;
    struct image_key *key = &pair->slots[slot].key;
    struct crypto_ctr ctr = {key->bytes, pair->boot->config->image_key_bytes};
    uint32_t start = check->source.start;
    struct crypto_range ranges[3] = {
        {check->source.area, start, header->header_bytes, 0},
        {check->source.area, start + header->header_bytes, header->payload_bytes, 0},
        {check->source.area, start + header->header_bytes + header->payload_bytes,
         header->protected_tlv_bytes, 0},
    };
    if (slot == SLOT_SECONDARY && image_is_encrypted(header) && check->source.area != 0) {
        if (image_keys_load(pair, slot) != BOOT_OK || !key->is_loaded) {
            return false;
        }
        ranges[1].decrypt = &ctr;
    }
    return crypto->hash_ranges(crypto->context, pair->boot->config->hash, ranges, 3,
                               check->digest) == 0;
}

static uint32_t digest_tlv_type(enum crypto_hash hash)
{
    return hash == CRYPTO_SHA512 ? TLV_SHA512 : hash == CRYPTO_SHA384 ? TLV_SHA384 : TLV_SHA256;
}

static uint32_t signature_tlv_type(enum crypto_signature signature)
{
    switch (signature) {
    case CRYPTO_RSA2048_PSS:
        return TLV_RSA2048_PSS;
    case CRYPTO_RSA3072_PSS:
        return TLV_RSA3072_PSS;
    case CRYPTO_ECDSA_P256:
    case CRYPTO_ECDSA_P384:
        return TLV_ECDSA_SIG;
    case CRYPTO_ED25519:
        return TLV_ED25519;
    default:
        return TLV_ANY;
    }
}

static bool signature_length_is_right(enum crypto_signature signature, uint32_t byte_count)
{
    switch (signature) {
    case CRYPTO_RSA2048_PSS:
        return byte_count == 256;
    case CRYPTO_RSA3072_PSS:
        return byte_count == 384;
    case CRYPTO_ED25519:
        return byte_count == 64;
    default:
        return byte_count <= ECDSA_SIGNATURE_BYTES_MAX;
    }
}

/* Types that an attacker may add without breaking the digest, and that are known to be harmless. */
static bool may_be_unprotected(const struct boot_config *config, uint32_t type)
{
    static const uint8_t allowed[] = {
        TLV_KEYHASH,     TLV_PUBKEY,   TLV_SHA256,    TLV_SHA384,      TLV_SHA512,
        TLV_RSA2048_PSS, TLV_ECDSA224, TLV_ECDSA_SIG, TLV_RSA3072_PSS, TLV_ED25519,
        TLV_ENC_RSA2048, TLV_ENC_KW,   TLV_ENC_EC256};
    for (uint32_t i = 0; i < sizeof(allowed); i++) {
        if (allowed[i] == type) {
            return true;
        }
    }
    return type == (config->encryption == CRYPTO_WRAP_ECIES_X25519_SHA512 ? TLV_ENC_X25519_SHA512
                                                                          : TLV_ENC_X25519);
}

static bool check_digest(struct verification *check, const struct tlv_entry *entry)
{
    uint8_t stated[CRYPTO_DIGEST_BYTES_MAX];
    uint32_t bytes = (uint32_t)check->pair->boot->config->hash;
    if (entry->byte_count != bytes ||
        image_read(&check->source, entry->offset_bytes, stated, bytes) != 0 ||
        memcmp(stated, check->digest, bytes) != 0) {
        return false;
    }
    check->digest_seen = true;
    return true;
}

/* Compares over the stated length only, so a shorter key hash matches by prefix. */
static bool select_key(struct verification *check, const struct tlv_entry *entry)
{
    const struct boot_config *config = check->pair->boot->config;
    const struct boot_crypto *crypto = check->pair->boot->crypto;
    uint8_t stated[CRYPTO_DIGEST_BYTES_MAX];
    uint8_t digest[CRYPTO_DIGEST_BYTES_MAX];

    check->key_index = NO_KEY;
    if (entry->byte_count > (uint32_t)config->hash ||
        image_read(&check->source, entry->offset_bytes, stated, entry->byte_count) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < config->signing_key_count; i++) {
        const struct boot_key *key = &config->signing_keys[i];
        if (crypto->hash_bytes(crypto->context, config->hash, key->bytes, key->byte_count,
                               digest) == 0 &&
            memcmp(digest, stated, entry->byte_count) == 0) {
            check->key_index = (int)i;
            return true;
        }
    }
    return true;
}

/* A signature without a selected key is ignored; the last evaluated one decides. */
static bool check_signature(struct verification *check, const struct tlv_entry *entry)
{
    const struct boot_config *config = check->pair->boot->config;
    const struct boot_crypto *crypto = check->pair->boot->crypto;
    uint8_t signature[CRYPTO_SIGNATURE_BYTES_MAX];

    if (check->key_index == NO_KEY) {
        return true;
    }
    if (!signature_length_is_right(config->signature, entry->byte_count) ||
        image_read(&check->source, entry->offset_bytes, signature, entry->byte_count) != 0) {
        return false;
    }
    const struct boot_key *key = &config->signing_keys[check->key_index];
    check->signature_good =
        crypto->verify(crypto->context, config->signature, key->bytes, key->byte_count,
                       check->digest, (uint32_t)config->hash, signature, entry->byte_count) == 0;
    check->key_index = NO_KEY;
    return true;
}

/* False: the image is invalid at once. */
static bool check_entry(struct verification *check, const struct tlv_entry *entry)
{
    const struct boot_config *config = check->pair->boot->config;
    bool is_signed = config->signature != CRYPTO_SIGNATURE_NONE;

    if (config->tlv_allow_list && !tlv_is_protected(check->walk, entry) &&
        !may_be_unprotected(config, entry->type)) {
        return false;
    }
    if (entry->type == digest_tlv_type(config->hash)) {
        return check_digest(check, entry);
    }
    if (is_signed && entry->type == TLV_KEYHASH) {
        return select_key(check, entry);
    }
    if (is_signed && entry->type == signature_tlv_type(config->signature)) {
        return check_signature(check, entry);
    }
    return true;
}

bool verify_image(struct slot_pair *pair, enum slot slot)
{
    const struct strategy *strategy = pair->boot->strategy;
    struct verification check = {.pair = pair, .key_index = NO_KEY};
    struct tlv_walk walk;
    struct tlv_entry entry;
    enum tlv_step step;

    check.source = slot_source(pair, slot);
    check.walk = &walk;
    if (!compute_digest(&check, slot) ||
        tlv_walk_begin(&walk, &check.source, &pair->slots[slot].header, TLV_ANY, false) !=
            BOOT_OK ||
        walk.end > strategy->max_image_bytes(pair, slot)) {
        return false;
    }
    while ((step = tlv_walk_next(&walk, &entry)) == TLV_FOUND) {
        if (!check_entry(&check, &entry)) {
            return false;
        }
    }
    bool signature_is_fine =
        pair->boot->config->signature == CRYPTO_SIGNATURE_NONE || check.signature_good;
    return step == TLV_END && check.digest_seen && signature_is_fine;
}
