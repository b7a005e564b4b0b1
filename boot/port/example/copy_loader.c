/*
 * copy_loader.c: a bootloader of its own, written against the headers of the porting kit alone.
 *
 * Two slots, one image: a requested image is copied over the primary slot, sector by sector, and
 * only then the request goes. So a power cut anywhere makes the next boot copy again. It keeps its
 * sector table in a static variable and its buffer on the heap, as real cores do; both are gone
 * after a reset.
 *
 * COPY_LOADER_BUG=1 takes the request away before the copy: what many a home-made loader does.
 */
#include <flash_map_backend/flash_map_backend.h>
#include <mcuboot_config/mcuboot_assert.h>
#include <mcuboot_config/mcuboot_logging.h>
#include <mcuboot_config/mcuboot_watchdog.h>
#include <os/os_heap.h>
#include <sysflash/sysflash.h>

#include <brownout_port.h>

#ifndef COPY_LOADER_BUG
#    define COPY_LOADER_BUG 0
#endif

MCUBOOT_LOG_MODULE_REGISTER(copy_loader);

#define HEADER_MAGIC 0x96F3B83Du
#define HEADER_BYTES 32u
#define TLV_MAGIC 0x6907u
#define TLV_PROTECTED_MAGIC 0x6908u
#define TLV_SHA256 0x10u
#define DIGEST_BYTES 32u
#define SIGNATURE_BYTES_MAX 384u
#define REQUEST_BYTES 16u /* the magic at the end of a slot */
#define SECTORS_MAX 512u
#define PIECE_BYTES 1024u

struct image {
    uint8_t header[HEADER_BYTES];
    uint32_t covered_bytes; /* header, payload, protected TLVs */
    uint32_t end;           /* of the TLVs                     */
};

static struct flash_sector sectors[SECTORS_MAX];
static uint32_t copies_begun; /* counts within one boot: back to 0 at each reset */

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static uint32_t half_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

/* The request that applications write: the magic for alignments of 8, or of 16 and more. */
static bool is_requested(const struct flash_area *slot)
{
    uint8_t magic[REQUEST_BYTES];
    uint32_t offset = flash_area_get_size(slot) - REQUEST_BYTES;

    if (flash_area_read(slot, offset, magic, REQUEST_BYTES) != 0) {
        return false;
    }
    return port_max_align() == 8u
               ? word_at(magic) == 0xF395C277u && word_at(&magic[12]) == 0x8079B62Cu
               : half_at(magic) == port_max_align() && word_at(&magic[2]) == 0x295DE12Du;
}

static bool area_at(const struct flash_area *slot, uint32_t offset, uint32_t magic, uint32_t *total)
{
    uint8_t head[4];

    *total = 0u;
    if (flash_area_read(slot, offset, head, sizeof(head)) != 0 || half_at(head) != magic) {
        return false;
    }
    *total = half_at(&head[2]);
    return *total >= sizeof(head) && *total <= flash_area_get_size(slot) - offset;
}

static bool find_image(const struct flash_area *slot, struct image *image)
{
    uint32_t payload_end;
    uint32_t total;

    if (flash_area_read(slot, 0u, image->header, HEADER_BYTES) != 0 ||
        word_at(image->header) != HEADER_MAGIC) {
        return false;
    }
    payload_end = half_at(&image->header[8]) + word_at(&image->header[12]);
    if (word_at(&image->header[12]) > flash_area_get_size(slot) ||
        payload_end + 4u >= flash_area_get_size(slot)) {
        return false;
    }
    image->covered_bytes = payload_end;
    if (half_at(&image->header[10]) != 0u) {
        if (!area_at(slot, payload_end, TLV_PROTECTED_MAGIC, &total) ||
            total != half_at(&image->header[10])) {
            return false;
        }
        image->covered_bytes += total;
    }
    if (!area_at(slot, image->covered_bytes, TLV_MAGIC, &total)) {
        return false;
    }
    image->end = image->covered_bytes + total;
    return true;
}

