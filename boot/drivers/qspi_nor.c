/*
 * qspi_nor.c: a SPI NOR flash behind the QSPI of an nRF52840 or nRF5340, 3-byte addresses
 * (nRF52840 PS, QSPI; registers from the SVD).
 *
 * The peripheral splits writes into pages, sends WREN and waits for WIP before it starts something;
 * that a write or erase has ended is asked with a status read that waits for WIP. It moves whole
 * words between word-aligned addresses of flash and Data RAM (word_alignment.h).
 */
#include "drivers.h"
#include "word_alignment.h"

#include <boot/mem.h>

#include <stddef.h>

#define QSPI_TASKS_ACTIVATE 0x000u
#define QSPI_TASKS_READSTART 0x004u
#define QSPI_TASKS_WRITESTART 0x008u
#define QSPI_TASKS_ERASESTART 0x00Cu
#define QSPI_EVENTS_READY 0x100u
#define QSPI_ENABLE 0x500u
#define QSPI_READ_SRC 0x504u
#define QSPI_READ_DST 0x508u
#define QSPI_READ_CNT 0x50Cu
#define QSPI_WRITE_DST 0x510u
#define QSPI_WRITE_SRC 0x514u
#define QSPI_WRITE_CNT 0x518u
#define QSPI_ERASE_PTR 0x51Cu
#define QSPI_ERASE_LEN 0x520u
#define QSPI_ERASE_LEN_4K 0u
#define QSPI_ERASE_LEN_64K 1u
#define QSPI_IFCONFIG0 0x544u
#define QSPI_IFCONFIG0_PPSIZE_512 (1u << 12)
#define QSPI_IFCONFIG0_121 (1u << 16)
#define QSPI_IFCONFIG0_121_DIV1 (1u << 17)
#define QSPI_IFCONFIG1 0x600u
#define QSPI_IFCONFIG1_RESET 0x00040480u
#define QSPI_CINSTRCONF 0x634u
#define QSPI_CINSTR_HIGH_IO2_IO3 (3u << 12)
#define QSPI_CINSTR_WIPWAIT (1u << 14)
#define QSPI_CINSTR_WREN (1u << 15)
#define QSPI_CINSTRDAT0 0x638u
#define QSPI_IFTIMING 0x640u
#define QSPI_IFTIMING_RXDELAY_6 (6u << 8)

#define NOR_WRITE_STATUS 0x01u
#define NOR_READ_STATUS 0x05u
#define NOR_READ_CONFIGURATION 0x15u /* MX25R: two bytes */
#define NOR_CONFIGURATION_LH (0x02u << 8)
#define NOR_READ_STATUS_2 0x35u
#define NOR_READ_ID 0x9Fu
#define NOR_RELEASE_POWER_DOWN 0xABu
#define NOR_RELEASE_US 35u /* tRES1 of the MX25R, the slowest */
#define NOR_STATUS_QE_S1B6 0x40u
#define NOR_STATUS_QE_S2B1 0x02u

#define NOR_ADDRESSES_END 0x1000000u /* 3 bytes of address */
#define NOR_BLOCK_BYTES (64u * 1024u)
#define NOR_SECTOR_BYTES 4096u
#define TRANSFER_BYTES_MAX 0x10000u /* CNT of the nRF52840 holds 18 bits */
#define DIVIDER_MAX 16u
#define READ_MODES 5u
#define WRITE_MODES 4u
#define FIRST_QUAD_READ_MODE 3u
#define FIRST_QUAD_WRITE_MODE 2u

#define DATA_RAM_MASK 0xE0000000u
#define DATA_RAM_BASE 0x20000000u

#define STEPS_MAX 8u

/* Registers set, then a task and its READY event, in one script. */
struct qspi_script {
    const struct flash_device *device;
    uint32_t step_count;
    struct io_step steps[STEPS_MAX];
};

static const struct qspi_nor_options *options_of(const struct flash_device *device)
{
    return device->options;
}

static void set_register(struct qspi_script *script, uint32_t offset, uint32_t value)
{
    struct io_step *step = &script->steps[script->step_count++];

    step->kind = IO_STEP_WRITE;
    step->address = script->device->register_base + offset;
    step->value = value;
    step->mask = 0u;
}

