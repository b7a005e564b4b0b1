#include <boot/error.h>
#include <boot/image.h>

#include "image/bytes.h"

struct tlv_info {
    uint32_t magic;
    uint32_t total_bytes;
};

static int read_info(const struct image_source *source, uint64_t offset_bytes,
                     struct tlv_info *info)
{
    uint8_t raw[TLV_INFO_BYTES];
    if (offset_bytes > UINT32_MAX ||
        image_read(source, (uint32_t)offset_bytes, raw, sizeof(raw)) != 0) {
        return BOOT_EFLASH;
    }
    info->magic = bytes_get_u16(raw);
    info->total_bytes = bytes_get_u16(raw + 2);
    return BOOT_OK;
}

/* Finds the two infos: an optional protected one that agrees with the header, then the
 * unprotected one. `unprotected` receives the latter. */
static int read_unprotected_info(const struct image_source *source,
                                 const struct image_header *header, struct tlv_info *unprotected)
{
    uint64_t start = (uint64_t)header->header_bytes + header->payload_bytes;
    int result = read_info(source, start, unprotected);
    if (result != BOOT_OK) {
        return result;
    }
    if (unprotected->magic == TLV_INFO_MAGIC_PROTECTED) {
        if (unprotected->total_bytes != header->protected_tlv_bytes) {
            return BOOT_EBADIMAGE;
        }
        result = read_info(source, start + unprotected->total_bytes, unprotected);
        if (result != BOOT_OK) {
            return result;
        }
    } else if (header->protected_tlv_bytes != 0) {
        return BOOT_EBADIMAGE;
    }
    return unprotected->magic == TLV_INFO_MAGIC ? BOOT_OK : BOOT_EBADIMAGE;
}

int image_unprotected_tlv_bytes(const struct image_source *source,
                                const struct image_header *header, uint32_t *tlv_bytes)
{
    struct tlv_info info;
    int result = read_unprotected_info(source, header, &info);
    if (result == BOOT_OK) {
        *tlv_bytes = info.total_bytes;
    }
    return result;
}

int image_total_bytes(const struct image_source *source, const struct image_header *header,
                      uint32_t *total_bytes)
{
    struct tlv_walk walk;
    int result = tlv_walk_begin(&walk, source, header, TLV_ANY, false);
    if (result == BOOT_OK) {
        *total_bytes = walk.end;
    }
    return result;
}

int tlv_walk_begin(struct tlv_walk *walk, const struct image_source *source,
                   const struct image_header *header, uint32_t type, bool protected_only)
{
    struct tlv_info info;
    int result = read_unprotected_info(source, header, &info);
    if (result != BOOT_OK) {
        return result;
    }
    uint64_t start = (uint64_t)header->header_bytes + header->payload_bytes;
    uint64_t end = start + header->protected_tlv_bytes + info.total_bytes;
    if (end > UINT32_MAX) {
        return BOOT_EBADIMAGE;
    }
    walk->source = source;
    walk->type = type;
    walk->protected_only = protected_only;
    walk->protected_bytes = header->protected_tlv_bytes;
    walk->cursor = (uint32_t)start + TLV_INFO_BYTES;
    walk->protected_end = (uint32_t)start + header->protected_tlv_bytes;
    walk->end = (uint32_t)end;
    return BOOT_OK;
}

/* Reads the entry at the cursor and moves behind it. */
static enum tlv_step read_entry(struct tlv_walk *walk, struct tlv_entry *entry)
{
    uint32_t limit = walk->protected_only ? walk->protected_end : walk->end;
    uint8_t raw[TLV_INFO_BYTES];

    if (walk->cursor > limit || limit - walk->cursor < sizeof(raw) ||
        image_read(walk->source, walk->cursor, raw, sizeof(raw)) != 0) {
        return TLV_BROKEN;
    }
    entry->type = bytes_get_u16(raw);
    entry->byte_count = bytes_get_u16(raw + 2);
    entry->offset_bytes = walk->cursor + TLV_INFO_BYTES;
    if (entry->byte_count > limit - entry->offset_bytes) {
        return TLV_BROKEN;
    }
    walk->cursor = entry->offset_bytes + entry->byte_count;
    return TLV_FOUND;
}

enum tlv_step tlv_walk_next(struct tlv_walk *walk, struct tlv_entry *entry)
{
    while (walk->cursor < walk->end) {
        if (walk->protected_only && walk->cursor >= walk->protected_end) {
            return TLV_END;
        }
        if (walk->protected_bytes > 0 && walk->cursor == walk->protected_end) {
            /* The info of the unprotected area. */
            walk->cursor += TLV_INFO_BYTES;
            continue;
        }
        enum tlv_step step = read_entry(walk, entry);
        if (step != TLV_FOUND) {
            return step;
        }
        if (walk->type == TLV_ANY || walk->type == entry->type) {
            return TLV_FOUND;
        }
    }
    return TLV_END;
}
