/*
 * image_manager.c: uploads, and which slot may be written or erased.
 */
#include <boot/error.h>
#include <boot/image.h>
#include <boot/image_manager.h>
#include <boot/mem.h>
#include <boot/trailer.h>

#include "app/slot_facts.h"

/* What the scan for a blank slot reads at a time. */
#define SCAN_BYTES 64u

static bool older_has(const struct image_manager *manager, enum image_manager_older defect)
{
    return (manager->options.older & (uint32_t)defect) != 0u;
}

void image_manager_start(struct image_manager *manager, const struct app_context *app,
                         const struct image_manager_options *options)
{
    manager->app = app;
    manager->options = *options;
    manager->receives = false;
}

/* Is there something in the slot that the next boot needs, or a request about it? */
static bool is_in_use(const struct image_manager *manager, const struct flash_area *area,
                      uint32_t image_index, bool requests_count)
{
    struct image_header header;
    int type = app_swap_type(manager->app, image_index);

    if (type == (int)SWAP_REVERT) {
        return true;
    }
    if ((type != (int)SWAP_TEST && type != (int)SWAP_PERM) || !requests_count) {
        return false;
    }
    return older_has(manager, IMAGE_MANAGER_OLDER_97_TRAILER_ALONE) ||
           slot_has_header(manager->app, area, &header);
}

/* ---- erase ----------------------------------------------------------------------------------- */

static bool is_blank(const struct flash_area *area)
{
    uint8_t bytes[SCAN_BYTES];

    for (uint32_t offset = 0u; offset < area->size_bytes; offset += SCAN_BYTES) {
        uint32_t rest = area->size_bytes - offset;
        uint32_t length = rest < SCAN_BYTES ? rest : SCAN_BYTES;

        if (flash_read(area, offset, bytes, length) != FLASH_OK) {
            return false;
        }
        for (uint32_t i = 0u; i < length; i++) {
            if (bytes[i] != flash_erased_value(area)) {
                return false;
            }
        }
    }
    return true;
}

/* The sectors of an image in one call, those of the trailer in another. */
static int erase_for(const struct image_manager *manager, const struct flash_area *area,
                     uint32_t image_bytes)
{
    struct trailer_layout layout = trailer_layout_of(manager->app->config);
    uint32_t trailer_bytes = trailer_slot_bytes(&layout, flash_write_unit(area));
    struct flash_sector sector;
    uint32_t end = image_bytes;
    int result = flash_sector_at(area, image_bytes - 1u, &sector);

    if (result != FLASH_OK || trailer_bytes > area->size_bytes) {
        return FLASH_EINVAL;
    }
    if (!older_has(manager, IMAGE_MANAGER_OLDER_24706_EXACT_LENGTH)) {
        end = sector.offset_bytes + sector.size_bytes;
    }
    result = flash_erase(area, 0u, end);
    if (result == FLASH_OK) {
        result = flash_sector_at(area, area->size_bytes - trailer_bytes, &sector);
    }
    if (result == FLASH_OK && end < area->size_bytes) {
        uint32_t start = sector.offset_bytes > end ? sector.offset_bytes : end;

        result = flash_erase(area, start, area->size_bytes - start);
    }
    return result;
}

enum image_manager_result image_manager_erase(struct image_manager *manager, uint32_t image_index)
{
    const struct flash_area *area = flash_map_area(manager->app->map, FLASH_SECONDARY, image_index);

    if (area == 0) {
        return IMAGE_MANAGER_BAD_SLOT;
    }
    if (is_in_use(manager, area, image_index, !manager->options.erases_pending)) {
        return IMAGE_MANAGER_BAD_STATE;
    }
    if (!is_blank(area) && flash_erase(area, 0u, area->size_bytes) != FLASH_OK) {
        return IMAGE_MANAGER_ERASE_FAILED;
    }
    if (!older_has(manager, IMAGE_MANAGER_OLDER_51798_ERASE_KEEPS_UPLOAD)) {
        manager->receives = false;
    }
    return IMAGE_MANAGER_OK;
}

/* ---- upload ---------------------------------------------------------------------------------- */

