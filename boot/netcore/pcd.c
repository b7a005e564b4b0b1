/*
 * The application core's side of a PCD command: access for the network core, hold, write the block,
 * release, poll. The loop waits for ever, as the reference does.
 */
#include <boot/netcore.h>

#include "image/bytes.h"
#include "netcore/netcore_registers.h"

#define POLL_INTERVAL_US 1000000u
#define HARDENED_POLLS_MAX 30u /* twice the time of the longest copy */

enum pcd_status pcd_status_of(uint32_t magic)
{
    switch (magic) {
    case PCD_MAGIC_COPY:
        return PCD_STATUS_COPY;
    case PCD_MAGIC_DONE:
        return PCD_STATUS_DONE;
    case PCD_MAGIC_READ_VERSION:
        return PCD_STATUS_READ_VERSION;
    case PCD_MAGIC_LOCK_DEBUG:
        return PCD_STATUS_LOCK_DEBUG;
    default:
        return PCD_STATUS_FAILED;
    }
}

void pcd_block_read(const struct boot_io *io, uint32_t address, struct pcd_block *block)
{
    uint8_t bytes[PCD_BLOCK_BYTES];
    io_mem_read(io, address, bytes, sizeof(bytes));
    block->magic = bytes_get_u32(bytes);
    block->data = bytes_get_u32(bytes + 4);
    block->byte_count = bytes_get_u32(bytes + 8);
    block->offset = bytes_get_u32(bytes + 12);
}

void pcd_block_write(const struct boot_io *io, uint32_t address, const struct pcd_block *block)
{
    uint8_t bytes[PCD_BLOCK_BYTES];
    bytes_put_u32(bytes, block->magic);
    bytes_put_u32(bytes + 4, block->data);
    bytes_put_u32(bytes + 8, block->byte_count);
    bytes_put_u32(bytes + 12, block->offset);
    io_mem_write(io, address, bytes, sizeof(bytes));
}

/* Whether the network core's accesses count as secure. */
static void set_domain(const struct boot_io *io, const struct netcore_config *config,
                       bool is_secure)
{
    if (netcore_switch_is_on(config, NETCORE_DOMAIN_NOT_SECURE)) {
        return;
    }
    io_write32(io, config->spu_address + SPU_EXTDOMAIN0_PERM, is_secure ? SPU_PERM_SECURE : 0);
}

static KEEPS_ITS_NAME enum pcd_status
wait_for_network_core(const struct boot_io *io, const struct netcore_config *config, uint32_t sent)
{
    enum pcd_status waits_in = pcd_status_of(sent);
    bool is_limited = netcore_switch_is_on(config, NETCORE_HARDENED);
    uint32_t polls = 0;
    struct pcd_block block;
    do {
        io_wait_us(io, POLL_INTERVAL_US);
        pcd_block_read(io, config->pcd_address, &block);
        if (is_limited && ++polls == HARDENED_POLLS_MAX && block.magic == sent) {
            return PCD_STATUS_FAILED;
        }
    } while (block.magic == sent && waits_in != PCD_STATUS_FAILED);
    return pcd_status_of(block.magic);
}

static void initiate(const struct boot_io *io, const struct netcore_config *config,
                     const struct pcd_block *command)
{
    set_domain(io, config, true);
    io_write32(io, config->force_off_address, FORCE_OFF_HOLD);
    pcd_block_write(io, config->pcd_address, command);
    io_write32(io, config->force_off_address, FORCE_OFF_RELEASE);
    io_log(io, IO_LOG_INFO, "Turned on network core");
}

static int tidy_up(const struct boot_io *io, const struct netcore_config *config,
                   enum pcd_status status, const char *what)
{
    if (status != PCD_STATUS_DONE) {
        io_log(io, IO_LOG_ERROR, "Network core %s failed", what);
        set_domain(io, config, false);
        if (netcore_switch_is_on(config, NETCORE_HARDENED)) {
            io_write32(io, config->force_off_address, FORCE_OFF_HOLD);
        }
        return NETCORE_EFAULT; /* as shipped still running: b0n has given up and waits */
    }
    io_write32(io, config->force_off_address, FORCE_OFF_HOLD);
    io_log(io, IO_LOG_INFO, "Turned off network core");
    set_domain(io, config, false);
    return NETCORE_OK;
}

static int perform(const struct boot_io *io, const struct netcore_config *config,
                   const struct pcd_block *command, const char *what)
{
    initiate(io, config, command);
    return tidy_up(io, config, wait_for_network_core(io, config, command->magic), what);
}

static struct pcd_block copy_command(const struct netcore_config *config, uint32_t source,
                                     uint32_t byte_count)
{
    struct pcd_block copy = {PCD_MAGIC_COPY, source, byte_count,
                             config->slot_address - config->container_address};
    if (netcore_switch_is_on(config, NETCORE_WRONG_MAGIC)) {
        copy.magic = ~PCD_MAGIC_COPY;
    }
    if (netcore_switch_is_on(config, NETCORE_WRONG_OFFSET)) {
        copy.offset = 0;
    }
    return copy;
}

int pcd_network_core_update(const struct boot_io *io, const struct netcore_config *config,
                            uint32_t source, uint32_t byte_count)
{
    struct pcd_block copy = copy_command(config, source, byte_count);
    return perform(io, config, &copy, "update");
}

void pcd_network_core_update_initiate(const struct boot_io *io, const struct netcore_config *config,
                                      uint32_t source, uint32_t byte_count)
{
    struct pcd_block copy = copy_command(config, source, byte_count);
    initiate(io, config, &copy);
}

bool pcd_is_busy(const struct boot_io *io, const struct netcore_config *config)
{
    struct pcd_block block;
    pcd_block_read(io, config->pcd_address, &block);
    return pcd_status_of(block.magic) == PCD_STATUS_COPY;
}

int pcd_network_core_update_end(const struct boot_io *io, const struct netcore_config *config)
{
    struct pcd_block block;
    pcd_block_read(io, config->pcd_address, &block);
    return tidy_up(io, config, pcd_status_of(block.magic), "update");
}

int pcd_network_core_version(const struct boot_io *io, const struct netcore_config *config,
                             uint32_t *version)
{
    struct pcd_block read = {PCD_MAGIC_READ_VERSION, config->staging_address, sizeof(*version), 0};
    uint8_t bytes[sizeof(*version)];
    int result = perform(io, config, &read, "version read");
    if (result == NETCORE_OK) {
        io_mem_read(io, config->staging_address, bytes, sizeof(bytes));
        *version = bytes_get_u32(bytes);
    }
    return result;
}

int pcd_network_core_lock_debug(const struct boot_io *io, const struct netcore_config *config)
{
    struct pcd_block lock = {PCD_MAGIC_LOCK_DEBUG, 0, 0, 0};
    return perform(io, config, &lock, "debug lock");
}

void pcd_lock_ram(const struct boot_io *io, const struct netcore_config *config)
{
    uint32_t region = (config->pcd_address - SPU_RAM_ADDRESS) / SPU_RAMREGION_BYTES;
    io_write32(io, config->spu_address + SPU_RAMREGION_PERM + 4 * region,
               SPU_PERM_READ | SPU_PERM_SECURE | SPU_PERM_LOCK);
}
