/*
 * brownout_port.h: what a bootloader of your own tells the porting kit, and what it is told.
 *
 * You define `port_core`; the kit exports the entry point that the simulator looks for, starts the
 * flash drivers and calls port_core.start(). boot/port/README.md goes through it step by step.
 */
#ifndef BROWNOUT_PORT_H
#define BROWNOUT_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct flash_area;

/* Bits of port_core.strategies: what the core was built for. A scenario that asks for another
 * strategy is skipped. */
enum port_strategy {
    PORT_SWAP_MOVE = 1 << 0,
    PORT_SWAP_OFFSET = 1 << 1,
    PORT_SWAP_SCRATCH = 1 << 2,
    PORT_OVERWRITE_ONLY = 1 << 3,
    PORT_OVERWRITE_ONLY_FAST = 1 << 4,
    PORT_DIRECT_XIP = 1 << 5,
    PORT_DIRECT_XIP_REVERT = 1 << 6,
    PORT_RAM_LOAD = 1 << 7,
    PORT_RAM_LOAD_REVERT = 1 << 8,
    PORT_SINGLE_SLOT = 1 << 9
};

/* Bits of port_core.capabilities: scenarios that need more are skipped. */
enum port_capability {
    PORT_CAN_ENCRYPT = 1 << 0,
    PORT_CAN_BOOTSTRAP = 1 << 1,
    PORT_CAN_PREVENT_DOWNGRADE = 1 << 2,
    PORT_CAN_MULTIPLE_IMAGES = 1 << 3,
    PORT_CAN_NO_ERASE = 1 << 4
};

struct port_core {
    const char *name;    /* short, for reports                                              */
    const char *release; /* what it is: "our-fork 1.4 (3f2a91c)"                            */
    uint32_t strategies;
    uint32_t capabilities;
    uint32_t max_image_sectors; /* what it was built for; 0: it asks port_max_image_sectors()   */
    uint32_t max_align_bytes;   /* the same; 0: it asks port_max_align()                        */
    uint32_t stack_bytes;       /* what the board gives it                                      */
    /* One run from reset. 0 after port_hand_over(): that image is started. Otherwise nothing can
     * be started. */
    int (*start)(void);
};

extern const struct port_core port_core; /* yours */

/* Says what is to be started: the header as it lies in RAM or flash buffers (32 bytes), the device
 * and the offset of the header in it. Then return 0 from start(). */
void port_hand_over(const void *image_header, uint8_t device_id, uint32_t device_offset_bytes);
/* The same for an image that was copied to the load address of its header. */
void port_hand_over_in_ram(const void *image_header, uint8_t device_id,
                           uint32_t device_offset_bytes);

/* What the scenario asks for; a core that decides this at build time need not look. */
uint32_t port_strategy(void); /* one of enum port_strategy */
uint32_t port_image_count(void);
uint32_t port_max_image_sectors(void);
uint32_t port_max_align(void);
bool port_validates_primary(void);

/* SHA-256 of bytes of an area; charges the cycles of the modelled processor. 0 on success. */
int port_hash_area(const struct flash_area *area, uint32_t offset_bytes, uint32_t byte_count,
                   uint8_t digest[32]);
/* 1: the scenario's images are signed and the signature is good under one of its keys; 0: it is
 * not; 2: the scenario wants no signature. */
int port_check_signature(const uint8_t digest[32], const uint8_t *signature,
                         uint32_t signature_bytes);

/* For cores with crypto of their own: charge what it costs on the device. */
void port_charge_cycles(uint32_t cpu_cycles);
/* Memory of the device outside of the core, by device address: mapped flash, shared RAM. */
void port_memory_read(uint32_t address, void *destination, uint32_t byte_count);
void port_memory_write(uint32_t address, const void *source, uint32_t byte_count);

/* ---- what the macros of the other headers call ---- */

enum port_log_level { PORT_LOG_ERROR, PORT_LOG_WARNING, PORT_LOG_INFO, PORT_LOG_DEBUG };
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void port_log(int level, const char *format, ...);
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void port_assert_failed(const char *file, int line, const char *condition);
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void port_panic(const char *why);
/* A store to the reload register of the watchdog. */
void port_watchdog_feed(void);

#ifdef __cplusplus
}
#endif

#endif
