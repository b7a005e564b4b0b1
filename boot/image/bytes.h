/*
 * bytes.h: little-endian integers in byte arrays, and rounding to powers of two.
 */
#ifndef BOOT_IMAGE_BYTES_H
#define BOOT_IMAGE_BYTES_H

#include <stdint.h>

static inline uint32_t bytes_get_u16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t bytes_get_u32(const uint8_t *bytes)
{
    return bytes_get_u16(bytes) | bytes_get_u16(bytes + 2) << 16;
}

static inline void bytes_put_u32(uint8_t *bytes, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

/* `unit` is a power of two. */
static inline uint32_t round_down(uint32_t value, uint32_t unit)
{
    return value & ~(unit - 1);
}

static inline uint32_t round_up(uint32_t value, uint32_t unit)
{
    return round_down(value + unit - 1, unit);
}

static inline uint32_t min_u32(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

static inline uint32_t max_u32(uint32_t left, uint32_t right)
{
    return left > right ? left : right;
}

#endif
