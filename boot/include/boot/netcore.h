/*
 * netcore.h: the update of the nRF5340's network core (ncs.md section 2).
 *
 * The application core cannot write network flash. It leaves a command in RAM that both cores see
 * (the peripheral CPU DFU block, PCD), releases the network core, and the network bootloader (b0n)
 * copies the image into its own flash. Two flavours: sequential, where one secondary slot serves
 * both cores; simultaneous, where the network image is a second image whose primary slot is RAM.
 *
 * The layout of the firmware information is ours; the reference holds the same things in it.
 */
#ifndef BOOT_NETCORE_H
#define BOOT_NETCORE_H

#include <boot/crypto.h>
#include <boot/io.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum netcore_flavour { NETCORE_SEQUENTIAL, NETCORE_SIMULTANEOUS };

/* Sequential: how the bootloader gets at the header of a network image. */
enum netcore_header_read {
    NETCORE_HEADER_FLASH_API, /* flash_read(); an image that b0n cannot see is copied to RAM */
    NETCORE_HEADER_RAW,       /* the offset in the device, taken for an address: as shipped  */
    NETCORE_HEADER_XIP        /* the same plus the XIP window: a workaround from the field   */
};

/* What differs from the newest behaviour, or is broken on purpose. Or-ed; 0: none. Each has a name
 * in scenario files (netcore: {switches: [...]}). */
enum netcore_switch {
    NETCORE_REQUEST_STAYS = 1u << 0,     /* overwrite-only erases nothing after success (F47)    */
    NETCORE_DROPS_FAILED = 1u << 1,      /* the request goes even if the network core failed     */
    NETCORE_RAM_BOUNDS = 1u << 2,        /* reset vectors are compared with the RAM slot (F49)   */
    NETCORE_NO_PCD = 1u << 3,            /* built without PCD: taken for an application (F50)    */
    NETCORE_NO_BOUNDS = 1u << 4,         /* no comparison of reset vectors: up to NCS 1.9        */
    NETCORE_DOMAIN_NOT_SECURE = 1u << 5, /* the network core is not given access to app RAM   */
    NETCORE_PCD_FAILS = 1u << 6,         /* b0n answers every command with FAIL (F51)            */
    NETCORE_WRONG_MAGIC = 1u << 7,       /* the application core writes no command that b0n knows */
    NETCORE_HARDENED = 1u << 8,          /* both images or none: boot/netcore/DESIGN.md          */
    NETCORE_SECOND_REQUEST_LOST = 1u << 9, /* requested after the application's: forgotten (F48) */
    NETCORE_SERIAL_NUMBERS = 1u << 10,     /* serial recovery takes slot 3 for another's (F53)   */
    NETCORE_READS_VERSION = 1u << 11,      /* downgrade by-version asks b0n what runs            */
    NETCORE_WRONG_OFFSET = 1u << 12        /* the command names b0n's own place                  */
};

/* Addresses are those of the core that uses them. */
struct netcore_config {
    enum netcore_flavour flavour;
    enum netcore_header_read header_read;
    uint32_t switches; /* enum netcore_switch */

    uint32_t pcd_address;     /* of the command block, in RAM that both cores see       */
    uint32_t staging_address; /* RAM where an image waits for b0n: the RAM slot         */
    uint32_t staging_bytes;
    uint32_t application_flash_bytes; /* from address 0: b0n can read it                        */
    uint32_t loader_bytes;            /* from address 0: the application core's bootloader       */
    uint32_t xip_address;             /* of the QSPI, seen by the application core alone        */
    uint32_t force_off_address;       /* RESET.NETWORK.FORCEOFF                                 */
    uint32_t spu_address;             /* system protection unit                                 */

    uint32_t container_address; /* b0n and its provisioned data: network core                   */
    uint32_t slot_address;      /* S0, the network application                                  */
    uint32_t slot_bytes;
    uint32_t acl_address; /* access control lists: network core                                 */
};

static inline bool netcore_switch_is_on(const struct netcore_config *config,
                                        enum netcore_switch which)
{
    return (config->switches & (uint32_t)which) != 0;
}

/* ---- the command block ---- */

/* Four words: magic, data pointer, length, offset in network flash. */
#define PCD_BLOCK_BYTES 16u

#define PCD_MAGIC_COPY 0xB5B4B3B6u
#define PCD_MAGIC_DONE 0xF103CE5Du
#define PCD_MAGIC_FAIL 0x25BAFC15u
#define PCD_MAGIC_READ_VERSION 0xDCA345EAu
#define PCD_MAGIC_LOCK_DEBUG 0xB6F249ECu

