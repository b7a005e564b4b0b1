/*
 * image_writer.c: blocks into a slot, in the order in which applications of the field write them.
 */
#include <boot/mem.h>
#include <boot/upload.h>

#define NO_PAGE 0xFFFFFFFFu

/* Magic, image_ok and copy_done with 8-byte alignment: the page that holds the lowest of them. */
#define TRAILER_FLAGS_BYTES (16u + 2u * 8u)

int image_writer_start(struct image_writer *writer, const struct flash_area *area,
                       uint32_t offset_bytes, enum image_writer_kind kind, uint32_t block_bytes,
                       bool progressive)
{
    struct flash_sector first;

    if (block_bytes == 0u || block_bytes > IMAGE_WRITER_BLOCK_MAX ||
        block_bytes % flash_write_unit(area) != 0u || offset_bytes % flash_write_unit(area) != 0u ||
        flash_sector_at(area, offset_bytes, &first) != FLASH_OK) {
        return FLASH_EINVAL;
    }
    writer->area = area;
    writer->kind = kind;
    writer->erases_progressively = progressive;
    writer->block_bytes = block_bytes;
    writer->written_bytes = offset_bytes;
    writer->buffered_bytes = 0u;
    writer->erased_page = NO_PAGE;
    writer->erased_to_bytes = first.offset_bytes;
    return FLASH_OK;
}

static int erase_page_of(struct image_writer *writer, uint32_t offset_bytes)
{
    struct flash_sector page;
    int result = flash_sector_at(writer->area, offset_bytes, &page);

    if (result != FLASH_OK || page.offset_bytes == writer->erased_page) {
        return result;
    }
    result = flash_erase(writer->area, page.offset_bytes, page.size_bytes);
    if (result == FLASH_OK) {
        writer->erased_page = page.offset_bytes;
        writer->erased_to_bytes = page.offset_bytes + page.size_bytes;
    }
    return result;
}

/* Every page up to and with the one that holds `last_byte`, none twice. */
static int erase_through(struct image_writer *writer, uint32_t last_byte)
{
    int result = FLASH_OK;

    while (result == FLASH_OK && writer->erased_to_bytes <= last_byte) {
        result = erase_page_of(writer, writer->erased_to_bytes);
    }
    return result;
}

static int erase_for_block(struct image_writer *writer, uint32_t byte_count)
{
    uint32_t end_bytes = writer->written_bytes + byte_count;

    if (!writer->erases_progressively) {
        return FLASH_OK;
    }
    switch (writer->kind) {
    case IMAGE_WRITER_FLASH_IMG:
        /* A block that straddles two pages leaves the first as it is. */
        return erase_page_of(writer, end_bytes - 1u);
    case IMAGE_WRITER_FLASH_IMG_V1:
        /* One page ahead: when a block ends a page the next is erased already. */
        return erase_through(writer,
                             end_bytes < writer->area->size_bytes ? end_bytes : end_bytes - 1u);
    case IMAGE_WRITER_STREAM:
        return erase_through(writer, end_bytes - 1u);
    }
    return FLASH_EINVAL;
}

static int reads_back(const struct image_writer *writer, uint32_t offset_bytes, uint32_t byte_count)
{
    uint8_t stored[64];

    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t chunk = byte_count - done < sizeof stored ? byte_count - done : sizeof stored;
        int result = flash_read(writer->area, offset_bytes + done, stored, chunk);

        if (result != FLASH_OK) {
            return result;
        }
        if (memcmp(stored, writer->buffer + done, chunk) != 0) {
            return FLASH_EIO;
        }
        done += chunk;
    }
    return FLASH_OK;
}

static int write_block(struct image_writer *writer, uint32_t byte_count)
{
    uint32_t offset_bytes = writer->written_bytes;
    int result;

    if (byte_count > writer->area->size_bytes - offset_bytes) {
        return FLASH_EINVAL;
    }
    result = erase_for_block(writer, byte_count);
    if (result == FLASH_OK) {
        result = flash_write(writer->area, offset_bytes, writer->buffer, byte_count);
    }
    if (result == FLASH_OK && writer->kind == IMAGE_WRITER_FLASH_IMG_V1) {
        result = reads_back(writer, offset_bytes, byte_count);
    }
    if (result == FLASH_OK) {
        writer->written_bytes += byte_count;
        writer->buffered_bytes = 0u;
    }
    return result;
}

int image_writer_write(struct image_writer *writer, const uint8_t *bytes, uint32_t byte_count)
{
    if (writer->area == 0) {
        return FLASH_EINVAL;
    }
    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t room = writer->block_bytes - writer->buffered_bytes;
        uint32_t taken = byte_count - done < room ? byte_count - done : room;

        memcpy(writer->buffer + writer->buffered_bytes, bytes + done, taken);
        writer->buffered_bytes += taken;
        done += taken;
        if (writer->buffered_bytes == writer->block_bytes) {
            int result = write_block(writer, writer->block_bytes);

            if (result != FLASH_OK) {
                return result;
            }
        }
    }
    return FLASH_OK;
}

static int write_rest(struct image_writer *writer)
{
    uint32_t unit = flash_write_unit(writer->area);
    uint32_t padded = (writer->buffered_bytes + unit - 1u) / unit * unit;

    if (writer->buffered_bytes == 0u) {
        return FLASH_OK;
    }
    if (writer->kind == IMAGE_WRITER_FLASH_IMG_V1) {
        padded = writer->block_bytes;
    }
    memset(writer->buffer + writer->buffered_bytes, flash_erased_value(writer->area),
           padded - writer->buffered_bytes);
    return write_block(writer, padded);
}

int image_writer_finish(struct image_writer *writer)
{
    const struct flash_area *area = writer->area;
    int result;

    if (area == 0) {
        return FLASH_EINVAL;
    }
    result = write_rest(writer);
    if (result == FLASH_OK && writer->erases_progressively) {
        result = erase_page_of(writer, area->size_bytes - TRAILER_FLAGS_BYTES);
    }
    writer->area = 0;
    return result;
}
