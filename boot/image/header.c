#include <boot/image.h>

#include "image/bytes.h"

int image_read(const struct image_source *source, uint32_t offset_bytes, void *destination,
               uint32_t byte_count)
{
    if (offset_bytes > UINT32_MAX - source->start) {
        return FLASH_EINVAL;
    }
    if (source->area != 0) {
        return flash_read(source->area, source->start + offset_bytes, destination, byte_count);
    }
    io_mem_read(source->io, source->start + offset_bytes, destination, byte_count);
    return FLASH_OK;
}

int image_header_read(const struct image_source *source, struct image_header *header)
{
    uint8_t raw[IMAGE_HEADER_BYTES];
    int result = image_read(source, 0, raw, sizeof(raw));
    if (result != 0) {
        return result;
    }
    header->magic = bytes_get_u32(raw);
    header->load_address = bytes_get_u32(raw + 4);
    header->header_bytes = bytes_get_u16(raw + 8);
    header->protected_tlv_bytes = bytes_get_u16(raw + 10);
    header->payload_bytes = bytes_get_u32(raw + 12);
    header->flags = bytes_get_u32(raw + 16);
    header->version.major = raw[20];
    header->version.minor = raw[21];
    header->version.revision = (uint16_t)bytes_get_u16(raw + 22);
    header->version.build = bytes_get_u32(raw + 24);
    return 0;
}

bool image_header_is_erased(const struct image_header *header, uint8_t erased_value)
{
    return header->magic == erased_value * 0x01010101u;
}

static bool encryption_flags_are_acceptable(uint32_t flags, bool encryption_built_in)
{
    uint32_t encrypted = flags & IMAGE_FLAGS_ENCRYPTED;
    return encryption_built_in ? encrypted != IMAGE_FLAGS_ENCRYPTED : encrypted == 0;
}

bool image_header_is_sane(const struct image_header *header, uint32_t slot_bytes,
                          bool encryption_built_in)
{
    uint64_t covered =
        (uint64_t)header->header_bytes + header->payload_bytes + header->protected_tlv_bytes;

    return image_header_has_magic(header) && covered <= UINT32_MAX && covered < slot_bytes &&
           encryption_flags_are_acceptable(header->flags, encryption_built_in) &&
           (header->flags & IMAGE_FLAGS_COMPRESSED) == 0;
}

static int compare_u32(uint32_t left, uint32_t right)
{
    return left < right ? -1 : left > right;
}

int image_version_compare(const struct boot_version *left, const struct boot_version *right,
                          bool with_build)
{
    int order = compare_u32(left->major, right->major);
    if (order == 0) {
        order = compare_u32(left->minor, right->minor);
    }
    if (order == 0) {
        order = compare_u32(left->revision, right->revision);
    }
    if (order == 0 && with_build) {
        order = compare_u32(left->build, right->build);
    }
    return order;
}
