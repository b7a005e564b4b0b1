/*
 * spi_nor.c: a SPI NOR flash behind a SPI bus, single line, 3-byte addresses.
 *
 * Commands as all the modelled parts have them. A part that is busy ignores what it is sent, so
 * every change waits for WIP to clear, also at start: a reset of the microcontroller alone does not
 * stop the part.
 */
#include "drivers.h"
#include "spi_bus.h"
#include "word_alignment.h"

#include <stddef.h>

#define NOR_READ 0x03u
#define NOR_FAST_READ 0x0Bu
#define NOR_PAGE_PROGRAM 0x02u
#define NOR_WRITE_ENABLE 0x06u
#define NOR_READ_STATUS 0x05u
#define NOR_READ_ID 0x9Fu
#define NOR_RELEASE_POWER_DOWN 0xABu
#define NOR_SECTOR_ERASE 0x20u
#define NOR_BLOCK_ERASE_32K 0x52u
#define NOR_BLOCK_ERASE_64K 0xD8u

#define MX25R_READ_CONFIGURATION 0x15u
#define MX25R_HIGH_PERFORMANCE 0x02u /* of the second byte */
#define NOR_WRITE_STATUS 0x01u

#define NOR_STATUS_WIP 0x01u
#define NOR_STATUS_WEL 0x02u

#define NOR_ADDRESSES_END 0x1000000u /* 3 bytes of address */
#define NOR_PAGE_BYTES 256u
#define NOR_RELEASE_US 35u /* tRES1 of the MX25R, the slowest */
#define US_PER_MS 1000u

static const struct spi_nor_options *options_of(const struct flash_device *device)
{
    return device->options;
}

static int transceive(const struct flash_device *device, const struct spi_segment *segments,
                      uint32_t segment_count)
{
    return spi_bus_transceive(device->io, &options_of(device)->wiring, segments, segment_count);
}

static int send_opcode(const struct flash_device *device, uint8_t opcode)
{
    const struct spi_segment segment = {.tx = &opcode, .rx = NULL, .byte_count = 1u};

    return transceive(device, &segment, 1u);
}

static int read_register(const struct flash_device *device, uint8_t opcode, uint8_t *bytes,
                         uint32_t byte_count)
{
    const struct spi_segment segments[] = {{.tx = &opcode, .rx = NULL, .byte_count = 1u},
                                           {.tx = NULL, .rx = bytes, .byte_count = byte_count}};

    return transceive(device, segments, 2u);
}

static void put_address(uint8_t *command, uint32_t address)
{
    command[1] = (uint8_t)(address >> 16);
    command[2] = (uint8_t)(address >> 8);
    command[3] = (uint8_t)address;
}

static int wait_ready(const struct flash_device *device, uint32_t timeout_ms)
{
    const struct spi_nor_options *options = options_of(device);
    const uint8_t opcode = NOR_READ_STATUS;
    const struct spi_poll poll = {.command = &opcode,
                                  .command_bytes = 1u,
                                  .mask = NOR_STATUS_WIP,
                                  .expected = 0u,
                                  .interval_us = options->poll_interval_us,
                                  .timeout_us = timeout_ms * US_PER_MS};
    int result = spi_bus_poll(device->io, &options->wiring, &poll);

    if (result != FLASH_OK && options->poll_ends_on_error) {
        const struct io_rule_note note = {.rule = IO_RULE_STATUS_UNREADABLE,
                                          .effect = IO_EFFECT_LOST,
                                          .register_base = device->register_base,
                                          .device_offset_bytes = IO_ADDRESS_NONE,
                                          .byte_count = 1u,
                                          .buffer = NULL};

        io_note_rule(device->io, &note);
        return FLASH_OK;
    }
    return result;
}

static int write_enable(const struct flash_device *device)
{
    uint8_t status = 0u;
    int result = send_opcode(device, NOR_WRITE_ENABLE);

    if (result != FLASH_OK || !options_of(device)->check_write_enable) {
        return result;
    }
    result = read_register(device, NOR_READ_STATUS, &status, 1u);
    if (result != FLASH_OK) {
        return result;
    }
    return (status & NOR_STATUS_WEL) != 0u ? FLASH_OK : FLASH_EIO;
}

static int check_id(const struct flash_device *device)
{
    uint8_t id[3] = {0u, 0u, 0u};
    int result = read_register(device, NOR_READ_ID, id, sizeof id);
    uint32_t found = (uint32_t)id[0] << 16 | (uint32_t)id[1] << 8 | id[2];

    if (result != FLASH_OK) {
        return result;
    }
    return found == options_of(device)->jedec_id ? FLASH_OK : FLASH_ENODEV;
}

/* The power mode lies behind the status register, which has to be written with it. */
static int leave_low_power(const struct flash_device *device)
{
    uint8_t command[4] = {NOR_WRITE_STATUS};
    const struct spi_segment segment = {.tx = command, .rx = NULL, .byte_count = sizeof command};
    int result = read_register(device, NOR_READ_STATUS, &command[1], 1u);

    if (result == FLASH_OK) {
        result = read_register(device, MX25R_READ_CONFIGURATION, &command[2], 2u);
    }
    if (result != FLASH_OK || (command[3] & MX25R_HIGH_PERFORMANCE) != 0u) {
        return result;
    }
    command[3] |= MX25R_HIGH_PERFORMANCE;
    result = write_enable(device);
    if (result == FLASH_OK) {
        result = transceive(device, &segment, 1u);
    }
    return result == FLASH_OK ? wait_ready(device, options_of(device)->program_timeout_ms) : result;
}

