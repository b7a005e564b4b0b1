/*
 * spi_bus.h: transactions with a part behind a SPIM, chip select by a GPIO.
 *
 * A transaction is: CS# low, its segments one after the other, CS# high, then the overhead of the
 * wiring. CS# stays low between segments and chunks; SCK pauses.
 */
#ifndef BOOT_DRIVERS_SPI_BUS_H
#define BOOT_DRIVERS_SPI_BUS_H

#include <boot/driver_options.h>
#include <boot/flash.h>

#ifdef __cplusplus
extern "C" {
#endif

struct spi_segment {
    const void *tx; /* NULL: 0xFF is sent                  */
    void *rx;       /* NULL: what comes in is thrown away  */
    uint32_t byte_count;
};

/* Pins, mode 0, frequency; CS# high. FLASH_EINVAL: a wiring that no SPIM can have. */
int spi_bus_start(const struct boot_io *io, const struct spi_wiring *wiring);

/* FLASH_EIO: a buffer is not in RAM and cannot be bounced, or the wiring refuses the transfer;
 * segments before it went out, CS# is high again. */
int spi_bus_transceive(const struct boot_io *io, const struct spi_wiring *wiring,
                       const struct spi_segment *segments, uint32_t segment_count);

/* Repeats the transaction `command`, one byte in, until (byte & mask) == expected. FLASH_EIO: it
 * cannot be sent, or not so after `timeout_us` (0: never gives up). There is no clock in boot/:
 * time-outs are counted in polls, each taken to last its bytes, the overhead and `interval_us`. */
struct spi_poll {
    const void *command; /* in RAM */
    uint32_t command_bytes;
    uint8_t mask;
    uint8_t expected;
    uint32_t interval_us;
    uint32_t timeout_us;
};
int spi_bus_poll(const struct boot_io *io, const struct spi_wiring *wiring,
                 const struct spi_poll *poll);

#ifdef __cplusplus
}
#endif

#endif