static bool is_valid(const struct flash_area *slot, struct image *image)
{
    uint8_t digest[DIGEST_BYTES];
    uint8_t payload[SIGNATURE_BYTES_MAX];
    bool hash_is_good = false;
    bool is_signed;

    if (!find_image(slot, image) || port_hash_area(slot, 0u, image->covered_bytes, digest) != 0) {
        return false;
    }
    is_signed = port_check_signature(digest, payload, 0u) == 2; /* none is wanted */
    for (uint32_t at = image->covered_bytes + 4u; at + 4u <= image->end;) {
        uint8_t head[4];
        uint32_t length;

        if (flash_area_read(slot, at, head, sizeof(head)) != 0) {
            return false;
        }
        length = half_at(&head[2]);
        at += (uint32_t)sizeof(head);
        if (length > image->end - at) {
            return false;
        }
        if (length <= sizeof(payload) && flash_area_read(slot, at, payload, length) == 0) {
            bool is_same = length == DIGEST_BYTES && half_at(head) == TLV_SHA256;
            for (uint32_t i = 0u; is_same && i < DIGEST_BYTES; ++i) {
                is_same = payload[i] == digest[i];
            }
            hash_is_good = hash_is_good || is_same;
            is_signed = is_signed || (half_at(head) >= 0x20u && half_at(head) <= 0x24u &&
                                      port_check_signature(digest, payload, length) == 1);
        }
        at += length;
    }
    return hash_is_good && is_signed;
}

static void copy_sector(const struct flash_area *from, const struct flash_area *to,
                        const struct flash_sector *sector)
{
    uint8_t *piece = os_malloc(PIECE_BYTES);
    uint32_t offset = flash_sector_get_off(sector);
    uint32_t end = offset + flash_sector_get_size(sector);

    assert(piece != NULL);
    for (; offset < end; offset += PIECE_BYTES) {
        assert(flash_area_read(from, offset, piece, PIECE_BYTES) == 0);
        assert(flash_area_write(to, offset, piece, PIECE_BYTES) == 0);
        MCUBOOT_WATCHDOG_FEED();
    }
    os_free(piece);
}

static void remove_request(const struct flash_area *slot)
{
    struct flash_sector last;

    assert(flash_area_get_sector(slot, flash_area_get_size(slot) - 1u, &last) == 0);
    assert(flash_area_erase(slot, flash_sector_get_off(&last), flash_sector_get_size(&last)) == 0);
}

static void update(const struct flash_area *primary, const struct flash_area *secondary)
{
    struct image image;
    uint32_t count = SECTORS_MAX;

    if (!is_requested(secondary)) {
        return;
    }
    if (!is_valid(secondary, &image)) {
        MCUBOOT_LOG_ERR("The requested image is not valid");
        remove_request(secondary);
        return;
    }
    assert(flash_area_get_sectors(FLASH_AREA_IMAGE_PRIMARY(0), &count, sectors) == 0);
    MCUBOOT_LOG_INF("Copying %u bytes, copy %u of this boot", (unsigned int)image.end,
                    (unsigned int)++copies_begun);
    if (COPY_LOADER_BUG) {
        remove_request(secondary);
    }
    /* All of it is erased first: a copy that begins anew sector by sector would mix old and new. */
    for (uint32_t i = 0u; i < count; ++i) {
        assert(flash_area_erase(primary, sectors[i].fs_off, sectors[i].fs_size) == 0);
    }
    for (uint32_t i = 0u; i < count && sectors[i].fs_off < image.end; ++i) {
        copy_sector(secondary, primary, &sectors[i]);
    }
    if (!COPY_LOADER_BUG) {
        remove_request(secondary);
    }
}

static int start(void)
{
    const struct flash_area *primary;
    const struct flash_area *secondary;
    struct image image;

    assert(copies_begun == 0u); /* a static that survived a reset would show here */
    MCUBOOT_LOG_INF("Copy loader");
    if (flash_area_open(FLASH_AREA_IMAGE_PRIMARY(0), &primary) != 0 ||
        flash_area_open(FLASH_AREA_IMAGE_SECONDARY(0), &secondary) != 0) {
        return 1;
    }
    update(primary, secondary);
    if (!is_valid(primary, &image)) {
        MCUBOOT_LOG_ERR("No valid image in the primary slot");
        return 1;
    }
    port_hand_over(image.header, flash_area_get_device_id(primary), flash_area_get_off(primary));
    flash_area_close(secondary);
    flash_area_close(primary);
    return 0;
}

const struct port_core port_core = {
    .name = COPY_LOADER_BUG ? "copy-loader-with-bug" : "copy-loader",
    .release = "copy loader 1 (example of the porting kit)",
    .strategies = PORT_OVERWRITE_ONLY | PORT_OVERWRITE_ONLY_FAST,
    .stack_bytes = 16384u,
    .start = start,
};
