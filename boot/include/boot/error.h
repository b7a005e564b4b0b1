/*
 * error.h: MCUboot's library codes, as functions of the core return them.
 */
#ifndef BOOT_ERROR_H
#define BOOT_ERROR_H

enum boot_error {
    BOOT_OK = 0,
    BOOT_FAILED = -1, /* no image may be started */
    BOOT_EFLASH = 1,
    BOOT_EFILE = 2,
    BOOT_EBADIMAGE = 3,
    BOOT_EBADVECTOR = 4,
    BOOT_EBADSTATUS = 5,
    BOOT_ENOMEM = 6,
    BOOT_EBADARGS = 7,
    BOOT_EBADVERSION = 8,
    BOOT_EFLASH_SECONDARY = 9
};

#endif
