/*
 * spi_nand.c: a SPI NAND flash behind a SPI bus, single line, pages of 2048 bytes in blocks of 64.
 *
 * Why it works as it does, and what trailers look like on it: DESIGN.md. The driver's state is a
 * bit per block that is bad, read from the marks at start.
 */
#include "drivers.h"
#include "spi_bus.h"

#include <stddef.h>

#define NAND_PAGE_READ 0x13u
#define NAND_READ_CACHE 0x03u
#define NAND_PROGRAM_LOAD 0x02u
#define NAND_PROGRAM_EXECUTE 0x10u
#define NAND_BLOCK_ERASE 0xD8u
#define NAND_WRITE_ENABLE 0x06u
#define NAND_GET_FEATURE 0x0Fu
#define NAND_SET_FEATURE 0x1Fu
#define NAND_READ_ID 0x9Fu
#define NAND_RESET 0xFFu

#define NAND_FEATURE_LOCK 0xA0u
#define NAND_FEATURE_CONFIGURATION 0xB0u
#define NAND_FEATURE_STATUS 0xC0u
#define NAND_STATUS_OIP 0x01u
#define NAND_STATUS_ERASE_FAIL 0x04u
#define NAND_STATUS_PROGRAM_FAIL 0x08u
#define NAND_STATUS_ECC_SHIFT 4u
#define NAND_STATUS_ECC_MASK 0x3u

#define NAND_PAGE_BYTES 2048u
#define NAND_PAGES_PER_BLOCK 64u
#define NAND_BLOCK_BYTES (NAND_PAGE_BYTES * NAND_PAGES_PER_BLOCK)
#define NAND_BLOCKS_MAX (FLASH_STATE_WORDS * 32u)
#define NAND_CHECK_BYTES 64u
#define NAND_MARK_BITS_MIN 4u /* fewer set bits than these: the block is bad */
#define US_PER_MS 1000u

static const struct spi_nand_options *options_of(const struct flash_device *device)
{
    return device->options;
}

static int transceive(const struct flash_device *device, const struct spi_segment *segments,
                      uint32_t segment_count)
{
    return spi_bus_transceive(device->io, &options_of(device)->wiring, segments, segment_count);
}

static int send(const struct flash_device *device, const uint8_t *command, uint32_t byte_count)
{
    const struct spi_segment segment = {.tx = command, .rx = NULL, .byte_count = byte_count};

    return transceive(device, &segment, 1u);
}

static int send_row(const struct flash_device *device, uint8_t opcode, uint32_t row)
{
    const uint8_t command[4] = {opcode, 0u, (uint8_t)(row >> 8), (uint8_t)row};

    return send(device, command, sizeof command);
}

static int set_feature(const struct flash_device *device, uint8_t feature, uint8_t value)
{
    const uint8_t command[3] = {NAND_SET_FEATURE, feature, value};

    return send(device, command, sizeof command);
}

/* Until the part is at rest; then its status. */
static int wait_ready(const struct flash_device *device, uint32_t timeout_ms, uint8_t *status)
{
    const struct spi_nand_options *options = options_of(device);
    const uint8_t command[2] = {NAND_GET_FEATURE, NAND_FEATURE_STATUS};
    const struct spi_poll poll = {.command = command,
                                  .command_bytes = sizeof command,
                                  .mask = NAND_STATUS_OIP,
                                  .expected = 0u,
                                  .interval_us = options->poll_interval_us,
                                  .timeout_us = timeout_ms * US_PER_MS};
    const struct spi_segment segments[] = {
        {.tx = command, .rx = NULL, .byte_count = sizeof command},
        {.tx = NULL, .rx = status, .byte_count = 1u}};
    int result = spi_bus_poll(device->io, &options->wiring, &poll);

    return result == FLASH_OK ? transceive(device, segments, 2u) : result;
}

/* ---- pages ---------------------------------------------------------------------------------- */

static int read_cache(const struct flash_device *device, uint32_t column, void *destination,
                      uint32_t byte_count)
{
    const uint8_t command[4] = {NAND_READ_CACHE, (uint8_t)(column >> 8), (uint8_t)column, 0u};
    const struct spi_segment segments[] = {
        {.tx = command, .rx = NULL, .byte_count = sizeof command},
        {.tx = NULL, .rx = destination, .byte_count = byte_count}};

    return transceive(device, segments, 2u);
}

