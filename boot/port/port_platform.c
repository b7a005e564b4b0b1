/*
 * port_platform.c: the side of the kit that the simulator sees: entry point, drivers, io ABI.
 *
 * The functions of the presented interface have no context argument, so what belongs to a run lies
 * in one static variable. A reset restores it like every other writable byte of the core.
 */
#include "port_bridge.h"

#include <boot/board.h>
#include <boot/core_abi.h>
#include <boot/error.h>
#include <boot/image.h>

#include <brownout_port.h>
#include <port_keys.h>

_Static_assert(PORT_SWAP_MOVE == 1 << BOOT_SWAP_MOVE, "bits of strategies");
_Static_assert(PORT_OVERWRITE_ONLY_FAST == 1 << BOOT_OVERWRITE_ONLY_FAST, "bits of strategies");
_Static_assert(PORT_SINGLE_SLOT == 1 << BOOT_SINGLE_SLOT, "bits of strategies");
_Static_assert((int)PORT_CAN_NO_ERASE == (int)BOOT_CAN_NO_ERASE, "bits of capabilities");
_Static_assert(PORT_AREAS_MAX >= BOARD_AREAS_MAX, "room for areas");
_Static_assert(PORT_SIGNING_KEYS_MAX == BOOT_SIGNING_KEYS_MAX, "room for keys");

#define SHA256_BYTES 32u
#define WATCHDOG_STORE_CYCLES 4u

static struct {
    const struct boot_platform *platform;
    struct flash_map map;
    unsigned int key_bytes[BOOT_SIGNING_KEYS_MAX];
    unsigned int encryption_key_bytes;
} run;

/* Under these names the kit fills in its own tables and never those of a core that has some. */
static struct bootutil_key signing_keys[PORT_SIGNING_KEYS_MAX];
static int signing_key_count;
static struct bootutil_key encryption_key;
extern struct bootutil_key bootutil_keys[PORT_SIGNING_KEYS_MAX]
    __attribute__((weak, alias("signing_keys")));
extern int bootutil_key_cnt __attribute__((weak, alias("signing_key_count")));
extern struct bootutil_key bootutil_enc_key __attribute__((weak, alias("encryption_key")));

static const struct boot_io *io(void)
{
    return run.platform->io;
}

static const struct boot_config *config(void)
{
    return run.platform->config;
}

static void supply_keys(void)
{
    const struct boot_config *wanted = config();

    for (uint32_t i = 0u; i < wanted->signing_key_count; ++i) {
        run.key_bytes[i] = wanted->signing_keys[i].byte_count;
        signing_keys[i].key = wanted->signing_keys[i].bytes;
        signing_keys[i].len = &run.key_bytes[i];
    }
    signing_key_count = (int)wanted->signing_key_count;
    run.encryption_key_bytes = wanted->encryption_key.byte_count;
    encryption_key.key = wanted->encryption_key.bytes;
    encryption_key.len = &run.encryption_key_bytes;
}

static void require_what_it_was_built_for(void)
{
    const struct boot_config *wanted = config();

    if (port_core.max_image_sectors != 0u &&
        port_core.max_image_sectors != wanted->max_image_sectors) {
        port_log(PORT_LOG_ERROR, "This core was built for %u sectors, the scenario has %u",
                 port_core.max_image_sectors, wanted->max_image_sectors);
        port_panic("the core was built for another max_image_sectors than the scenario's");
    }
    if (port_core.max_align_bytes != 0u && port_core.max_align_bytes != wanted->max_align_bytes) {
        port_log(PORT_LOG_ERROR, "This core was built for an alignment of %u, the scenario has %u",
                 port_core.max_align_bytes, wanted->max_align_bytes);
        port_panic("the core was built for another alignment than the scenario's");
    }
}

static int entry(const struct boot_platform *platform, void *state)
{
    (void)state;
    run.platform = platform;
    if (flash_map_start(&run.map, platform->io, platform->board) != 0) {
        port_panic("the flash map could not be started");
    }
    require_what_it_was_built_for();
    supply_keys();
    return port_core.start();
}

