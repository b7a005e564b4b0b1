/*
 * The simultaneous flavour: the network image is image 1, its primary slot is RAM. The boot flow
 * copies it there as usual, and hands it on to b0n then.
 */
#include "netcore/hooks.h"

#include "core/regions.h"
#include "image/bytes.h"

#define DEFAULT_HEADER_BYTES 0x200u
#define RESET_VECTOR_OFFSET 4u

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
    return fits;
}

int netcore_copied(const struct slot_pair *pair)
{
    const struct boot_config *boot = pair->boot->config;
    const struct netcore_config *config = netcore_of(boot);
    struct image_source ram = {pair->boot->io, primary_of(pair), 0};
    struct image_header header;
    uint8_t vector[4];

    if (!netcore_has_ram_primary(boot, pair->image_index)) {
        return NETCORE_OK;
    }
    if (image_header_read(&ram, &header) != 0 || !image_header_has_magic(&header)) {
        return NETCORE_ENODATA;
    }
    if (image_read(&ram, header.header_bytes + RESET_VECTOR_OFFSET, vector, sizeof(vector)) != 0 ||
        bytes_get_u32(vector) <= config->container_address) {
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
    if (config != 0 && !netcore_switch_is_on(config, NETCORE_NO_PCD)) {
        pcd_lock_ram(boot->io, config);
    }
}
