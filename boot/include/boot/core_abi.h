/*
 * core_abi.h: how a firmware image is loaded and run.
 *
 * A firmware image is a shared object that exports one symbol, boot_firmware_query(). A loader,
 * an application and a network-core loader all use the same form.
 *
 * Conventions
 *  1. Tables and records begin with their size and a version. A reader ignores what lies behind
 *     the size it knows and refuses a size smaller than it needs.
 *  2. `state` is RAM of the device: `state_bytes` long, 16-byte aligned, unspecified content.
 *  3. entry() runs on the firmware's own stack. Returning from it ends the run: a loader has then
 *     handed over (0) or found nothing to start; an application has finished its command.
 *  4. Firmware calls nothing but the tables of its platform record and mem* functions.
 */
#ifndef BOOT_CORE_ABI_H
#define BOOT_CORE_ABI_H

#include <boot/board.h>
#include <boot/config.h>
#include <boot/crypto.h>
#include <boot/io.h>
#include <boot/management.h>
#include <boot/upload.h>
#include <boot/version.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BOOT_FIRMWARE_ABI_VERSION 1u
#define BOOT_FIRMWARE_QUERY_SYMBOL "boot_firmware_query"

enum boot_firmware_kind {
    BOOT_FIRMWARE_LOADER,
    BOOT_FIRMWARE_APPLICATION,
    BOOT_FIRMWARE_NETWORK_LOADER /* entry() returns an enum b0n_result (netcore.h) */
};

/* Capability bits. Strategies: bit (1 << enum boot_strategy) of `strategies`. */
enum boot_capability {
    BOOT_CAN_ENCRYPT = 1u << 0,
    BOOT_CAN_BOOTSTRAP = 1u << 1,
    BOOT_CAN_PREVENT_DOWNGRADE = 1u << 2,
    BOOT_CAN_MULTIPLE_IMAGES = 1u << 3,
    BOOT_CAN_NO_ERASE = 1u << 4 /* devices without erase */
};

/* Where to start, as boot_go() reports it. */
struct boot_response {
    uint32_t device_id;
    uint32_t area_id;
    uint32_t device_offset_bytes; /* of the image header */
    uint32_t header_bytes;        /* header size field: the vector table follows */
    uint32_t image_bytes;         /* payload */
    uint32_t load_address;        /* ram-load: where the image was copied to; otherwise the
                                     header field, unused */
    bool in_ram;                  /* started from load_address */
    struct boot_version version;
};

/* What an application run does; the simulator plays one command per run. */
enum app_command_kind {
    APP_SET_PENDING,   /* image_index, permanent */
    APP_SET_CONFIRMED, /* image_index            */
    APP_SET_NEXT,      /* area_id, active, permanent (= confirm) */
    APP_SWAP_TYPE,     /* image_index            */
    APP_UPLOAD,        /* upload                 */
    APP_MANAGE         /* management             */
};

struct app_command {
    enum app_command_kind kind;
    uint32_t image_index;
    uint32_t area_id;
    bool permanent;
    bool active;
    struct upload_order upload;
    struct management_order management;
};

/* What the host gives to one run of a firmware image. */
struct boot_platform {
    uint32_t struct_bytes;
    uint32_t version;
    const struct boot_io *io;
    const struct boot_crypto *crypto;
    const struct board *board;
    const struct boot_config *config;
    const struct app_command *command; /* applications; NULL for loaders */
    struct boot_response *response;    /* loaders fill it on success; NULL for applications */
};

struct boot_firmware {
    uint32_t struct_bytes;
    uint32_t abi_version;
    enum boot_firmware_kind kind;
    const char *name;    /* short, for reports: "builtin"                               */
    const char *release; /* behaves as which release: "MCUboot 2.4.0 (2d4bacc3)"        */
    uint32_t strategies;
    uint32_t capabilities;
    uint32_t state_bytes;
    uint32_t stack_bytes; /* what a board would give it; the guard lies behind that     */
    int (*entry)(const struct boot_platform *platform, void *state);
};

typedef const struct boot_firmware *(*boot_firmware_query_function)(uint32_t abi_version);

/* The one exported symbol. NULL if the image cannot serve `abi_version`. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const struct boot_firmware *
boot_firmware_query(uint32_t abi_version);

#ifdef __cplusplus
}
#endif

#endif
