/*
 * uart_receiver.c: UARTE reception (registers: nRF52840 SVD).
 */
#include "uart_receiver.h"

#define UARTE_TASKS_STARTRX 0x000u
#define UARTE_TASKS_STOPRX 0x004u
#define UARTE_EVENTS_RXDRDY 0x108u
#define UARTE_EVENTS_ENDRX 0x110u
#define UARTE_ENABLE 0x500u
#define UARTE_ENABLE_ENABLED 8u
#define UARTE_RXD_PTR 0x534u
#define UARTE_RXD_MAXCNT 0x538u
#define UARTE_RXD_AMOUNT 0x53Cu

static void write_register(const struct uart_receiver *receiver, uint32_t offset, uint32_t value)
{
    io_write32(receiver->io, receiver->base + offset, value);
}

/* Into the current window from `offset_bytes` on. */
static void receive(struct uart_receiver *receiver, uint32_t offset_bytes)
{
    uint8_t *destination = receiver->buffer + receiver->window_start_bytes + offset_bytes;

    receiver->offset_bytes = offset_bytes;
    write_register(receiver, UARTE_EVENTS_ENDRX, 0u);
    write_register(receiver, UARTE_EVENTS_RXDRDY, 0u);
    write_register(receiver, UARTE_RXD_PTR, io_dma_address(receiver->io, destination));
    write_register(receiver, UARTE_RXD_MAXCNT, receiver->window_bytes - offset_bytes);
    write_register(receiver, UARTE_TASKS_STARTRX, 1u);
}

void uart_receiver_start(struct uart_receiver *receiver)
{
    write_register(receiver, UARTE_ENABLE, UARTE_ENABLE_ENABLED);
    receiver->window_start_bytes = 0u;
    receive(receiver, 0u);
}

static void receive_into_next_window(struct uart_receiver *receiver)
{
    receiver->window_start_bytes += receiver->window_bytes;
    if (receiver->window_start_bytes >= receiver->window_count * receiver->window_bytes) {
        receiver->window_start_bytes = 0u;
    }
    receive(receiver, 0u);
}

static bool wait_for(const struct uart_receiver *receiver, uint32_t event, uint32_t timeout_us)
{
    return io_poll32(receiver->io, receiver->base + event, 1u, 1u, timeout_us);
}

/* True: ended by itself; false: the line went idle after at least one byte. */
static bool wait_until_full(const struct uart_receiver *receiver)
{
    while (!wait_for(receiver, UARTE_EVENTS_ENDRX, receiver->idle_timeout_us)) {
        if (io_read32(receiver->io, receiver->base + UARTE_EVENTS_RXDRDY) == 0u) {
            return false;
        }
        write_register(receiver, UARTE_EVENTS_RXDRDY, 0u);
    }
    return true;
}

bool uart_receiver_next(struct uart_receiver *receiver, struct uart_chunk *chunk,
                        uint32_t give_up_us)
{
    bool full;

    if (!wait_for(receiver, UARTE_EVENTS_RXDRDY, give_up_us)) {
        return false;
    }
    full = wait_until_full(receiver);
    if (!full) {
        write_register(receiver, UARTE_TASKS_STOPRX, 1u);
        (void)wait_for(receiver, UARTE_EVENTS_ENDRX, 0u);
    }
    chunk->offset_bytes = receiver->window_start_bytes + receiver->offset_bytes;
    chunk->byte_count = io_read32(receiver->io, receiver->base + UARTE_RXD_AMOUNT);
    if (full) {
        receive_into_next_window(receiver);
    } else {
        receive(receiver, receiver->offset_bytes + chunk->byte_count);
    }
    return true;
}