const struct boot_firmware *boot_firmware_query(uint32_t abi_version)
{
    static struct boot_firmware table;

    table.struct_bytes = sizeof(table);
    table.abi_version = BOOT_FIRMWARE_ABI_VERSION;
    table.kind = BOOT_FIRMWARE_LOADER;
    table.name = port_core.name;
    table.release = port_core.release;
    table.strategies = port_core.strategies;
    table.capabilities = port_core.capabilities;
    table.state_bytes = SHA256_BYTES;
    table.stack_bytes = port_core.stack_bytes;
    table.entry = entry;
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &table : (const struct boot_firmware *)0;
}

/* ---- flash ---- */

uint32_t bridge_area_count(void)
{
    return run.map.area_count;
}

void bridge_area_facts(uint32_t index, struct port_area_facts *facts)
{
    const struct flash_area *area = &run.map.areas[index];

    facts->id = area->id;
    facts->device_id = area->device->id;
    facts->device_offset_bytes = area->device_offset_bytes;
    facts->size_bytes = area->size_bytes;
    facts->write_unit_bytes = flash_write_unit(area);
    facts->erased_value = flash_erased_value(area);
    facts->needs_erase = flash_needs_erase(area);
}

int bridge_area_of_slot(uint32_t image_index, uint32_t slot)
{
    const struct flash_area *area =
        flash_map_area(&run.map, slot == 0u ? FLASH_PRIMARY : FLASH_SECONDARY, image_index);

    return area != 0 && slot <= 1u ? (int)area->id : -1;
}

int bridge_read(uint32_t index, uint32_t offset_bytes, void *destination, uint32_t byte_count)
{
    return flash_read(&run.map.areas[index], offset_bytes, destination, byte_count);
}

int bridge_write(uint32_t index, uint32_t offset_bytes, const void *source, uint32_t byte_count)
{
    return flash_write(&run.map.areas[index], offset_bytes, source, byte_count);
}

int bridge_erase(uint32_t index, uint32_t offset_bytes, uint32_t byte_count)
{
    return flash_erase(&run.map.areas[index], offset_bytes, byte_count);
}

uint32_t bridge_sector_count(uint32_t index)
{
    return flash_sector_count(&run.map.areas[index]);
}

int bridge_sector(uint32_t index, uint32_t at, bool by_offset, uint32_t *offset_bytes,
                  uint32_t *size_bytes)
{
    const struct flash_area *area = &run.map.areas[index];
    struct flash_sector sector = {0u, 0u};
    int result =
        by_offset ? flash_sector_at(area, at, &sector) : flash_sector_by_index(area, at, &sector);

    *offset_bytes = sector.offset_bytes;
    *size_bytes = sector.size_bytes;
    return result;
}

int bridge_device_base(uint32_t device_id, uint32_t *address)
{
    if (device_id >= run.map.device_count ||
        run.map.devices[device_id].mapped_address == IO_ADDRESS_NONE) {
        return FLASH_ENODEV;
    }
    *address = run.map.devices[device_id].mapped_address;
    return 0;
}

/* ---- crypto and keys ---- */

int bridge_hash(uint32_t index, uint32_t offset_bytes, uint32_t byte_count, uint8_t digest[32])
{
    const struct boot_crypto *crypto = run.platform->crypto;
    struct crypto_range range = {&run.map.areas[index], offset_bytes, byte_count, 0};

    return crypto->hash_ranges(crypto->context, CRYPTO_SHA256, &range, 1u, digest);
}

int port_check_signature(const uint8_t digest[32], const uint8_t *signature,
                         uint32_t signature_bytes)
{
    const struct boot_crypto *crypto = run.platform->crypto;
    const struct boot_config *wanted = config();

    if (wanted->signature == CRYPTO_SIGNATURE_NONE) {
        return 2;
    }
    for (uint32_t i = 0u; i < wanted->signing_key_count; ++i) {
        if (crypto->verify(crypto->context, wanted->signature, wanted->signing_keys[i].bytes,
                           wanted->signing_keys[i].byte_count, digest, SHA256_BYTES, signature,
                           signature_bytes) == 0) {
            return 1;
        }
    }
    return 0;
}

__attribute__((weak)) int boot_retrieve_public_key_hash(uint8_t image_index, uint8_t *hash,
                                                        size_t *hash_bytes)
{
    const struct boot_crypto *crypto = run.platform->crypto;
    const struct boot_config *wanted = config();

    (void)image_index;
    if (wanted->signing_key_count == 0u || *hash_bytes < SHA256_BYTES) {
        return -1;
    }
    *hash_bytes = SHA256_BYTES;
    return crypto->hash_bytes(crypto->context, CRYPTO_SHA256, wanted->signing_keys[0].bytes,
                              wanted->signing_keys[0].byte_count, hash);
}

