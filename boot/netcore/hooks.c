/*
 * The simultaneous flavour: the network image is image 1, its primary slot is RAM. The boot flow
 * copies it there as usual, and hands it on to b0n then.
 */
#include "netcore/hooks.h"

#include "core/regions.h"
#include "image/bytes.h"
#include "netcore/netcore_registers.h"
#include "netcore/ram_slot.h"

#define DEFAULT_HEADER_BYTES 0x200u

void netcore_fabricate_header(const struct netcore_config *config, struct image_header *header)
{
    *header = (struct image_header){.magic = IMAGE_MAGIC,
                                    .load_address = config->staging_address,
                                    .header_bytes = DEFAULT_HEADER_BYTES,
                                    .payload_bytes = config->slot_bytes};
}

static bool is_within(uint32_t address, uint32_t start, uint32_t byte_count)
{
    return address >= start && address - start < byte_count;
}

static bool is_for_network_core(const struct netcore_config *config, uint32_t reset_vector)
{
    if (netcore_switch_is_on(config, NETCORE_RAM_BOUNDS)) {
        return is_within(reset_vector, config->staging_address, config->staging_bytes);
    }
    return is_within(reset_vector, config->slot_address, config->slot_bytes);
}

static uint32_t reset_vector_of(const struct slot_pair *pair, enum slot slot)
{
    struct image_source source = slot_source(pair, slot);
    uint8_t bytes[4] = {0xFF, 0xFF, 0xFF, 0xFF};
    (void)image_read(&source, pair->slots[slot].header.header_bytes + RESET_VECTOR_OFFSET, bytes,
                     sizeof(bytes));
    return bytes_get_u32(bytes);
}

/* The version in the firmware information of an image in a slot; 0: it has none. */
static uint32_t firmware_version_of(const struct slot_pair *pair, enum slot slot)
{
    struct image_source source = slot_source(pair, slot);
    uint32_t offset = pair->slots[slot].header.header_bytes + NETCORE_INFO_OFFSET;
    uint8_t info[NETCORE_INFO_BYTES];
    if (image_read(&source, offset, info, sizeof(info)) != 0 ||
        bytes_get_u32(info) != NETCORE_INFO_MAGIC0) {
        return 0;
    }
    return bytes_get_u32(info + NETCORE_INFO_VERSION);
}

bool netcore_goes_back(const struct slot_pair *pair)
{
    const struct boot_config *boot = pair->boot->config;
    const struct netcore_config *config = netcore_of(boot);
    uint32_t running = 0;
    if (config == 0 || !netcore_switch_is_on(config, NETCORE_READS_VERSION) ||
        boot->downgrade != BOOT_DOWNGRADE_BY_VERSION ||
        pcd_network_core_version(pair->boot->io, config, &running) != NETCORE_OK ||
        firmware_version_of(pair, SLOT_SECONDARY) >= running) {
        return false; /* what does not answer runs nothing that could be older */
    }
    io_log(pair->boot->io, IO_LOG_ERROR,
           "Insufficient version of network core image in secondary slot");
    return true;
}

bool netcore_is_designated(const struct slot_pair *pair)
{
    const struct netcore_config *config = netcore_of(pair->boot->config);
    if (config == 0 || config->flavour != NETCORE_SIMULTANEOUS ||
        netcore_switch_is_on(config, NETCORE_NO_BOUNDS)) {
        return true;
    }
    uint32_t vector = reset_vector_of(pair, SLOT_SECONDARY);
    const struct flash_area *primary = primary_of(pair);
    bool fits =
        pair->image_index == NETCORE_IMAGE_INDEX
            ? is_for_network_core(config, vector)
            : is_within(vector, primary->device->mapped_address + primary->device_offset_bytes,
                        primary->size_bytes);
    if (!fits) {
        io_log(pair->boot->io, IO_LOG_ERROR,
               "Reset address of image in secondary slot is not in the primary slot");
        io_log(pair->boot->io, IO_LOG_ERROR, "Erasing image from secondary slot");
    }
    return fits && (pair->image_index != NETCORE_IMAGE_INDEX || !netcore_goes_back(pair));
}

int netcore_copied(const struct slot_pair *pair)
{
    const struct boot_config *boot = pair->boot->config;
    const struct netcore_config *config = netcore_of(boot);
    struct image_header header;

    if (!netcore_has_ram_primary(boot, pair->image_index)) {
        return NETCORE_OK;
    }
    if (!netcore_image_in_ram(pair->boot->io, config, primary_of(pair), &header)) {
        return NETCORE_ENODATA;
    }
    io_log(pair->boot->io, IO_LOG_INFO, "Starting network core update");
    int result = pcd_network_core_update(pair->boot->io, config,
                                         config->staging_address + header.header_bytes,
                                         header.payload_bytes);
    if (result == NETCORE_OK) {
        io_log(pair->boot->io, IO_LOG_INFO, "Done updating network core");
    }
    return result;
}

void netcore_before_start(const struct boot_state *boot)
{
    const struct netcore_config *config = netcore_of(boot->config);
    if (config == 0) {
        return;
    }
    if (!netcore_switch_is_on(config, NETCORE_NO_PCD)) {
        pcd_lock_ram(boot->io, config);
    }
    /* The bootloader's own flash, as far as it fills regions: until the next reset. */
    for (uint32_t i = 0; (i + 1) * SPU_FLASHREGION_BYTES <= config->loader_bytes; i++) {
        io_write32(boot->io, config->spu_address + SPU_FLASHREGION_PERM + 4 * i,
                   SPU_PERM_EXECUTE | SPU_PERM_READ | SPU_PERM_SECURE | SPU_PERM_LOCK);
    }
}