static int read_page(const struct flash_device *device, uint32_t row, uint8_t *status)
{
    int result = send_row(device, NAND_PAGE_READ, row);

    return result == FLASH_OK ? wait_ready(device, options_of(device)->program_timeout_ms, status)
                              : result;
}

/* FLASH_EIO if more bits are wrong than ECC corrects. */
static int read_good_page(const struct flash_device *device, uint32_t row)
{
    uint8_t status = 0u;
    int result = read_page(device, row, &status);
    uint32_t code = ((uint32_t)status >> NAND_STATUS_ECC_SHIFT) & NAND_STATUS_ECC_MASK;
    uint32_t uncorrectable = options_of(device)->uncorrectable_codes;

    if (result != FLASH_OK) {
        return result;
    }
    return (uncorrectable >> code & 1u) != 0u ? FLASH_EIO : FLASH_OK;
}

/* The rest of the page, spare bytes included, is programmed as erased. */
static int program_page(const struct flash_device *device, uint32_t row, uint32_t column,
                        const void *source, uint32_t byte_count, uint8_t *status)
{
    const uint8_t enable = NAND_WRITE_ENABLE;
    const uint8_t command[3] = {NAND_PROGRAM_LOAD, (uint8_t)(column >> 8), (uint8_t)column};
    const struct spi_segment segments[] = {
        {.tx = command, .rx = NULL, .byte_count = sizeof command},
        {.tx = source, .rx = NULL, .byte_count = byte_count}};
    int result = send(device, &enable, 1u);

    if (result == FLASH_OK) {
        result = transceive(device, segments, 2u);
    }
    if (result == FLASH_OK) {
        result = send_row(device, NAND_PROGRAM_EXECUTE, row);
    }
    return result == FLASH_OK ? wait_ready(device, options_of(device)->program_timeout_ms, status)
                              : result;
}

/* ---- bad blocks ----------------------------------------------------------------------------- */

static bool is_bad(const struct flash_device *device, uint32_t block)
{
    return (device->state[block / 32u] >> (block % 32u) & 1u) != 0u;
}

static void remember_bad(const struct flash_device *device, uint32_t block)
{
    device->state[block / 32u] |= 1u << (block % 32u);
}

static uint32_t set_bits(uint8_t byte)
{
    uint32_t count = 0u;

    for (; byte != 0u; byte = (uint8_t)(byte & (byte - 1u))) {
        ++count;
    }
    return count;
}

/* A mark is a byte of zeroes; a few wrong bits neither make one nor hide one. */
static int look_for_mark(const struct flash_device *device, uint32_t block)
{
    const struct spi_nand_options *options = options_of(device);

    for (uint32_t page = 0u; page < options->bad_block_marks; ++page) {
        uint8_t status;
        uint8_t mark[2] = {0u, 0u};
        int result = read_page(device, block * NAND_PAGES_PER_BLOCK + page, &status);

        if (result == FLASH_OK) {
            result = read_cache(device, options->bad_block_column, mark, sizeof mark);
        }
        if (result != FLASH_OK) {
            return result;
        }
        if (set_bits(mark[0]) < NAND_MARK_BITS_MIN) {
            remember_bad(device, block);
        }
    }
    return FLASH_OK;
}

static int find_bad_blocks(const struct flash_device *device)
{
    const struct spi_nand_options *options = options_of(device);

    for (uint32_t i = 0u; i < options->region_count; ++i) {
        const struct spi_nand_region *region = &options->regions[i];
        uint32_t count = region->usable_blocks + region->reserve_blocks;

        for (uint32_t block = 0u; block < count; ++block) {
            int result = look_for_mark(device, region->first_block + block);

            if (result != FLASH_OK) {
                return result;
            }
        }
    }
    return FLASH_OK;
}

/* From now on the block is skipped; so it is after a reset, if the mark could be left. */
static void retire(const struct flash_device *device, uint32_t block)
{
    const uint8_t mark[2] = {0u, 0u};
    uint8_t status;

    remember_bad(device, block);
    (void)program_page(device, block * NAND_PAGES_PER_BLOCK, options_of(device)->bad_block_column,
                       mark, sizeof mark, &status);
}

