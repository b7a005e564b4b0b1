/*
 * spim.c: transactions over a SPIM with EasyDMA (nRF52840 PS v1.7, 6.25; registers from the SVD).
 *
 * One transaction is one script of register accesses where its chunks allow it. EasyDMA reads and
 * writes Data RAM alone, so a source in flash goes through a bounce buffer on the stack, chunk by
 * chunk, and each chunk has been sent before the next is copied.
 */
#include "spi_bus.h"

#include <stddef.h>

#define SPIM_TASKS_START 0x010u
#define SPIM_EVENTS_END 0x118u
#define SPIM_ENABLE 0x500u
#define SPIM_ENABLE_ENABLED 7u
#define SPIM_PSEL_SCK 0x508u
#define SPIM_PSEL_MOSI 0x50Cu
#define SPIM_PSEL_MISO 0x510u
#define SPIM_FREQUENCY 0x524u
#define SPIM_RXD_PTR 0x534u
#define SPIM_RXD_MAXCNT 0x538u
#define SPIM_TXD_PTR 0x544u
#define SPIM_TXD_MAXCNT 0x548u
#define SPIM_CONFIG 0x554u
#define SPIM_CONFIG_MODE_0 0u
#define SPIM_ORC 0x5C0u
#define SPIM_ORC_ONES 0xFFu

#define GPIO_OUTSET 0x508u
#define GPIO_OUTCLR 0x50Cu
#define GPIO_DIRSET 0x518u

#define DATA_RAM_MASK 0xE0000000u
#define DATA_RAM_BASE 0x20000000u

/* Undocumented, of the nRF52840: bit n keeps block n of Data RAM for the SPIM (devices.md 2.4). */
#define RAM_LOCK 0x40000E00u
#define RAM_LOCK_BLOCK_BITS 13u /* 8 KiB each... */
#define RAM_LOCK_LAST_BLOCK 8u  /* ...but the last, which is all from 64 KiB on */

/* CS# low, lock, two segments of one chunk each, CS# high, lock open, overhead. */
#define SCRIPT_STEPS_MAX 24u
#define CHUNK_STEPS 7u
#define CLOSING_STEPS 3u

struct spim_script {
    const struct boot_io *io;
    const struct spi_wiring *wiring;
    uint32_t step_count;
    struct io_step steps[SCRIPT_STEPS_MAX];
};

static void flush(struct spim_script *script)
{
    io_run_script(script->io, script->steps, script->step_count);
    script->step_count = 0u;
}

static void add_step(struct spim_script *script, enum io_step_kind kind, uint32_t address,
                     uint32_t value)
{
    struct io_step *step = &script->steps[script->step_count++];

    step->kind = kind;
    step->address = address;
    step->value = value;
    step->mask = value;
}

static void add_write(struct spim_script *script, uint32_t offset, uint32_t value)
{
    add_step(script, IO_STEP_WRITE, script->wiring->spim_base + offset, value);
}

static void drive_chip_select(struct spim_script *script, uint32_t set_or_clear)
{
    add_step(script, IO_STEP_WRITE, script->wiring->gpio_base + set_or_clear,
             1u << script->wiring->cs_pin);
}

static uint32_t ram_block_bit(const struct boot_io *io, const void *buffer)
{
    uint32_t block = (io_dma_address(io, buffer) - DATA_RAM_BASE) >> RAM_LOCK_BLOCK_BITS;

    return 1u << (block < RAM_LOCK_LAST_BLOCK ? block : RAM_LOCK_LAST_BLOCK);
}

/* The blocks that the segments are fetched from, and that of a bounce buffer: the stack. */
static void lock_ram_blocks(struct spim_script *script, const struct spi_segment *segments,
                            uint32_t segment_count)
{
    uint32_t blocks = ram_block_bit(script->io, script);

    for (uint32_t i = 0u; i < segment_count; ++i) {
        if (segments[i].tx != NULL && segments[i].byte_count != 0u) {
            const uint8_t *last = (const uint8_t *)segments[i].tx + segments[i].byte_count - 1u;

            blocks |= ram_block_bit(script->io, segments[i].tx) | ram_block_bit(script->io, last);
        }
    }
    add_step(script, IO_STEP_WRITE, RAM_LOCK, blocks);
}

static void close_transaction(struct spim_script *script)
{
    drive_chip_select(script, GPIO_OUTSET);
    if (script->wiring->lock_ram_blocks) {
        add_step(script, IO_STEP_WRITE, RAM_LOCK, 0u);
    }
    if (script->wiring->transaction_overhead_us != 0u) {
        add_step(script, IO_STEP_WAIT, 0u, script->wiring->transaction_overhead_us);
    }
}

