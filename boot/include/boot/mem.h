/*
 * mem.h: the mem* functions, which every C implementation supplies even without a library.
 *
 * A freestanding tool chain has no <string.h>; these are the declarations that it would hold.
 */
#ifndef BOOT_MEM_H
#define BOOT_MEM_H

#include <stddef.h>

#ifndef __cplusplus /* C++ has <cstring> */
void *memcpy(void *destination, const void *source, size_t byte_count);
void *memset(void *destination, int value, size_t byte_count);
int memcmp(const void *left, const void *right, size_t byte_count);
#endif

#endif
