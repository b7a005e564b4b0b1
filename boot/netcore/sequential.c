/*
 * The sequential flavour: one secondary slot, whose image is for the network core if its reset
 * vector says so. It goes to b0n from where it lies, or through RAM.
 *
 * As shipped (enum netcore_header_read), the header is read through a pointer that is made from the
 * slot's offset. That is right for a slot in internal flash alone.
 */
#include "netcore/hooks.h"

#include "core/regions.h"
#include "image/bytes.h"
#include "netcore/netcore_registers.h"
#include "netcore/ram_slot.h"

#include <boot/mem.h>

/* An image as b0n gets it: where it lies, and how long it is. */
struct network_firmware {
    uint32_t address;
    uint32_t byte_count;
};

static bool is_for_network_core(const struct slot_pair *pair)
{
    const struct netcore_config *config = netcore_of(pair->boot->config);
    struct image_source source = slot_source(pair, SLOT_SECONDARY);
    uint32_t offset = pair->slots[SLOT_SECONDARY].header.header_bytes + RESET_VECTOR_OFFSET;
    uint8_t bytes[4];
    if (image_read(&source, offset, bytes, sizeof(bytes)) != 0) {
        return false;
    }
    uint32_t vector = bytes_get_u32(bytes);
    return vector >= config->slot_address && vector - config->slot_address < config->slot_bytes;
}

/* What a C pointer to the slot would read: the header fields of whatever lies at that address. */
static KEEPS_ITS_NAME void read_header_through_pointer(const struct boot_io *io, uint32_t address,
                                                       struct network_firmware *firmware)
{
    uint8_t header[IMAGE_HEADER_BYTES];
    io_mem_read(io, address, header, sizeof(header));
    firmware->address = address + bytes_get_u16(header + 8);
    firmware->byte_count = bytes_get_u32(header + 12);
}

/* Internal flash of the application core: b0n reads it at its address. */
static bool is_seen_by_network_core(const struct slot_pair *pair)
{
    const struct flash_area *area = secondary_of(pair);
    uint32_t mapped = area->device->mapped_address;
    return mapped != IO_ADDRESS_NONE && mapped + area->device_offset_bytes + area->size_bytes <=
                                            netcore_of(pair->boot->config)->application_flash_bytes;
}

static int copy_to_ram(struct slot_pair *pair, struct network_firmware *firmware)
{
    const struct netcore_config *config = netcore_of(pair->boot->config);
    const struct image_header *header = &pair->slots[SLOT_SECONDARY].header;
    struct image_source source = slot_source(pair, SLOT_SECONDARY);
    uint8_t *buffer = pair->boot->copy_buffer;

    if (header->payload_bytes > config->staging_bytes) {
        io_log(pair->boot->io, IO_LOG_ERROR, "Network core image of %u bytes, %u bytes of RAM",
               (unsigned)header->payload_bytes, (unsigned)config->staging_bytes);
        return NETCORE_ENOMEM;
    }
    for (uint32_t done = 0; done < header->payload_bytes;) {
        uint32_t piece = min_u32(header->payload_bytes - done, COPY_PIECE_BYTES);
        if (image_read(&source, header->header_bytes + done, buffer, piece) != 0) {
            return NETCORE_ENODATA;
        }
        io_mem_write(pair->boot->io, config->staging_address + done, buffer, piece);
        done += piece;
    }
    firmware->address = config->staging_address;
    return NETCORE_OK;
}

static int find_firmware(struct slot_pair *pair, struct network_firmware *firmware)
{
    const struct netcore_config *config = netcore_of(pair->boot->config);
    const struct flash_area *area = secondary_of(pair);
    const struct image_header *header = &pair->slots[SLOT_SECONDARY].header;

    switch (config->header_read) {
    case NETCORE_HEADER_RAW:
        read_header_through_pointer(pair->boot->io, area->device_offset_bytes, firmware);
        return NETCORE_OK;
    case NETCORE_HEADER_XIP:
        read_header_through_pointer(pair->boot->io, config->xip_address + area->device_offset_bytes,
                                    firmware);
        return NETCORE_OK;
    case NETCORE_HEADER_FLASH_API:
    default:
        firmware->byte_count = header->payload_bytes;
        if (is_seen_by_network_core(pair)) {
            firmware->address =
                area->device->mapped_address + area->device_offset_bytes + header->header_bytes;
            return NETCORE_OK;
        }
        return copy_to_ram(pair, firmware);
    }
}

static bool is_swapping(const struct slot_pair *pair)
{
    return pair->boot->config->strategy <= BOOT_SWAP_SCRATCH;
}

/* The request, so that the next boot does not start over. Swaps erase the trailer, overwrite-only
 * the first and the last sector, as after its own updates. */
static void forget_request(struct slot_pair *pair)
{
    const struct flash_area *area = secondary_of(pair);
    struct flash_sector last;
    int result = BOOT_OK;
    if (is_swapping(pair)) {
        result = trailer_scramble(pair, SLOT_SECONDARY);
    } else if (flash_sector_by_index(area, pair->slots[SLOT_SECONDARY].sector_count - 1, &last) ==
               0) {
        struct flash_sector first = slot_sector(pair, SLOT_SECONDARY, 0);
        result = region_scramble(area, first.offset_bytes, first.size_bytes, FORWARD);
        if (result == BOOT_OK) {
            result = region_scramble(area, last.offset_bytes, last.size_bytes, FORWARD);
        }
    }
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

uint32_t netcore_sequential_update(struct slot_pair *pair, uint32_t type)
{
    const struct netcore_config *config = netcore_of(pair->boot->config);
    struct network_firmware firmware = {0, 0};

    if (config == 0 || config->flavour != NETCORE_SEQUENTIAL ||
        netcore_switch_is_on(config, NETCORE_NO_PCD) || !is_for_network_core(pair)) {
        return type;
    }
    if (netcore_goes_back(pair)) {
        (void)slot_scramble(pair, SLOT_SECONDARY);
        return SWAP_NONE;
    }
    io_log(pair->boot->io, IO_LOG_INFO, "Starting network core update");
    int result = find_firmware(pair, &firmware);
    if (result == NETCORE_OK) {
        result =
            pcd_network_core_update(pair->boot->io, config, firmware.address, firmware.byte_count);
    }
    if (result == NETCORE_OK) {
        io_log(pair->boot->io, IO_LOG_INFO, "Done updating network core");
    }
    bool stays = result != NETCORE_OK
                     ? !netcore_switch_is_on(config, NETCORE_DROPS_FAILED)
                     : !is_swapping(pair) && netcore_switch_is_on(config, NETCORE_REQUEST_STAYS);
    if (!stays) {
        forget_request(pair);
    }
    return result == NETCORE_OK ? (uint32_t)SWAP_NONE : (uint32_t)SWAP_FAIL;
}