static void note(const struct spim_script *script, enum io_rule rule, enum io_rule_effect effect,
                 uint32_t byte_count, const void *buffer)
{
    const struct io_rule_note entry = {.rule = rule,
                                       .effect = effect,
                                       .register_base = script->wiring->spim_base,
                                       .device_offset_bytes = IO_ADDRESS_NONE,
                                       .byte_count = byte_count,
                                       .buffer = buffer};

    io_note_rule(script->io, &entry);
}

/* A transfer without a pause: what MAXCNT holds, at most. */
static void add_transfer(struct spim_script *script, uint32_t tx_address, uint32_t tx_bytes,
                         uint32_t rx_address, uint32_t rx_bytes)
{
    if (script->step_count + CHUNK_STEPS + CLOSING_STEPS > SCRIPT_STEPS_MAX) {
        flush(script);
    }
    add_write(script, SPIM_TXD_PTR, tx_address);
    add_write(script, SPIM_TXD_MAXCNT, tx_bytes);
    add_write(script, SPIM_RXD_PTR, rx_address);
    add_write(script, SPIM_RXD_MAXCNT, rx_bytes);
    add_write(script, SPIM_EVENTS_END, 0u);
    add_write(script, SPIM_TASKS_START, 1u);
    add_step(script, IO_STEP_POLL, script->wiring->spim_base + SPIM_EVENTS_END, 1u);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Through the bounce buffer. The last chunk may be sent whole, with what was there before. */
static void add_bounced(struct spim_script *script, const struct spi_segment *segment,
                        uint32_t rx_address)
{
    const uint8_t *source = segment->tx;
    uint8_t bounce[SPI_BOUNCE_BYTES_MAX] = {0};
    uint32_t bounce_address = io_dma_address(script->io, bounce);

    for (uint32_t done = 0u; done < segment->byte_count;) {
        uint32_t chunk_bytes = smaller(segment->byte_count - done, script->wiring->bounce_bytes);
        uint32_t sent_bytes =
            script->wiring->stale_last_chunk ? script->wiring->bounce_bytes : chunk_bytes;

        for (uint32_t i = 0u; i < chunk_bytes; ++i) {
            bounce[i] = source[done + i];
        }
        if (sent_bytes > chunk_bytes) {
            note(script, IO_RULE_STALE_CHUNK, IO_EFFECT_PROGRAMMED_BEYOND, sent_bytes - chunk_bytes,
                 segment->tx);
        }
        add_transfer(script, bounce_address, sent_bytes,
                     segment->rx == NULL ? 0u : rx_address + done,
                     segment->rx == NULL ? 0u : chunk_bytes);
        flush(script); /* `bounce` is filled anew */
        done += chunk_bytes;
    }
}

static void add_direct(struct spim_script *script, const struct spi_segment *segment,
                       uint32_t tx_address, uint32_t rx_address)
{
    for (uint32_t done = 0u; done < segment->byte_count;) {
        uint32_t chunk_bytes =
            smaller(segment->byte_count - done, script->wiring->max_transfer_bytes);

        add_transfer(script, segment->tx == NULL ? 0u : tx_address + done,
                     segment->tx == NULL ? 0u : chunk_bytes,
                     segment->rx == NULL ? 0u : rx_address + done,
                     segment->rx == NULL ? 0u : chunk_bytes);
        done += chunk_bytes;
    }
}

static bool is_reachable(const struct spi_wiring *wiring, uint32_t address)
{
    if (wiring->unchecked_pointers) {
        return address != IO_ADDRESS_NONE;
    }
    return (address & DATA_RAM_MASK) == DATA_RAM_BASE;
}

static int add_segment(struct spim_script *script, const struct spi_segment *segment)
{
    const struct spi_wiring *wiring = script->wiring;
    uint32_t tx_address = segment->tx == NULL ? 0u : io_dma_address(script->io, segment->tx);
    uint32_t rx_address = segment->rx == NULL ? 0u : io_dma_address(script->io, segment->rx);
    bool one_in = segment->rx != NULL && segment->byte_count == 1u;

    if (segment->byte_count == 0u) {
        return FLASH_OK;
    }
    if (one_in && wiring->refuse_one_byte_receive) {
        note(script, IO_RULE_ONE_BYTE_RECEIVE, IO_EFFECT_REFUSED, 1u, segment->rx);
        return FLASH_EIO;
    }
    if (segment->rx != NULL && !is_reachable(wiring, rx_address)) {
        note(script, IO_RULE_DMA_RAM_ONLY, IO_EFFECT_REFUSED, segment->byte_count, segment->rx);
        return FLASH_EIO;
    }
    if (segment->tx == NULL || is_reachable(wiring, tx_address)) {
        add_direct(script, segment, tx_address, rx_address);
        return FLASH_OK;
    }
    if (wiring->bounce_bytes == 0u) {
        note(script, IO_RULE_DMA_RAM_ONLY, IO_EFFECT_REFUSED, segment->byte_count, segment->tx);
        return FLASH_EIO;
    }
    add_bounced(script, segment, rx_address);
    return FLASH_OK;
}

/* Zero if no SPIM is that slow. */
static uint32_t frequency_code(uint32_t frequency_hz)
{
    static const struct {
        uint32_t hz;
        uint32_t code;
    } frequencies[] = {{32000000u, 0x14000000u}, {16000000u, 0x0A000000u}, {8000000u, 0x80000000u},
                       {4000000u, 0x40000000u},  {2000000u, 0x20000000u},  {1000000u, 0x10000000u},
                       {500000u, 0x08000000u},   {250000u, 0x04000000u},   {125000u, 0x02000000u}};

    for (uint32_t i = 0u; i < sizeof frequencies / sizeof frequencies[0]; ++i) {
        if (frequencies[i].hz <= frequency_hz) {
            return frequencies[i].code;
        }
    }
    return 0u;
}

int spi_bus_start(const struct boot_io *io, const struct spi_wiring *wiring)
{
    uint32_t frequency = frequency_code(wiring->frequency_hz);
    struct spim_script script;

    if (frequency == 0u || wiring->cs_pin > 31u || wiring->max_transfer_bytes == 0u ||
        wiring->bounce_bytes > SPI_BOUNCE_BYTES_MAX ||
        wiring->bounce_bytes > wiring->max_transfer_bytes) {
        return FLASH_EINVAL;
    }
    script.io = io;
    script.wiring = wiring;
    script.step_count = 0u;
    drive_chip_select(&script, GPIO_OUTSET); /* before the pin becomes an output */
    drive_chip_select(&script, GPIO_DIRSET);
    add_write(&script, SPIM_PSEL_SCK, wiring->sck_pin);
    add_write(&script, SPIM_PSEL_MOSI, wiring->mosi_pin);
    add_write(&script, SPIM_PSEL_MISO, wiring->miso_pin);
    add_write(&script, SPIM_FREQUENCY, frequency);
    add_write(&script, SPIM_CONFIG, SPIM_CONFIG_MODE_0);
    add_write(&script, SPIM_ORC, SPIM_ORC_ONES);
    add_write(&script, SPIM_ENABLE, SPIM_ENABLE_ENABLED);
    flush(&script);
    return FLASH_OK;
}

static int begin_transaction(struct spim_script *script, const struct boot_io *io,
                             const struct spi_wiring *wiring, const struct spi_segment *segments,
                             uint32_t segment_count)
{
    int result = FLASH_OK;

    script->io = io;
    script->wiring = wiring;
    script->step_count = 0u;
    drive_chip_select(script, GPIO_OUTCLR);
    if (wiring->lock_ram_blocks) {
        lock_ram_blocks(script, segments, segment_count);
    }
    for (uint32_t i = 0u; i < segment_count && result == FLASH_OK; ++i) {
        result = add_segment(script, &segments[i]);
    }
    close_transaction(script);
    return result;
}

int spi_bus_transceive(const struct boot_io *io, const struct spi_wiring *wiring,
                       const struct spi_segment *segments, uint32_t segment_count)
{
    struct spim_script script;
    int result = begin_transaction(&script, io, wiring, segments, segment_count);

    flush(&script);
    return result;
}

/* 0: for ever. */
static uint32_t polls_in(const struct spi_wiring *wiring, const struct spi_poll *poll)
{
    uint32_t bits = 8u * (poll->command_bytes + 1u);
    uint32_t wire_us = (bits * 1000u) / (wiring->frequency_hz / 1000u);
    uint32_t poll_us = wire_us + wiring->transaction_overhead_us + poll->interval_us;

    return poll->timeout_us == 0u ? 0u : poll->timeout_us / (poll_us == 0u ? 1u : poll_us) + 1u;
}

int spi_bus_poll(const struct boot_io *io, const struct spi_wiring *wiring,
                 const struct spi_poll *poll)
{
    uint8_t status = (uint8_t)~poll->expected;
    const struct spi_segment segments[] = {
        {.tx = poll->command, .rx = NULL, .byte_count = poll->command_bytes},
        {.tx = NULL, .rx = &status, .byte_count = 1u}};
    struct spim_script script;
    int result = begin_transaction(&script, io, wiring, segments, 2u);

    if (result != FLASH_OK) {
        flush(&script);
        return result;
    }
    if (poll->interval_us != 0u) {
        add_step(&script, IO_STEP_WAIT, 0u, poll->interval_us);
    }
    return io_repeat_script(io, script.steps, script.step_count, &status, poll->mask,
                            poll->expected, polls_in(wiring, poll))
               ? FLASH_OK
               : FLASH_EIO;
}