/* `offset` is what starts the operation: a task, or CINSTRCONF. */
static void run_until_ready(struct qspi_script *script, uint32_t offset, uint32_t value)
{
    uint32_t overhead_us = options_of(script->device)->transaction_overhead_us;
    struct io_step *poll;

    set_register(script, QSPI_EVENTS_READY, 0u);
    set_register(script, offset, value);
    poll = &script->steps[script->step_count++];
    poll->kind = IO_STEP_POLL;
    poll->address = script->device->register_base + QSPI_EVENTS_READY;
    poll->value = 1u;
    poll->mask = 1u;
    io_run_script(script->device->io, script->steps, script->step_count);
    if (overhead_us != 0u) {
        io_wait_us(script->device->io, overhead_us);
    }
}

/* A custom instruction: `length` counts the opcode and up to four bytes of `data`, which come back
 * as what the part answered. */
static uint32_t instruct(const struct flash_device *device, uint8_t opcode, uint32_t length,
                         uint32_t data, uint32_t flags)
{
    struct qspi_script script = {.device = device, .step_count = 0u};

    set_register(&script, QSPI_CINSTRDAT0, data);
    run_until_ready(&script, QSPI_CINSTRCONF,
                    opcode | length << 8 | QSPI_CINSTR_HIGH_IO2_IO3 | flags);
    return length > 1u ? io_read32(device->io, device->register_base + QSPI_CINSTRDAT0) : 0u;
}

/* A status read that the peripheral holds back until WIP is clear. */
static void wait_idle(const struct flash_device *device)
{
    (void)instruct(device, NOR_READ_STATUS, 2u, 0u, QSPI_CINSTR_WIPWAIT);
}

static void enable_quad(const struct flash_device *device)
{
    uint32_t status = instruct(device, NOR_READ_STATUS, 2u, 0u, 0u) & 0xFFu;

    if (options_of(device)->quad_enable == QSPI_QUAD_ENABLE_S1B6) {
        if ((status & NOR_STATUS_QE_S1B6) == 0u) {
            (void)instruct(device, NOR_WRITE_STATUS, 2u, status | NOR_STATUS_QE_S1B6,
                           QSPI_CINSTR_WREN | QSPI_CINSTR_WIPWAIT);
        }
    } else {
        uint32_t second = instruct(device, NOR_READ_STATUS_2, 2u, 0u, 0u) & 0xFFu;

        if ((second & NOR_STATUS_QE_S2B1) == 0u) {
            (void)instruct(device, NOR_WRITE_STATUS, 3u,
                           status | (second | NOR_STATUS_QE_S2B1) << 8,
                           QSPI_CINSTR_WREN | QSPI_CINSTR_WIPWAIT);
        }
    }
    wait_idle(device);
}

static void leave_low_power(const struct flash_device *device)
{
    uint32_t status = instruct(device, NOR_READ_STATUS, 2u, 0u, 0u) & 0xFFu;
    uint32_t configuration = instruct(device, NOR_READ_CONFIGURATION, 3u, 0u, 0u) & 0xFFFFu;

    if ((configuration & NOR_CONFIGURATION_LH) == 0u) {
        (void)instruct(device, NOR_WRITE_STATUS, 4u,
                       status | (configuration | NOR_CONFIGURATION_LH) << 8,
                       QSPI_CINSTR_WREN | QSPI_CINSTR_WIPWAIT);
        wait_idle(device);
    }
}

static bool are_usable(const struct qspi_nor_options *options, uint32_t size_bytes)
{
    return options != NULL && size_bytes <= NOR_ADDRESSES_END &&
           (options->page_bytes == 256u || options->page_bytes == 512u) &&
           options->read_mode < READ_MODES && options->write_mode < WRITE_MODES &&
           options->bounce_bytes <= QSPI_BOUNCE_BYTES_MAX && options->bounce_bytes % 4u == 0u &&
           options->frequency_hz != 0u &&
           options->base_clock_hz / DIVIDER_MAX <= options->frequency_hz;
}

static uint32_t divider_for(const struct qspi_nor_options *options)
{
    uint32_t divider = 1u;

    while (options->base_clock_hz / divider > options->frequency_hz) {
        ++divider;
    }
    return divider;
}

