/*
 * The network bootloader: performs the command that the application core left, or starts what its
 * slot holds, unchecked. An image is validated by its hash, where it comes from and where it went;
 * signatures are the application core's business.
 */
#include <boot/flash.h>
#include <boot/mem.h>
#include <boot/netcore.h>

#include "image/bytes.h"
#include "netcore/netcore_registers.h"

#define COPY_BUFFER_BYTES 512u
#define DIGEST_BYTES 32u

struct b0n {
    const struct boot_io *io;
    const struct boot_crypto *crypto;
    const struct netcore_config *config;
    const struct flash_area *slot;
};

enum acl_entry { ACL_OF_CONTAINER, ACL_OF_SLOT };

struct firmware_info {
    uint32_t firmware_bytes;
    uint32_t version;
    uint32_t address;
};

/* Reads the information of the firmware that lies at `address`. False: there is none. */
static bool read_info(const struct b0n *b0n, uint32_t address, struct firmware_info *info)
{
    uint8_t bytes[NETCORE_INFO_BYTES];
    io_mem_read(b0n->io, address + NETCORE_INFO_OFFSET, bytes, sizeof(bytes));
    info->firmware_bytes = bytes_get_u32(bytes + 16);
    info->version = bytes_get_u32(bytes + NETCORE_INFO_VERSION);
    info->address = bytes_get_u32(bytes + 24);
    return bytes_get_u32(bytes) == NETCORE_INFO_MAGIC0 &&
           bytes_get_u32(bytes + 4) == NETCORE_INFO_MAGIC1 &&
           bytes_get_u32(bytes + 8) == NETCORE_INFO_MAGIC2 &&
           bytes_get_u32(bytes + 32) == NETCORE_INFO_VALID;
}

/* Firmware for the slot, whole and unchanged, at `address`? It has to have `byte_count` bytes. */
static bool is_valid_at(const struct b0n *b0n, uint32_t address, uint32_t byte_count)
{
    struct firmware_info info;
    uint8_t stated[NETCORE_VALIDATION_BYTES];
    uint8_t digest[DIGEST_BYTES];
    uint8_t vectors[8];

    io_mem_read(b0n->io, address, vectors, sizeof(vectors));
    if (byte_count < NETCORE_INFO_OFFSET + NETCORE_INFO_BYTES + NETCORE_VALIDATION_BYTES ||
        !read_info(b0n, address, &info) || info.address != b0n->config->slot_address ||
        info.firmware_bytes != byte_count - NETCORE_VALIDATION_BYTES) {
        return false;
    }
    io_mem_read(b0n->io, address + info.firmware_bytes, stated, sizeof(stated));
    if (bytes_get_u32(stated) != NETCORE_INFO_MAGIC0 ||
        bytes_get_u32(stated + 8) != NETCORE_VALIDATION_MAGIC2 ||
        bytes_get_u32(stated + 12) != b0n->config->slot_address) {
        return false;
    }
    struct crypto_range firmware = {0, address, info.firmware_bytes, 0};
    return b0n->crypto->hash_ranges(b0n->crypto->context, CRYPTO_SHA256, &firmware, 1, digest) ==
               0 &&
           memcmp(digest, stated + 16, sizeof(digest)) == 0;
}

/* Each page is erased just before the first byte goes into it. */
static int copy_to(const struct b0n *b0n, const struct flash_area *target, uint32_t source,
                   uint32_t byte_count)
{
    uint8_t buffer[COPY_BUFFER_BYTES];
    for (uint32_t done = 0; done < byte_count;) {
        uint32_t chunk = min_u32(byte_count - done, sizeof(buffer));
        struct flash_sector page;
        int result = flash_sector_at(target, done, &page);
        if (result == FLASH_OK && page.offset_bytes == done) {
            result = flash_erase(target, done, page.size_bytes);
        }
        if (result != FLASH_OK) {
            return result;
        }
        io_mem_read(b0n->io, source + done, buffer, chunk);
        uint32_t padded = round_up(chunk, flash_write_unit(target));
        memset(buffer + chunk, flash_erased_value(target), padded - chunk);
        result = flash_write(target, done, buffer, padded);
        if (result != FLASH_OK) {
            return result;
        }
        done += chunk;
    }
    return FLASH_OK;
}

/* NETCORE_WRONG_OFFSET leaves out the check of the offset: b0n goes where it is told, as far as the
 * ACL lets it. */