enum pcd_status {
    PCD_STATUS_COPY,
    PCD_STATUS_DONE,
    PCD_STATUS_FAILED, /* the magic of failure, and any other value */
    PCD_STATUS_READ_VERSION,
    PCD_STATUS_LOCK_DEBUG
};

struct pcd_block {
    uint32_t magic;
    uint32_t data;
    uint32_t byte_count;
    uint32_t offset;
};

enum pcd_status pcd_status_of(uint32_t magic);
void pcd_block_read(const struct boot_io *io, uint32_t address, struct pcd_block *block);
void pcd_block_write(const struct boot_io *io, uint32_t address, const struct pcd_block *block);

/* ---- the application core's side ---- */

#define NETCORE_OK 0
#define NETCORE_EFAULT (-14)  /* the network core answered FAIL */
#define NETCORE_ENODATA (-61) /* there is no image where one should be */
#define NETCORE_ENOMEM (-12)  /* the image does not fit where it has to wait */

/* Has b0n copy `byte_count` bytes from `source` to its slot. Returns when it is done, or failed;
 * never if it does not answer: the loop has no time limit. After success the network core is held
 * in reset; after failure it is left running. NETCORE_OK or NETCORE_EFAULT. */
int pcd_network_core_update(const struct boot_io *io, const struct netcore_config *config,
                            uint32_t source, uint32_t byte_count);

/* The same in two parts, for a caller that goes on meanwhile: the first returns as soon as the
 * network core is released; the second is of no use before pcd_is_busy() says false, and tidies up
 * as above. */
void pcd_network_core_update_initiate(const struct boot_io *io, const struct netcore_config *config,
                                      uint32_t source, uint32_t byte_count);
bool pcd_is_busy(const struct boot_io *io, const struct netcore_config *config);
int pcd_network_core_update_end(const struct boot_io *io, const struct netcore_config *config);

/* The version in the firmware information of S0, through b0n and 4 bytes at the staging address. */
int pcd_network_core_version(const struct boot_io *io, const struct netcore_config *config,
                             uint32_t *version);

/* Has b0n write its APPROTECT. */
int pcd_network_core_lock_debug(const struct boot_io *io, const struct netcore_config *config);

/* Before an application starts: it can read the block and not write it. */
void pcd_lock_ram(const struct boot_io *io, const struct netcore_config *config);

/* ---- firmware information: what b0n wants in a network image ---- */

/* Offset in the image, behind the vector table. Nine words: three of magic, bytes of this record,
 * bytes of firmware up to the validation information, version, address of the vector table, reset
 * vector, valid. */
#define NETCORE_INFO_OFFSET 0x200u
#define NETCORE_INFO_BYTES 36u
#define NETCORE_INFO_VERSION 20u /* offset of the version in the record */
#define NETCORE_INFO_MAGIC0 0x4E45544Eu
#define NETCORE_INFO_MAGIC1 0x46573031u
#define NETCORE_INFO_MAGIC2 0x1EE7B00Fu
#define NETCORE_INFO_VALID 0x9102FFFFu

/* Behind the firmware: three words of magic, the address that it was hashed for, its SHA-256. */
#define NETCORE_VALIDATION_BYTES 48u
#define NETCORE_VALIDATION_MAGIC2 0x1EE7C0DEu

/* ---- the network core's side ---- */

/* What b0n ends with. On silicon it spins until it is reset, but after B0N_STARTS. */
enum b0n_result {
    B0N_STARTS = 0,     /* jumped to what its slot holds, unchecked  */
    B0N_COMMAND_DONE,   /* waits to be reset                         */
    B0N_COMMAND_FAILED, /* waits to be reset                         */
    B0N_NO_FIRMWARE,    /* no firmware information in its slot       */
    B0N_NOT_PROTECTED   /* the ACL that protects b0n cannot be set   */
};

struct flash_area;

/* One start of the network core. `slot` is S0. */
enum b0n_result b0n_run(const struct boot_io *io, const struct boot_crypto *crypto,
                        const struct netcore_config *config, const struct flash_area *slot);

/* ---- serial recovery ---- */

/* How its clients count slots: 1 and 2 are those of image 0, 3 and 4 those of image 1. */
#define NETCORE_SERIAL_SLOT_NUMBER(image_index, is_secondary)                                      \
    (2u * (image_index) + ((is_secondary) ? 2u : 1u))

/* An image has been received into the slot of this number, which is `area`. If that is the RAM
 * slot, hands it to b0n and waits, as the reset does that a client asks for then. NETCORE_OK (also
 * for any other slot) or a negative code. */
int netcore_serial_uploaded(const struct boot_io *io, const struct netcore_config *config,
                            const struct flash_area *area, uint32_t slot_number);

#ifdef __cplusplus
}
#endif

#endif