static bool resumes(const struct image_manager *manager, const struct image_upload_chunk *chunk)
{
    return manager->receives && manager->has_sha && chunk->sha != 0 &&
           chunk->image_index == manager->image_index &&
           memcmp(chunk->sha, manager->sha, IMAGE_MANAGER_SHA_BYTES) == 0;
}

static bool begins_with_magic(const struct image_upload_chunk *chunk)
{
    const uint8_t *bytes = chunk->bytes;
    uint32_t magic = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                     (uint32_t)bytes[3] << 24;

    return magic == IMAGE_MAGIC;
}

static enum image_manager_result begin(struct image_manager *manager, const struct flash_area *area,
                                       const struct image_upload_chunk *chunk)
{
    const struct image_manager_options *options = &manager->options;

    manager->receives = false;
    if (is_in_use(manager, area, chunk->image_index, true)) {
        return IMAGE_MANAGER_NO_FREE_SLOT;
    }
    if (options->erases_before_upload && !is_blank(area) &&
        erase_for(manager, area, chunk->total_bytes) != FLASH_OK) {
        return IMAGE_MANAGER_ERASE_FAILED;
    }
    if (image_writer_start(&manager->writer, area, 0u, options->writer, options->block_bytes,
                           !options->erases_before_upload) != FLASH_OK) {
        return IMAGE_MANAGER_WRITE_FAILED;
    }
    manager->receives = true;
    manager->image_index = chunk->image_index;
    manager->total_bytes = chunk->total_bytes;
    manager->offset_bytes = 0u;
    manager->has_sha = chunk->sha != 0;
    if (chunk->sha != 0) {
        memcpy(manager->sha, chunk->sha, IMAGE_MANAGER_SHA_BYTES);
    }
    return IMAGE_MANAGER_OK;
}

/* The first chunk is looked at before anything is touched. */
static enum image_manager_result inspect(struct image_manager *manager,
                                         const struct image_upload_chunk *chunk)
{
    const struct flash_area *area =
        flash_map_area(manager->app->map, FLASH_SECONDARY, chunk->image_index);

    if (area == 0) {
        return IMAGE_MANAGER_BAD_SLOT;
    }
    if (chunk->total_bytes == 0u) {
        return IMAGE_MANAGER_BAD_LENGTH;
    }
    if (chunk->byte_count < IMAGE_HEADER_BYTES) {
        return IMAGE_MANAGER_BAD_HEADER;
    }
    if (!begins_with_magic(chunk)) {
        return IMAGE_MANAGER_BAD_HEADER_MAGIC;
    }
    if (chunk->total_bytes > area->size_bytes) {
        return IMAGE_MANAGER_TOO_LARGE;
    }
    return resumes(manager, chunk) ? IMAGE_MANAGER_OK : begin(manager, area, chunk);
}

static enum image_manager_result take(struct image_manager *manager,
                                      const struct image_upload_chunk *chunk)
{
    int result;

    if (chunk->byte_count > manager->total_bytes - manager->offset_bytes) {
        manager->receives = false;
        return IMAGE_MANAGER_OVERRUN;
    }
    result = image_writer_write(&manager->writer, chunk->bytes, chunk->byte_count);
    if (result == FLASH_OK) {
        manager->offset_bytes += chunk->byte_count;
        if (manager->offset_bytes == manager->total_bytes) {
            manager->receives = false;
            result = image_writer_finish(&manager->writer);
        }
    }
    if (result != FLASH_OK) {
        manager->receives = false;
        return IMAGE_MANAGER_WRITE_FAILED;
    }
    return IMAGE_MANAGER_OK;
}

enum image_manager_result image_manager_upload(struct image_manager *manager,
                                               const struct image_upload_chunk *chunk,
                                               uint32_t *next_offset_bytes)
{
    enum image_manager_result result = IMAGE_MANAGER_OK;

    *next_offset_bytes = 0u;
    if (chunk->offset_bytes == 0u) {
        result = inspect(manager, chunk);
    }
    if (result == IMAGE_MANAGER_OK && manager->receives) {
        /* Another offset is no error: the client is told where to go on. */
        if (chunk->offset_bytes == manager->offset_bytes) {
            result = take(manager, chunk);
        }
        *next_offset_bytes = manager->offset_bytes;
    }
    return result;
}
