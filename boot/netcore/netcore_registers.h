/*
 * netcore_registers.h: registers that the update of the network core touches.
 *
 * Offsets of SPU and ACL: from memory of the product specification (unverified).
 */
#ifndef BOOT_NETCORE_REGISTERS_H
#define BOOT_NETCORE_REGISTERS_H

/* RESET.NETWORK.FORCEOFF */
#define FORCE_OFF_HOLD 1u
#define FORCE_OFF_RELEASE 0u

/* SPU, application core */
#define SPU_EXTDOMAIN0_PERM 0x440u
#define SPU_RAMREGION_PERM 0x700u /* one word per 8 KiB of RAM */
#define SPU_RAMREGION_BYTES 0x2000u
#define SPU_RAM_ADDRESS 0x20000000u
#define SPU_FLASHREGION_PERM 0x600u /* one word per 16 KiB of flash */
#define SPU_FLASHREGION_BYTES 0x4000u
#define SPU_PERM_EXECUTE (1u << 0)
#define SPU_PERM_WRITE (1u << 1)
#define SPU_PERM_READ (1u << 2)
#define SPU_PERM_SECURE (1u << 4)
#define SPU_PERM_LOCK (1u << 8)

/* ACL, network core: of entry 0, and bytes from one entry to the next */
#define ACL_ADDRESS 0x800u
#define ACL_SIZE 0x804u
#define ACL_PERM 0x808u
#define ACL_ENTRY_BYTES 0x10u
#define ACL_PERM_NO_WRITE (1u << 1)

/* A function that reports are to name when it faults or waits: neither inlined nor cloned. */
#if defined(__GNUC__) && !defined(__clang__)
#    define KEEPS_ITS_NAME __attribute__((noipa))
#else
#    define KEEPS_ITS_NAME
#endif

#endif
