/*
 * crypto.h: what the bootloader core needs from a crypto library: five stateless calls.
 *
 * The simulator fills the table with OpenSSL and charges the cycles of the modelled SoC. A target
 * fills it with its own library; every call must be deterministic, must not keep state between
 * calls, and reads flash only through flash_read() or io_mem_read().
 *
 * All calls return 0 on success, a negative value when the data is malformed or the check fails.
 * A flash error while reading is reported as the flash error code.
 */
#ifndef BOOT_CRYPTO_H
#define BOOT_CRYPTO_H

#include <boot/flash.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BOOT_CRYPTO_VERSION 1u

enum crypto_error { CRYPTO_OK = 0, CRYPTO_EBAD = -1, CRYPTO_EUNSUPPORTED = -2 };

/* The value is the digest length in bytes. */
enum crypto_hash { CRYPTO_SHA256 = 32, CRYPTO_SHA384 = 48, CRYPTO_SHA512 = 64 };

#define CRYPTO_DIGEST_BYTES_MAX 64u
#define CRYPTO_SIGNATURE_BYTES_MAX 384u
#define CRYPTO_AES_KEY_BYTES_MAX 32u

enum crypto_signature {
    CRYPTO_SIGNATURE_NONE,
    CRYPTO_RSA2048_PSS, /* PSS, SHA-256, MGF1 SHA-256, salt of 32 bytes; key: PKCS#1 DER         */
    CRYPTO_RSA3072_PSS,
    CRYPTO_ECDSA_P256, /* DER SEQUENCE over the digest; trailing zero padding tolerated; key:
                          SubjectPublicKeyInfo DER                                              */
    CRYPTO_ECDSA_P384,
    CRYPTO_ED25519 /* over the digest bytes as message; key: SubjectPublicKeyInfo DER            */
};

/* How an image key is wrapped in its TLV (image.h, TLV_ENC_*). */
enum crypto_key_wrap {
    CRYPTO_WRAP_NONE,
    CRYPTO_WRAP_RSA2048_OAEP, /* private key: PKCS#8 DER                                         */
    CRYPTO_WRAP_AES_KW,       /* RFC 3394; private key: the KEK itself                           */
    CRYPTO_WRAP_ECIES_P256,   /* private key: PKCS#8 DER                                         */
    CRYPTO_WRAP_ECIES_X25519,
    CRYPTO_WRAP_ECIES_X25519_SHA512
};

/* AES-CTR of an image payload: counter block = 12 zero bytes, then big-endian offset / 16. */
struct crypto_ctr {
    const uint8_t *key;
    uint32_t key_bytes; /* 16 or 32 */
};

/* One piece of what is hashed. Pieces are concatenated. Exactly one of area and address is used:
 * `area` when it is not NULL, otherwise memory at `offset_or_address` as io_mem_read sees it. */
struct crypto_range {
    const struct flash_area *area;
    uint32_t offset_or_address;
    uint32_t byte_count;
    /* Not NULL: the bytes are payload and are decrypted before hashing, the first byte of the
     * range being payload byte 0. */
    const struct crypto_ctr *decrypt;
};

struct boot_crypto {
    uint32_t struct_bytes;
    uint32_t version;
    void *context;

    int (*hash_ranges)(void *context, enum crypto_hash hash, const struct crypto_range *ranges,
                       uint32_t range_count, uint8_t *digest);
    int (*hash_bytes)(void *context, enum crypto_hash hash, const void *bytes, uint32_t byte_count,
                      uint8_t *digest);
    /* 0 only if `signature` is good for `digest` under `public_key`. */
    int (*verify)(void *context, enum crypto_signature kind, const uint8_t *public_key,
                  uint32_t public_key_bytes, const uint8_t *digest, uint32_t digest_bytes,
                  const uint8_t *signature, uint32_t signature_bytes);
    /* Recovers the image key from the payload of its TLV. */
    int (*unwrap_key)(void *context, enum crypto_key_wrap kind, const uint8_t *private_key,
                      uint32_t private_key_bytes, const uint8_t *wrapped, uint32_t wrapped_bytes,
                      uint8_t *image_key, uint32_t image_key_bytes);
    /* Encrypts or decrypts `bytes` in place; the first is payload byte `payload_offset_bytes`. */
    int (*ctr)(void *context, const struct crypto_ctr *ctr, uint32_t payload_offset_bytes,
               void *bytes, uint32_t byte_count);
};

#ifdef __cplusplus
}
#endif

#endif
