/*
 * uart_receiver.h: reception over a UARTE by EasyDMA, as chunks with offset and length.
 */
#ifndef BOOT_APP_UART_RECEIVER_H
#define BOOT_APP_UART_RECEIVER_H

#include <boot/io.h>

struct uart_receiver {
    const struct boot_io *io;
    uint32_t base;
    uint8_t *buffer;
    uint32_t window_bytes; /* DMA fills one window while the firmware works on another;
                              given to the hardware unchecked */
    uint32_t window_count; /* 1: the same bytes are handed back at once */
    uint32_t idle_timeout_us;
    uint32_t window_start_bytes; /* in the buffer: the window that is being filled... */
    uint32_t offset_bytes;       /* ...and where in it the next chunk begins            */
};

/* Bytes of one reception event: `offset_bytes` in the buffer. */
struct uart_chunk {
    uint32_t offset_bytes;
    uint32_t byte_count;
};

/* Starts to receive into the first window. The hardware keeps 16 bits of the length and nobody
 * checks (zephyr #46797). */
void uart_receiver_start(struct uart_receiver *receiver);

/* Waits for the next chunk: the window is full, or the line was idle for the timeout after at least
 * one byte. Reception then goes on at once: in the next window, or behind the chunk. What the chunk
 * holds is valid until its window is filled again. False: nothing came for `give_up_us`. */
bool uart_receiver_next(struct uart_receiver *receiver, struct uart_chunk *chunk,
                        uint32_t give_up_us);

#endif
