/*
 * The hook of serial recovery: a network image that was received into the RAM slot goes on to b0n.
 * The copy runs while the bootloader goes on; a reset that is asked for waits for it.
 */
#include "netcore/ram_slot.h"

#define BUSY_POLL_INTERVAL_US 1000000u

#define NETWORK_IMAGE_INDEX 1u

/* With the defect, numbers of slots are taken for numbers of images. */
static bool is_ram_slot(const struct netcore_config *config, uint32_t slot_number)
{
    uint32_t expected = netcore_switch_is_on(config, NETCORE_SERIAL_NUMBERS)
                            ? NETWORK_IMAGE_INDEX
                            : NETCORE_SERIAL_SLOT_NUMBER(NETWORK_IMAGE_INDEX, false);
    return config->flavour == NETCORE_SIMULTANEOUS && slot_number == expected;
}

int netcore_serial_uploaded(const struct boot_io *io, const struct netcore_config *config,
                            const struct flash_area *area, uint32_t slot_number)
{
    struct image_header header;
    if (!is_ram_slot(config, slot_number)) {
        return NETCORE_OK;
    }
    if (!netcore_image_in_ram(io, config, area, &header)) {
        return NETCORE_ENODATA;
    }
    io_log(io, IO_LOG_INFO, "Starting network core update");
    pcd_network_core_update_initiate(io, config, config->staging_address + header.header_bytes,
                                     header.payload_bytes);
    do {
        io_wait_us(io, BUSY_POLL_INTERVAL_US);
    } while (pcd_is_busy(io, config));
    int result = pcd_network_core_update_end(io, config);
    if (result == NETCORE_OK) {
        io_log(io, IO_LOG_INFO, "Done updating network core");
    }
    return result;
}