static void configure(const struct flash_device *device)
{
    const struct qspi_nor_options *options = options_of(device);
    struct qspi_script script = {.device = device, .step_count = 0u};
    uint32_t divider = divider_for(options);
    uint32_t ifconfig0 = options->read_mode | (uint32_t)options->write_mode << 3;

    if (options->page_bytes == 512u) {
        ifconfig0 |= QSPI_IFCONFIG0_PPSIZE_512;
    }
    if (options->nrf53_timing) {
        ifconfig0 |= QSPI_IFCONFIG0_121 | (divider == 1u ? QSPI_IFCONFIG0_121_DIV1 : 0u);
        set_register(&script, QSPI_IFTIMING, QSPI_IFTIMING_RXDELAY_6);
    }
    set_register(&script, QSPI_IFCONFIG0, ifconfig0);
    set_register(&script, QSPI_IFCONFIG1, QSPI_IFCONFIG1_RESET | (divider - 1u) << 28);
    set_register(&script, QSPI_ENABLE, 1u);
    run_until_ready(&script, QSPI_TASKS_ACTIVATE, 1u); /* waits while the part is busy */
}

static int qspi_nor_start(const struct flash_device *device)
{
    const struct qspi_nor_options *options = options_of(device);
    bool has_quad;

    if (!are_usable(options, device->size_bytes)) {
        return FLASH_EINVAL;
    }
    configure(device);
    if (options->release_power_down) {
        (void)instruct(device, NOR_RELEASE_POWER_DOWN, 1u, 0u, 0u);
        io_wait_us(device->io, NOR_RELEASE_US);
    }
    if (options->jedec_id != 0u) {
        uint32_t id = instruct(device, NOR_READ_ID, 4u, 0u, 0u);

        /* The first byte of the ID lies lowest. */
        if (((id & 0xFFu) << 16 | (id & 0xFF00u) | (id >> 16 & 0xFFu)) != options->jedec_id) {
            return FLASH_ENODEV;
        }
    }
    has_quad =
        options->read_mode >= FIRST_QUAD_READ_MODE || options->write_mode >= FIRST_QUAD_WRITE_MODE;
    if (has_quad && options->quad_enable != QSPI_QUAD_ENABLE_NONE) {
        enable_quad(device);
    }
    if (options->high_performance) {
        leave_low_power(device);
    }
    return FLASH_OK;
}

static void note(const struct flash_device *device, enum io_rule rule, enum io_rule_effect effect,
                 uint32_t device_offset_bytes, uint32_t byte_count, const void *buffer)
{
    const struct io_rule_note entry = {.rule = rule,
                                       .effect = effect,
                                       .register_base = device->register_base,
                                       .device_offset_bytes = device_offset_bytes,
                                       .byte_count = byte_count,
                                       .buffer = buffer};

    io_note_rule(device->io, &entry);
}

static bool is_reachable(const struct flash_device *device, uint32_t address)
{
    return options_of(device)->unchecked_pointers || (address & DATA_RAM_MASK) == DATA_RAM_BASE;
}

static int read_words(const struct flash_device *device, uint32_t device_offset_bytes,
                      void *destination, uint32_t byte_count)
{
    uint32_t address = io_dma_address(device->io, destination);

    if (!is_reachable(device, address)) {
        note(device, IO_RULE_DMA_RAM_ONLY, IO_EFFECT_REFUSED, device_offset_bytes, byte_count,
             destination);
        return FLASH_EIO;
    }
    for (uint32_t done = 0u; done < byte_count;) {
        struct qspi_script script = {.device = device, .step_count = 0u};
        uint32_t left = byte_count - done;
        uint32_t piece = left < TRANSFER_BYTES_MAX ? left : TRANSFER_BYTES_MAX;

        set_register(&script, QSPI_READ_SRC, device_offset_bytes + done);
        set_register(&script, QSPI_READ_DST, address + done);
        set_register(&script, QSPI_READ_CNT, piece);
        run_until_ready(&script, QSPI_TASKS_READSTART, 1u);
        done += piece;
    }
    return FLASH_OK;
}