/* The good block behind usable block `block`. FLASH_EIO: the region has too few good ones left. */
static int find_block(const struct flash_device *device, uint32_t block, uint32_t *good_block)
{
    const struct spi_nand_options *options = options_of(device);

    for (uint32_t i = 0u; i < options->region_count; ++i) {
        const struct spi_nand_region *region = &options->regions[i];
        uint32_t end = region->first_block + region->usable_blocks + region->reserve_blocks;
        uint32_t to_skip = block - region->first_block;

        if (block < region->first_block || to_skip >= region->usable_blocks) {
            continue;
        }
        for (uint32_t at = region->first_block; at < end; ++at) {
            if (is_bad(device, at)) {
                continue;
            }
            if (to_skip == 0u) {
                *good_block = at;
                return FLASH_OK;
            }
            --to_skip;
        }
        return FLASH_EIO;
    }
    return FLASH_EINVAL;
}

static int find_row(const struct flash_device *device, uint32_t device_offset_bytes, uint32_t *row)
{
    uint32_t good_block = 0u;
    int result = find_block(device, device_offset_bytes / NAND_BLOCK_BYTES, &good_block);

    *row = good_block * NAND_PAGES_PER_BLOCK +
           device_offset_bytes % NAND_BLOCK_BYTES / NAND_PAGE_BYTES;
    return result;
}

/* ---- start ---------------------------------------------------------------------------------- */

static int check_id(const struct flash_device *device)
{
    const struct spi_nand_options *options = options_of(device);
    const uint8_t command[2] = {NAND_READ_ID, 0u};
    uint8_t id[3] = {0u, 0u, 0u};
    const struct spi_segment segments[] = {
        {.tx = command, .rx = NULL, .byte_count = 1u + options->id_dummy_bytes},
        {.tx = NULL, .rx = id, .byte_count = options->id_bytes}};
    uint32_t found = 0u;
    int result = transceive(device, segments, 2u);

    for (uint32_t i = 0u; i < options->id_bytes; ++i) {
        found = found << 8 | id[i];
    }
    if (result != FLASH_OK) {
        return result;
    }
    return found == options->id ? FLASH_OK : FLASH_ENODEV;
}

static bool options_are_good(const struct flash_device *device)
{
    const struct spi_nand_options *options = options_of(device);

    if (options == NULL || device->write_unit_bytes != NAND_PAGE_BYTES ||
        device->sector_run_count != 1u ||
        device->sector_runs[0].sector_size_bytes != NAND_BLOCK_BYTES ||
        device->sector_runs[0].sector_count > NAND_BLOCKS_MAX || options->id_bytes > 3u ||
        options->id_dummy_bytes > 1u || options->region_count > SPI_NAND_REGIONS_MAX) {
        return false;
    }
    for (uint32_t i = 0u; i < options->region_count; ++i) {
        const struct spi_nand_region *region = &options->regions[i];

        if (region->first_block + region->usable_blocks + region->reserve_blocks >
            device->sector_runs[0].sector_count) {
            return false;
        }
    }
    return true;
}

/* A reset of the microcontroller does not stop the part: it is waited for, then reset. Block lock
 * is set at every power-up. */
static int spi_nand_start(const struct flash_device *device)
{
    const struct spi_nand_options *options = options_of(device);
    const uint8_t reset = NAND_RESET;
    uint8_t status;
    int result;

    if (!options_are_good(device)) {
        return FLASH_EINVAL;
    }
    result = spi_bus_start(device->io, &options->wiring);
    if (result == FLASH_OK) {
        result = wait_ready(device, options->erase_timeout_ms, &status);
    }
    if (result == FLASH_OK) {
        result = send(device, &reset, 1u);
    }
    if (result == FLASH_OK) {
        result = wait_ready(device, options->erase_timeout_ms, &status);
    }
    if (result == FLASH_OK && options->id != 0u) {
        result = check_id(device);
    }
    if (result == FLASH_OK) {
        result = set_feature(device, NAND_FEATURE_LOCK, 0u);
    }
    if (result == FLASH_OK) {
        result = set_feature(device, NAND_FEATURE_CONFIGURATION, options->configuration);
    }
    return result == FLASH_OK ? find_bad_blocks(device) : result;
}

/* ---- requests ------------------------------------------------------------------------------- */