static int spi_nor_start(const struct flash_device *device)
{
    const struct spi_nor_options *options = options_of(device);
    int result;

    if (options == NULL || options->page_bytes != NOR_PAGE_BYTES ||
        device->size_bytes > NOR_ADDRESSES_END ||
        (options->read_opcode != NOR_READ && options->read_opcode != NOR_FAST_READ)) {
        return FLASH_EINVAL;
    }
    result = spi_bus_start(device->io, &options->wiring);
    if (result == FLASH_OK && options->release_power_down) {
        result = send_opcode(device, NOR_RELEASE_POWER_DOWN);
        io_wait_us(device->io, NOR_RELEASE_US);
    }
    if (result == FLASH_OK) {
        result = wait_ready(device, options->erase_timeout_ms);
    }
    if (result == FLASH_OK && options->jedec_id != 0u) {
        result = check_id(device);
    }
    if (result == FLASH_OK && options->high_performance) {
        result = leave_low_power(device);
    }
    return result;
}

static int read_bytes(const struct flash_device *device, uint32_t device_offset_bytes,
                      void *destination, uint32_t byte_count)
{
    uint8_t command[5] = {options_of(device)->read_opcode};
    const struct spi_segment segments[] = {
        {.tx = command, .rx = NULL, .byte_count = command[0] == NOR_FAST_READ ? 5u : 4u},
        {.tx = NULL, .rx = destination, .byte_count = byte_count}};

    put_address(command, device_offset_bytes);
    return transceive(device, segments, 2u);
}

static int program_page(const struct flash_device *device, uint32_t device_offset_bytes,
                        const uint8_t *source, uint32_t byte_count)
{
    uint8_t command[4] = {NOR_PAGE_PROGRAM};
    const struct spi_segment segments[] = {
        {.tx = command, .rx = NULL, .byte_count = sizeof command},
        {.tx = source, .rx = NULL, .byte_count = byte_count}};
    int result = write_enable(device);

    put_address(command, device_offset_bytes);
    if (result == FLASH_OK) {
        result = transceive(device, segments, 2u);
    }
    if (result != FLASH_OK) {
        return result;
    }
    return wait_ready(device, options_of(device)->program_timeout_ms);
}

static int program(const struct flash_device *device, uint32_t device_offset_bytes,
                   const void *source, uint32_t byte_count)
{
    const uint8_t *bytes = source;

    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t at = device_offset_bytes + done;
        uint32_t page_left = NOR_PAGE_BYTES - at % NOR_PAGE_BYTES;
        uint32_t left = byte_count - done;
        uint32_t chunk_bytes = left < page_left ? left : page_left;
        int result = program_page(device, at, bytes + done, chunk_bytes);

        if (result != FLASH_OK) {
            return result;
        }
        done += chunk_bytes;
    }
    return FLASH_OK;
}

static const struct word_transfers transfers = {.read = read_bytes, .write = program};

static int spi_nor_read(const struct flash_device *device, uint32_t device_offset_bytes,
                        void *destination, uint32_t byte_count)
{
    return word_aligned_read(device, options_of(device)->word_alignment, &transfers,
                             device_offset_bytes, destination, byte_count);
}

static int spi_nor_write(const struct flash_device *device, uint32_t device_offset_bytes,
                         const void *source, uint32_t byte_count)
{
    return word_aligned_write(device, options_of(device)->word_alignment, &transfers,
                              device_offset_bytes, source, byte_count);
}

/* The largest erase that begins at `at` and stays inside of `byte_count`. */
static uint32_t erase_at(const struct flash_device *device, uint32_t at, uint32_t byte_count,
                         uint8_t *opcode)
{
    static const struct {
        uint8_t opcode;
        uint32_t bytes;
    } blocks[] = {{NOR_BLOCK_ERASE_64K, 64u * 1024u}, {NOR_BLOCK_ERASE_32K, 32u * 1024u}};

    for (uint32_t i = 0u; i < 2u && options_of(device)->use_block_erase; ++i) {
        if (at % blocks[i].bytes == 0u && byte_count >= blocks[i].bytes) {
            *opcode = blocks[i].opcode;
            return blocks[i].bytes;
        }
    }
    *opcode = NOR_SECTOR_ERASE;
    return 4096u;
}

static int spi_nor_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                         uint32_t byte_count)
{
    uint32_t erased_bytes;

    for (uint32_t done = 0u; done < byte_count; done += erased_bytes) {
        uint8_t command[4];
        const struct spi_segment segment = {
            .tx = command, .rx = NULL, .byte_count = sizeof command};
        int result = write_enable(device);

        erased_bytes = erase_at(device, device_offset_bytes + done, byte_count - done, &command[0]);
        put_address(command, device_offset_bytes + done);
        if (result == FLASH_OK) {
            result = transceive(device, &segment, 1u);
        }
        if (result == FLASH_OK) {
            result = wait_ready(device, options_of(device)->erase_timeout_ms);
        }
        if (result != FLASH_OK) {
            return result;
        }
    }
    return FLASH_OK;
}

const struct flash_driver flash_driver_spi_nor = {
    .start = spi_nor_start, .read = spi_nor_read, .write = spi_nor_write, .erase = spi_nor_erase};