static void write_from_ram(const struct flash_device *device, uint32_t device_offset_bytes,
                           uint32_t address, uint32_t byte_count)
{
    for (uint32_t done = 0u; done < byte_count;) {
        struct qspi_script script = {.device = device, .step_count = 0u};
        uint32_t left = byte_count - done;
        uint32_t piece = left < TRANSFER_BYTES_MAX ? left : TRANSFER_BYTES_MAX;

        set_register(&script, QSPI_WRITE_DST, device_offset_bytes + done);
        set_register(&script, QSPI_WRITE_SRC, address + done);
        set_register(&script, QSPI_WRITE_CNT, piece);
        run_until_ready(&script, QSPI_TASKS_WRITESTART, 1u);
        done += piece;
    }
    wait_idle(device);
}

/* Through the stack. The last chunk may be written whole, with what was there before. */
static void write_bounced(const struct flash_device *device, uint32_t device_offset_bytes,
                          const uint8_t *source, uint32_t byte_count)
{
    const struct qspi_nor_options *options = options_of(device);
    uint32_t bounce[QSPI_BOUNCE_BYTES_MAX / 4u] = {0};
    uint32_t bounce_address = io_dma_address(device->io, bounce);

    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t left = byte_count - done;
        uint32_t piece = left < options->bounce_bytes ? left : options->bounce_bytes;
        uint32_t written = options->stale_last_chunk ? options->bounce_bytes : piece;

        memcpy(bounce, source + done, piece);
        if (written > piece) {
            note(device, IO_RULE_STALE_CHUNK, IO_EFFECT_PROGRAMMED_BEYOND,
                 device_offset_bytes + done + piece, written - piece, source);
        }
        write_from_ram(device, device_offset_bytes + done, bounce_address, written);
        done += piece;
    }
}

static int write_words(const struct flash_device *device, uint32_t device_offset_bytes,
                       const void *source, uint32_t byte_count)
{
    uint32_t address = io_dma_address(device->io, source);

    if (is_reachable(device, address)) {
        write_from_ram(device, device_offset_bytes, address, byte_count);
        return FLASH_OK;
    }
    if (options_of(device)->bounce_bytes == 0u) {
        note(device, IO_RULE_DMA_RAM_ONLY, IO_EFFECT_REFUSED, device_offset_bytes, byte_count,
             source);
        return FLASH_EIO;
    }
    write_bounced(device, device_offset_bytes, source, byte_count);
    return FLASH_OK;
}

static const struct word_transfers transfers = {.read = read_words, .write = write_words};

static int qspi_nor_read(const struct flash_device *device, uint32_t device_offset_bytes,
                         void *destination, uint32_t byte_count)
{
    return word_aligned_read(device, options_of(device)->word_alignment, &transfers,
                             device_offset_bytes, destination, byte_count);
}

static int qspi_nor_write(const struct flash_device *device, uint32_t device_offset_bytes,
                          const void *source, uint32_t byte_count)
{
    return word_aligned_write(device, options_of(device)->word_alignment, &transfers,
                              device_offset_bytes, source, byte_count);
}

static int qspi_nor_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                          uint32_t byte_count)
{
    for (uint32_t done = 0u; done < byte_count;) {
        struct qspi_script script = {.device = device, .step_count = 0u};
        uint32_t at = device_offset_bytes + done;
        bool block = options_of(device)->use_block_erase && at % NOR_BLOCK_BYTES == 0u &&
                     byte_count - done >= NOR_BLOCK_BYTES;

        set_register(&script, QSPI_ERASE_PTR, at);
        set_register(&script, QSPI_ERASE_LEN, block ? QSPI_ERASE_LEN_64K : QSPI_ERASE_LEN_4K);
        run_until_ready(&script, QSPI_TASKS_ERASESTART, 1u);
        wait_idle(device);
        done += block ? NOR_BLOCK_BYTES : NOR_SECTOR_BYTES;
    }
    return FLASH_OK;
}

const struct flash_driver flash_driver_qspi_nor = {.start = qspi_nor_start,
                                                   .read = qspi_nor_read,
                                                   .write = qspi_nor_write,
                                                   .erase = qspi_nor_erase};