static int spi_nand_read(const struct flash_device *device, uint32_t device_offset_bytes,
                         void *destination, uint32_t byte_count)
{
    uint8_t *bytes = destination;

    for (uint32_t done = 0u; done < byte_count;) {
        uint32_t at = device_offset_bytes + done;
        uint32_t column = at % NAND_PAGE_BYTES;
        uint32_t left = byte_count - done;
        uint32_t piece = left < NAND_PAGE_BYTES - column ? left : NAND_PAGE_BYTES - column;
        uint32_t row;
        int result = find_row(device, at, &row);

        if (result == FLASH_OK) {
            result = read_good_page(device, row);
        }
        if (result == FLASH_OK) {
            result = read_cache(device, column, bytes + done, piece);
        }
        if (result != FLASH_OK) {
            return result;
        }
        done += piece;
    }
    return FLASH_OK;
}

static int program(const struct flash_device *device, uint32_t row, uint32_t column,
                   const void *source, uint32_t byte_count)
{
    uint8_t status = 0u;
    int result = program_page(device, row, column, source, byte_count, &status);

    if (result == FLASH_OK && (status & NAND_STATUS_PROGRAM_FAIL) != 0u) {
        retire(device, row / NAND_PAGES_PER_BLOCK);
        return FLASH_EIO;
    }
    return result;
}

static int spi_nand_write(const struct flash_device *device, uint32_t device_offset_bytes,
                          const void *source, uint32_t byte_count)
{
    const uint8_t *bytes = source;

    for (uint32_t done = 0u; done < byte_count; done += NAND_PAGE_BYTES) {
        uint32_t row;
        int result = find_row(device, device_offset_bytes + done, &row);

        if (result == FLASH_OK) {
            result = program(device, row, 0u, bytes + done, NAND_PAGE_BYTES);
        }
        if (result != FLASH_OK) {
            return result;
        }
    }
    return FLASH_OK;
}

/* The page in the cache: is it as after an erase? */
static int check_cache_is_erased(const struct flash_device *device)
{
    uint8_t piece[NAND_CHECK_BYTES];

    for (uint32_t column = 0u; column < NAND_PAGE_BYTES; column += NAND_CHECK_BYTES) {
        int result = read_cache(device, column, piece, sizeof piece);

        for (uint32_t i = 0u; i < NAND_CHECK_BYTES && result == FLASH_OK; ++i) {
            result = piece[i] == 0xFFu ? FLASH_OK : FLASH_EIO;
        }
        if (result != FLASH_OK) {
            return result;
        }
    }
    return FLASH_OK;
}

static int spi_nand_write_in_unit(const struct flash_device *device, uint32_t device_offset_bytes,
                                  const void *source, uint32_t byte_count)
{
    uint32_t row;
    int result = find_row(device, device_offset_bytes, &row);

    if (result == FLASH_OK) {
        result = read_good_page(device, row);
    }
    if (result == FLASH_OK) {
        result = check_cache_is_erased(device);
    }
    if (result == FLASH_OK) {
        result = program(device, row, device_offset_bytes % NAND_PAGE_BYTES, source, byte_count);
    }
    return result;
}

/* A block that fails is retired; the next good one of the region takes its place. */
static int erase_block(const struct flash_device *device, uint32_t device_offset_bytes)
{
    const uint8_t enable = NAND_WRITE_ENABLE;

    for (;;) {
        uint8_t status = 0u;
        uint32_t row;
        int result = find_row(device, device_offset_bytes, &row);

        if (result == FLASH_OK) {
            result = send(device, &enable, 1u);
        }
        if (result == FLASH_OK) {
            result = send_row(device, NAND_BLOCK_ERASE, row);
        }
        if (result == FLASH_OK) {
            result = wait_ready(device, options_of(device)->erase_timeout_ms, &status);
        }
        if (result != FLASH_OK || (status & NAND_STATUS_ERASE_FAIL) == 0u) {
            return result;
        }
        retire(device, row / NAND_PAGES_PER_BLOCK);
    }
}

static int spi_nand_erase(const struct flash_device *device, uint32_t device_offset_bytes,
                          uint32_t byte_count)
{
    for (uint32_t done = 0u; done < byte_count; done += NAND_BLOCK_BYTES) {
        int result = erase_block(device, device_offset_bytes + done);

        if (result != FLASH_OK) {
            return result;
        }
    }
    return FLASH_OK;
}

const struct flash_driver flash_driver_spi_nand = {.start = spi_nand_start,
                                                   .read = spi_nand_read,
                                                   .write = spi_nand_write,
                                                   .erase = spi_nand_erase,
                                                   .write_in_unit = spi_nand_write_in_unit};
