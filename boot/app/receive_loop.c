/*
 * receive_loop.c: how an application receives an image, as it should be and as found in the field.
 */
#include "receive_loop.h"

#include "uart_receiver.h"

#include <boot/netcore.h>

/* A sender that is silent for so long has gone. */
#define GIVE_UP_US 2000000u

struct upload {
    const struct upload_order *order;
    struct upload_memory *memory;
    struct uart_receiver receiver;
    uint32_t chunk_bytes; /* what the loop takes for the size of a full chunk */
    uint32_t taken_bytes; /* handed to the writer */
    uint32_t seen_bytes;  /* received, whatever became of them */
};

/* Has the loop any of these? */
static bool has(const struct upload *upload, uint32_t faults)
{
    return (upload->order->faults & faults) != 0u;
}

static int take(struct upload *upload, const struct uart_chunk *chunk)
{
    const uint8_t *bytes = upload->memory->received;
    uint32_t byte_count = chunk->byte_count;
    int result;

    if (!has(upload, UPLOAD_IGNORES_EVENT_OFFSET)) {
        bytes += chunk->offset_bytes;
    }
    if (has(upload, UPLOAD_DROPS_PARTIAL_BLOCK)) {
        byte_count -= byte_count % upload->order->block_bytes;
    }
    result = image_writer_write(&upload->memory->writer, bytes, byte_count);
    if (result == FLASH_OK) {
        upload->taken_bytes += byte_count;
        upload->seen_bytes += chunk->byte_count;
    }
    return result;
}

static bool is_complete(const struct upload *upload)
{
    if (has(upload, UPLOAD_ASKS_TOO_EARLY) && upload->taken_bytes % upload->chunk_bytes != 0u) {
        return true;
    }
    return upload->seen_bytes >= upload->order->byte_count;
}

static int receive_all(struct upload *upload)
{
    uart_receiver_start(&upload->receiver);
    while (!is_complete(upload)) {
        struct uart_chunk chunk;
        int result;

        if (!uart_receiver_next(&upload->receiver, &chunk, GIVE_UP_US)) {
            return FLASH_EIO;
        }
        result = take(upload, &chunk);
        if (result != FLASH_OK) {
            return result;
        }
    }
    return image_writer_finish(&upload->memory->writer);
}

int app_upload(const struct app_context *app, const struct upload_order *order,
               struct upload_memory *memory)
{
    const struct flash_area *area = flash_map_area_by_id(app->map, order->area_id);
    uint32_t window_count;
    struct upload upload = {.order = order, .memory = memory};
    int result;

    if (area == 0 || order->buffer_bytes < 2u || order->buffer_bytes > UPLOAD_BUFFER_BYTES) {
        return FLASH_EINVAL;
    }
    result = image_writer_start(&memory->writer, area, order->offset_bytes, order->writer,
                                order->block_bytes, order->progressive);
    if (result == FLASH_OK && !order->progressive) {
        result = flash_erase(area, 0u, area->size_bytes);
    }
    if (result != FLASH_OK) {
        return result;
    }
    window_count = has(&upload, UPLOAD_TRUNCATES_TO_16_BITS | UPLOAD_REUSES_BUFFER) ? 1u : 2u;
    upload.receiver = (struct uart_receiver){
        .io = app->io,
        .base = order->uart_base,
        .buffer = memory->received,
        .window_bytes = has(&upload, UPLOAD_TRUNCATES_TO_16_BITS)
                            ? UPLOAD_CLAIMED_BYTES
                            : order->buffer_bytes / window_count,
        .window_count = window_count,
        .idle_timeout_us = order->idle_timeout_us,
    };
    upload.chunk_bytes = upload.receiver.window_bytes & 0xFFFFu;
    result = receive_all(&upload);
    if (result == FLASH_OK && order->serial_recovery && app->config->netcore != 0) {
        result = netcore_serial_uploaded(
            app->io, app->config->netcore, area,
            NETCORE_SERIAL_SLOT_NUMBER(area->image_index, area->role == FLASH_SECONDARY));
    }
    if (result == FLASH_OK && order->then_request) {
        result = app_set_next(app, area, false, order->then_permanent);
    }
    return result;
}
