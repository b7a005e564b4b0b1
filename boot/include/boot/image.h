/*
 * image.h: the image format: header, TLV areas, versions.
 *
 * An image is: header area (32 bytes of struct, then filler), payload, protected TLV area (only if
 * the header says so), unprotected TLV area. All integers are little endian on flash. Everything
 * read from flash is hostile: no function here trusts a length that it has not compared.
 */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include <boot/core_abi.h>
#include <boot/flash.h>
#include <boot/io.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IMAGE_MAGIC 0x96F3B83Du
#define IMAGE_HEADER_BYTES 32u

#define IMAGE_FLAG_ENCRYPTED_AES128 0x04u
#define IMAGE_FLAG_ENCRYPTED_AES256 0x08u
#define IMAGE_FLAG_NON_BOOTABLE 0x10u
#define IMAGE_FLAG_RAM_LOAD 0x20u
#define IMAGE_FLAG_ROM_FIXED 0x100u
#define IMAGE_FLAG_LZMA1 0x200u
#define IMAGE_FLAG_LZMA2 0x400u
#define IMAGE_FLAG_ARM_THUMB 0x800u
#define IMAGE_FLAGS_ENCRYPTED (IMAGE_FLAG_ENCRYPTED_AES128 | IMAGE_FLAG_ENCRYPTED_AES256)
#define IMAGE_FLAGS_COMPRESSED (IMAGE_FLAG_LZMA1 | IMAGE_FLAG_LZMA2 | IMAGE_FLAG_ARM_THUMB)

#define TLV_INFO_BYTES 4u
#define TLV_INFO_MAGIC 0x6907u
#define TLV_INFO_MAGIC_PROTECTED 0x6908u

enum tlv_type {
    TLV_KEYHASH = 0x01,
    TLV_PUBKEY = 0x02,
    TLV_SHA256 = 0x10,
    TLV_SHA384 = 0x11,
    TLV_SHA512 = 0x12,
    TLV_RSA2048_PSS = 0x20,
    TLV_ECDSA224 = 0x21,
    TLV_ECDSA_SIG = 0x22,
    TLV_RSA3072_PSS = 0x23,
    TLV_ED25519 = 0x24,
    TLV_SIG_PURE = 0x25,
    TLV_ENC_RSA2048 = 0x30,
    TLV_ENC_KW = 0x31,
    TLV_ENC_EC256 = 0x32,
    TLV_ENC_X25519 = 0x33,
    TLV_ENC_X25519_SHA512 = 0x34,
    TLV_DEPENDENCY = 0x40,
    TLV_SEC_CNT = 0x50,
    TLV_BOOT_RECORD = 0x60,
    TLV_ANY = 0xFFFF /* wildcard when searching */
};

struct image_header {
    uint32_t magic;
    uint32_t load_address;
    uint32_t header_bytes;        /* distance from the image start to the payload           */
    uint32_t protected_tlv_bytes; /* whole protected area with its info; 0 when absent      */
    uint32_t payload_bytes;
    uint32_t flags;
    struct boot_version version;
};

/* Where an image is: from `start` of `area`, or, when `area` is NULL, from device address `start`
 * in RAM. */
struct image_source {
    const struct boot_io *io;
    const struct flash_area *area;
    uint32_t start;
};

/* Reads relative to the image start. 0 or a flash error. */
int image_read(const struct image_source *source, uint32_t offset_bytes, void *destination,
               uint32_t byte_count);

/* Reads and decodes the 32 bytes at the image start. 0 or a flash error; nothing is judged. */
int image_header_read(const struct image_source *source, struct image_header *header);

static inline bool image_header_has_magic(const struct image_header *header)
{
    return header->magic == IMAGE_MAGIC;
}

/* All four magic bytes are erased bytes. */
bool image_header_is_erased(const struct image_header *header, uint8_t erased_value);

static inline bool image_is_encrypted(const struct image_header *header)
{
    return (header->flags & IMAGE_FLAGS_ENCRYPTED) != 0;
}

/* The sanity check of a header: magic, no overflow, header + payload + protected TLVs strictly
 * below `slot_bytes`, no compression, and encryption flags only as `encryption_built_in` allows
 * (never both). There is no lower bound on the header size. */
bool image_header_is_sane(const struct image_header *header, uint32_t slot_bytes,
                          bool encryption_built_in);

/* Header + payload + protected + unprotected TLV area. BOOT_EFLASH or BOOT_EBADIMAGE if the TLV
 * areas cannot be read or do not parse. */
int image_total_bytes(const struct image_source *source, const struct image_header *header,
                      uint32_t *total_bytes);

/* The total that the info of the unprotected area states, its own 4 bytes included. */
int image_unprotected_tlv_bytes(const struct image_source *source,
                                const struct image_header *header, uint32_t *tlv_bytes);

/* <0, 0, >0. The build number counts only if `with_build`. */
int image_version_compare(const struct boot_version *left, const struct boot_version *right,
                          bool with_build);

struct tlv_entry {
    uint32_t type;
    uint32_t offset_bytes; /* of the payload, from the image start */
    uint32_t byte_count;
};

/* A walk over the TLV areas; fill it with tlv_walk_begin(). All offsets from the image start. */
struct tlv_walk {
    const struct image_source *source;
    uint32_t type;
    bool protected_only;
    uint32_t protected_bytes;
    uint32_t cursor;
    uint32_t protected_end;
    uint32_t end;
};

/* 0, BOOT_EFLASH or BOOT_EBADIMAGE. `type` TLV_ANY reports every entry. */
int tlv_walk_begin(struct tlv_walk *walk, const struct image_source *source,
                   const struct image_header *header, uint32_t type, bool protected_only);

enum tlv_step { TLV_FOUND, TLV_END, TLV_BROKEN };

/* Next entry of the wanted type. TLV_BROKEN: unreadable, or an entry leaves the area. */
enum tlv_step tlv_walk_next(struct tlv_walk *walk, struct tlv_entry *entry);

/* A protected entry ends its data before the unprotected area begins. */
static inline bool tlv_is_protected(const struct tlv_walk *walk, const struct tlv_entry *entry)
{
    return entry->offset_bytes < walk->protected_end;
}

#ifdef __cplusplus
}
#endif

#endif
