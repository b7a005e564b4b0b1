/*
 * word_alignment.h: requests of any alignment on a bus that moves whole words.
 *
 * The policy (driver_options.h) decides what becomes of a request that is not aligned; bytes that
 * are lost or programmed twice are reported with io_note_rule().
 */
#ifndef BOOT_DRIVERS_WORD_ALIGNMENT_H
#define BOOT_DRIVERS_WORD_ALIGNMENT_H

#include <boot/driver_options.h>
#include <boot/flash.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What moves aligned requests: offset, length and buffer are multiples of 4 (of any alignment for
 * WORD_ALIGNMENT_OFF). */
struct word_transfers {
    int (*read)(const struct flash_device *device, uint32_t device_offset_bytes, void *destination,
                uint32_t byte_count);
    int (*write)(const struct flash_device *device, uint32_t device_offset_bytes,
                 const void *source, uint32_t byte_count);
};

int word_aligned_read(const struct flash_device *device, enum word_alignment policy,
                      const struct word_transfers *transfers, uint32_t device_offset_bytes,
                      void *destination, uint32_t byte_count);
int word_aligned_write(const struct flash_device *device, enum word_alignment policy,
                       const struct word_transfers *transfers, uint32_t device_offset_bytes,
                       const void *source, uint32_t byte_count);

#ifdef __cplusplus
}
#endif

#endif
