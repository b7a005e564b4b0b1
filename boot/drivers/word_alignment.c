/*
 * word_alignment.c: see word_alignment.h.
 */
#include "word_alignment.h"

#include <boot/mem.h>

#define WORD_BYTES 4u
#define WORD_MASK (WORD_BYTES - 1u)
#define COPY_BYTES 64u /* one piece through an aligned buffer on the stack */

static bool is_aligned(uint32_t device_offset_bytes, const void *buffer, uint32_t byte_count)
{
    return ((device_offset_bytes | byte_count | (uint32_t)(uintptr_t)buffer) & WORD_MASK) == 0u;
}

static void note(const struct flash_device *device, enum io_rule_effect effect,
                 uint32_t device_offset_bytes, uint32_t byte_count, const void *buffer)
{
    const struct io_rule_note entry = {.rule = IO_RULE_WORD_ALIGNMENT,
                                       .effect = effect,
                                       .register_base = device->register_base,
                                       .device_offset_bytes = device_offset_bytes,
                                       .byte_count = byte_count,
                                       .buffer = buffer};

    if (byte_count != 0u) {
        io_note_rule(device->io, &entry);
    }
}

/* What of [offset, offset + count) lies in a transfer of `done` bytes from the word below. */
static void note_lost(const struct flash_device *device, uint32_t offset, uint32_t byte_count,
                      const void *buffer)
{
    uint32_t done = byte_count & ~WORD_MASK;
    uint32_t end = (offset & ~WORD_MASK) + done;
    uint32_t lost = offset + byte_count - (end > offset ? end : offset);
    bool shifted = ((offset | (uint32_t)(uintptr_t)buffer) & WORD_MASK) != 0u;

    if (shifted && done != 0u) {
        note(device, IO_EFFECT_LOST, offset, byte_count, buffer); /* none is where it should be */
        return;
    }
    note(device, IO_EFFECT_LOST, offset + byte_count - lost, lost, buffer);
}

/* Piece of a request that fits the buffer and ends on a word unless it is the last one. */
static uint32_t piece_bytes_at(uint32_t offset, uint32_t byte_count)
{
    uint32_t room = COPY_BYTES - (offset & WORD_MASK);

    return byte_count < room ? byte_count : room;
}

static int read_in_words(const struct flash_device *device, const struct word_transfers *transfers,
                         uint32_t offset, uint8_t *destination, uint32_t byte_count)
{
    uint32_t words[COPY_BYTES / WORD_BYTES];

    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t at = offset + done;
        uint32_t head = at & WORD_MASK;
        uint32_t piece = piece_bytes_at(at, byte_count - done);
        uint32_t span = (head + piece + WORD_MASK) & ~WORD_MASK;
        int result = transfers->read(device, at - head, words, span);

        if (result != FLASH_OK) {
            return result;
        }
        memcpy(destination + done, (const uint8_t *)words + head, piece);
        done += piece;
    }
    return FLASH_OK;
}

static int write_in_words(const struct flash_device *device, const struct word_transfers *transfers,
                          uint32_t offset, const uint8_t *source, uint32_t byte_count)
{
    uint32_t words[COPY_BYTES / WORD_BYTES];

    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t at = offset + done;
        uint32_t head = at & WORD_MASK;
        uint32_t piece = piece_bytes_at(at, byte_count - done);
        uint32_t span = (head + piece + WORD_MASK) & ~WORD_MASK;
        int result = FLASH_OK;

        if (span != piece) {
            result = transfers->read(device, at - head, words, span);
            note(device, IO_EFFECT_PROGRAMMED_TWICE, at - head, head, source);
            note(device, IO_EFFECT_PROGRAMMED_TWICE, at + piece, span - head - piece, source);
        }
        if (result != FLASH_OK) {
            return result;
        }
        memcpy((uint8_t *)words + head, source + done, piece);
        result = transfers->write(device, at - head, words, span);
        if (result != FLASH_OK) {
            return result;
        }
        done += piece;
    }
    return FLASH_OK;
}

int word_aligned_read(const struct flash_device *device, enum word_alignment policy,
                      const struct word_transfers *transfers, uint32_t device_offset_bytes,
                      void *destination, uint32_t byte_count)
{
    uint8_t *bytes = destination;

    if (policy == WORD_ALIGNMENT_OFF || is_aligned(device_offset_bytes, bytes, byte_count)) {
        return transfers->read(device, device_offset_bytes, bytes, byte_count);
    }
    if (policy == WORD_ALIGNMENT_READ_MODIFY_WRITE || policy == WORD_ALIGNMENT_ROUND_WRITES) {
        return read_in_words(device, transfers, device_offset_bytes, bytes, byte_count);
    }
    if (policy == WORD_ALIGNMENT_REFUSE) {
        note(device, IO_EFFECT_REFUSED, device_offset_bytes, byte_count, bytes);
        return FLASH_EINVAL;
    }
    note_lost(device, device_offset_bytes, byte_count, bytes);
    if (byte_count < WORD_BYTES) {
        return FLASH_OK;
    }
    return transfers->read(device, device_offset_bytes & ~WORD_MASK,
                           bytes - ((uintptr_t)bytes & WORD_MASK), byte_count & ~WORD_MASK);
}

int word_aligned_write(const struct flash_device *device, enum word_alignment policy,
                       const struct word_transfers *transfers, uint32_t device_offset_bytes,
                       const void *source, uint32_t byte_count)
{
    const uint8_t *bytes = source;

    if (policy == WORD_ALIGNMENT_OFF || is_aligned(device_offset_bytes, bytes, byte_count)) {
        return transfers->write(device, device_offset_bytes, bytes, byte_count);
    }
    if (policy == WORD_ALIGNMENT_READ_MODIFY_WRITE) {
        return write_in_words(device, transfers, device_offset_bytes, bytes, byte_count);
    }
    if (policy == WORD_ALIGNMENT_REFUSE) {
        note(device, IO_EFFECT_REFUSED, device_offset_bytes, byte_count, bytes);
        return FLASH_EINVAL;
    }
    note_lost(device, device_offset_bytes, byte_count, bytes);
    if (byte_count < WORD_BYTES) {
        return FLASH_OK;
    }
    return transfers->write(device, device_offset_bytes & ~WORD_MASK,
                            bytes - ((uintptr_t)bytes & WORD_MASK), byte_count & ~WORD_MASK);
}