__attribute__((weak)) int boot_get_image_exec_ram_info(uint32_t image_index, uint32_t *start,
                                                       uint32_t *byte_count)
{
    (void)image_index;
    *start = config()->ram_load_address;
    *byte_count = config()->ram_load_bytes;
    return *byte_count != 0u ? 0 : -1;
}

/* ---- handing over ---- */

static void hand_over(const uint8_t *header, uint8_t device_id, uint32_t device_offset_bytes,
                      bool in_ram)
{
    struct boot_response *response = run.platform->response;

    for (uint32_t i = 0u; i < run.map.area_count; ++i) {
        const struct flash_area *area = &run.map.areas[i];
        if (area->role != FLASH_OTHER && area->device->id == device_id &&
            device_offset_bytes - area->device_offset_bytes < area->size_bytes) {
            response->area_id = area->id;
        }
    }
    response->device_id = device_id;
    response->device_offset_bytes = device_offset_bytes;
    response->load_address = (uint32_t)header[4] | (uint32_t)header[5] << 8 |
                             (uint32_t)header[6] << 16 | (uint32_t)header[7] << 24;
    response->header_bytes = (uint32_t)header[8] | (uint32_t)header[9] << 8;
    response->image_bytes = (uint32_t)header[12] | (uint32_t)header[13] << 8 |
                            (uint32_t)header[14] << 16 | (uint32_t)header[15] << 24;
    response->in_ram = in_ram;
    response->version.major = header[20];
    response->version.minor = header[21];
    response->version.revision = (uint16_t)(header[22] | header[23] << 8);
    response->version.build = (uint32_t)header[24] | (uint32_t)header[25] << 8 |
                              (uint32_t)header[26] << 16 | (uint32_t)header[27] << 24;
}

void port_hand_over(const void *image_header, uint8_t device_id, uint32_t device_offset_bytes)
{
    hand_over(image_header, device_id, device_offset_bytes, false);
}

void port_hand_over_in_ram(const void *image_header, uint8_t device_id,
                           uint32_t device_offset_bytes)
{
    hand_over(image_header, device_id, device_offset_bytes, true);
}

/* ---- the rest ---- */

uint32_t port_strategy(void)
{
    return 1u << config()->strategy;
}

uint32_t port_image_count(void)
{
    return config()->image_count;
}

uint32_t port_max_image_sectors(void)
{
    return config()->max_image_sectors;
}

uint32_t port_max_align(void)
{
    return config()->max_align_bytes;
}

bool port_validates_primary(void)
{
    return config()->validate_primary;
}

void port_charge_cycles(uint32_t cpu_cycles)
{
    io_charge_cycles(io(), cpu_cycles);
}

void port_memory_read(uint32_t address, void *destination, uint32_t byte_count)
{
    io_mem_read(io(), address, destination, byte_count);
}

void port_memory_write(uint32_t address, const void *source, uint32_t byte_count)
{
    io_mem_write(io(), address, source, byte_count);
}

void port_log(int level, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    io()->log(io()->context, (enum io_log_level)level, format, arguments);
    va_end(arguments);
}

static char *append(char *out, const char *end, const char *text)
{
    while (*text != '\0' && out + 1 < end) {
        *out++ = *text++;
    }
    *out = '\0';
    return out;
}

void port_assert_failed(const char *file, int line, const char *condition)
{
    char where[160];
    char digits[12];
    char *digit = &digits[sizeof(digits) - 1u];
    const char *end = &where[sizeof(where)];
    char *out = append(where, end, file);

    *digit = '\0';
    do {
        *--digit = (char)('0' + line % 10);
        line /= 10;
    } while (line > 0);
    out = append(out, end, ":");
    out = append(out, end, digit);
    out = append(out, end, ": ");
    (void)append(out, end, condition);
    io_halt(io(), IO_HALT_ASSERT, where);
}

void port_panic(const char *why)
{
    io_halt(io(), IO_HALT_PANIC, why);
}

void port_watchdog_feed(void)
{
    io_charge_cycles(io(), WATCHDOG_STORE_CYCLES);
}