static bool perform_copy(const struct b0n *b0n, const struct pcd_block *command)
{
    uint32_t slot_offset = b0n->config->slot_address - b0n->config->container_address;
    struct flash_area target = *b0n->slot;
    bool any_offset = netcore_switch_is_on(b0n->config, NETCORE_WRONG_OFFSET);
    if (netcore_switch_is_on(b0n->config, NETCORE_PCD_FAILS)) {
        return false;
    }
    if ((command->offset != slot_offset && !any_offset) ||
        command->byte_count > b0n->slot->size_bytes) {
        io_log(b0n->io, IO_LOG_ERROR, "Image of %u bytes at offset 0x%x is not for a slot of %u",
               (unsigned)command->byte_count, (unsigned)command->offset,
               (unsigned)b0n->slot->size_bytes);
        return false;
    }
    if (!is_valid_at(b0n, command->data, command->byte_count)) {
        io_log(b0n->io, IO_LOG_ERROR, "Image at 0x%x is not valid", (unsigned)command->data);
        return false;
    }
    target.device_offset_bytes = command->offset;
    if (copy_to(b0n, &target, command->data, command->byte_count) != FLASH_OK) {
        io_log(b0n->io, IO_LOG_ERROR, "Copying the image failed");
        return false;
    }
    return is_valid_at(b0n, b0n->config->container_address + command->offset, command->byte_count);
}

static bool perform_read_version(const struct b0n *b0n, const struct pcd_block *command)
{
    struct firmware_info info;
    uint8_t bytes[sizeof(info.version)];
    if (command->byte_count != sizeof(bytes) || !read_info(b0n, b0n->config->slot_address, &info)) {
        return false;
    }
    bytes_put_u32(bytes, info.version);
    io_mem_write(b0n->io, command->data, bytes, sizeof(bytes));
    return true;
}

static enum b0n_result answer(const struct b0n *b0n, bool is_done)
{
    uint8_t magic[4];
    bytes_put_u32(magic, is_done ? PCD_MAGIC_DONE : PCD_MAGIC_FAIL);
    io_mem_write(b0n->io, b0n->config->pcd_address, magic, sizeof(magic));
    return is_done ? B0N_COMMAND_DONE : B0N_COMMAND_FAILED;
}

/* An entry of the ACL takes values once per reset. */
static bool protect(const struct b0n *b0n, enum acl_entry entry, uint32_t address,
                    uint32_t byte_count)
{
    uint32_t acl = b0n->config->acl_address + (uint32_t)entry * ACL_ENTRY_BYTES;
    if (io_read32(b0n->io, acl + ACL_PERM) != 0) {
        io_log(b0n->io, IO_LOG_ERROR, "Failed to protect b0n flash, cancel startup");
        return false;
    }
    io_write32(b0n->io, acl + ACL_ADDRESS, address);
    io_write32(b0n->io, acl + ACL_SIZE, byte_count);
    io_write32(b0n->io, acl + ACL_PERM, ACL_PERM_NO_WRITE);
    return true;
}

/* As shipped, there is no check but for the information; hardened, the whole image is checked. */
static bool may_start(const struct b0n *b0n)
{
    struct firmware_info info;
    uint32_t address = b0n->config->slot_address;
    if (!read_info(b0n, address, &info)) {
        return false;
    }
    return !netcore_switch_is_on(b0n->config, NETCORE_HARDENED) ||
           (info.firmware_bytes <= b0n->slot->size_bytes - NETCORE_VALIDATION_BYTES &&
            is_valid_at(b0n, address, info.firmware_bytes + NETCORE_VALIDATION_BYTES));
}

/* What it starts cannot write to itself. */
static enum b0n_result start(const struct b0n *b0n)
{
    const struct netcore_config *config = b0n->config;
    if (!protect(b0n, ACL_OF_SLOT, config->slot_address, config->slot_bytes)) {
        return B0N_NOT_PROTECTED;
    }
    return may_start(b0n) ? B0N_STARTS : B0N_NO_FIRMWARE;
}

enum b0n_result b0n_run(const struct boot_io *io, const struct boot_crypto *crypto,
                        const struct netcore_config *config, const struct flash_area *slot)
{
    struct b0n b0n = {io, crypto, config, slot};
    struct pcd_block command;

    if (!protect(&b0n, ACL_OF_CONTAINER, config->container_address,
                 config->slot_address - config->container_address)) {
        return B0N_NOT_PROTECTED;
    }
    pcd_block_read(io, config->pcd_address, &command);
    switch (pcd_status_of(command.magic)) {
    case PCD_STATUS_COPY:
        return answer(&b0n, perform_copy(&b0n, &command));
    case PCD_STATUS_READ_VERSION:
        return answer(&b0n, perform_read_version(&b0n, &command));
    case PCD_STATUS_LOCK_DEBUG:
        return answer(&b0n, true); /* UICR is not modelled: nothing is written */
    default:
        return start(&b0n);
    }
}
