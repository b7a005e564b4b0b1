/*
 * trailer.h: the slot trailer: where its fields lie, what they mean, how they are written.
 *
 * From the end of the slot downwards: magic, image_ok, copy_done, swap_info, [unprotected TLV
 * sizes], swap_size, [key of slot 0, key of slot 1], status area. Fields are spaced by the largest
 * write alignment that the build supports; the bytes written follow the area's own write unit.
 * The layout functions are pure; the others read and write flash and return 0 or BOOT_EFLASH.
 */
#ifndef BOOT_TRAILER_H
#define BOOT_TRAILER_H

#include <boot/config.h>
#include <boot/flash.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRAILER_MAGIC_BYTES 16u
#define TRAILER_ALIGN_BYTES_MAX 32u

enum swap_type {
    SWAP_NONE = 1,
    SWAP_TEST = 2,
    SWAP_PERM = 3,
    SWAP_REVERT = 4,
    SWAP_FAIL = 5,    /* never on flash */
    SWAP_PANIC = 0xFF /* never on flash */
};

/* Magic and flags; the numbers appear in log lines. For the magic, SET is "good". */
enum trailer_mark { TRAILER_SET = 1, TRAILER_BAD = 2, TRAILER_UNSET = 3 };

struct trailer_state {
    enum trailer_mark magic;
    uint32_t swap_type; /* low nibble of swap_info; SWAP_NONE if erased or above SWAP_REVERT */
    enum trailer_mark copy_done;
    enum trailer_mark image_ok;
    uint32_t image_index;
};

/* What the layout depends on besides the area. */
struct trailer_layout {
    uint32_t max_align_bytes; /* spacing of fields: 8, 16 or 32 */
    uint32_t max_sectors;
    uint32_t states_per_sector; /* status entries; 0: no status area */
    bool has_tlv_sizes;
    uint32_t key_field_bytes; /* of one key; 0 without encryption */
    bool magic_from_flash;    /* the magic is not copied to RAM before it is written */
};

struct trailer_layout trailer_layout_of(const struct boot_config *config);

/* Length of a wrapped image key in its TLV; 0 without encryption. */
uint32_t trailer_wrapped_key_bytes(const struct boot_config *config);

/* Bytes of one saved key in the trailer; 0 without encryption. */
uint32_t trailer_key_field_bytes(const struct boot_config *config);

/* Bytes of a slot trailer, or of the scratch trailer, with status entries of `status_unit`. */
uint32_t trailer_slot_bytes(const struct trailer_layout *layout, uint32_t status_unit_bytes);
uint32_t trailer_scratch_bytes(const struct trailer_layout *layout, uint32_t status_unit_bytes);

/* Offsets from the start of an area of `area_bytes`. */
uint32_t trailer_magic_offset(uint32_t area_bytes);
uint32_t trailer_image_ok_offset(const struct trailer_layout *layout, uint32_t area_bytes);
uint32_t trailer_copy_done_offset(const struct trailer_layout *layout, uint32_t area_bytes);
uint32_t trailer_swap_info_offset(const struct trailer_layout *layout, uint32_t area_bytes);
uint32_t trailer_tlv_sizes_offset(const struct trailer_layout *layout, uint32_t area_bytes);
uint32_t trailer_swap_size_offset(const struct trailer_layout *layout, uint32_t area_bytes);
uint32_t trailer_key_offset(const struct trailer_layout *layout, uint32_t area_bytes,
                            uint32_t slot);
/* Of the first status entry; the area's role tells a slot from the scratch area. The reference
 * takes the area's own write unit here, even where entries are spaced by another one. */
uint32_t trailer_status_offset(const struct trailer_layout *layout, const struct flash_area *area,
                               uint32_t status_unit_bytes);

/* The magic of alignment 8, a constant in flash. */
extern const uint8_t boot_img_magic[TRAILER_MAGIC_BYTES];

/* Writes the 16 bytes that this alignment uses. */
void trailer_magic_value(uint32_t max_align_bytes, uint8_t magic[TRAILER_MAGIC_BYTES]);

/* Fields can be written one by one. */
static inline bool trailer_has_small_writes(const struct flash_area *area)
{
    return flash_write_unit(area) <= TRAILER_ALIGN_BYTES_MAX;
}

int trailer_read(const struct trailer_layout *layout, const struct flash_area *area,
                 struct trailer_state *state);
int trailer_read_image_ok(const struct trailer_layout *layout, const struct flash_area *area,
                          enum trailer_mark *image_ok);
int trailer_read_magic(const struct trailer_layout *layout, const struct flash_area *area,
                       enum trailer_mark *magic);
/* swap_info as resuming reads it: SWAP_NONE only if erased, otherwise the low nibble as it is. */
int trailer_read_raw_swap_type(const struct trailer_layout *layout, const struct flash_area *area,
                               uint32_t *swap_type);
int trailer_read_swap_size(const struct trailer_layout *layout, const struct flash_area *area,
                           uint32_t *swap_size_bytes);
/* The two unprotected TLV totals: [0] primary, [1] secondary. */
int trailer_read_tlv_sizes(const struct trailer_layout *layout, const struct flash_area *area,
                           uint32_t tlv_bytes[2]);

int trailer_write_magic(const struct trailer_layout *layout, const struct flash_area *area);
int trailer_write_image_ok(const struct trailer_layout *layout, const struct flash_area *area);
int trailer_write_copy_done(const struct trailer_layout *layout, const struct flash_area *area);
int trailer_write_swap_info(const struct trailer_layout *layout, const struct flash_area *area,
                            uint32_t swap_type, uint32_t image_index);
int trailer_write_swap_size(const struct trailer_layout *layout, const struct flash_area *area,
                            uint32_t swap_size_bytes);
int trailer_write_tlv_sizes(const struct trailer_layout *layout, const struct flash_area *area,
                            const uint32_t tlv_bytes[2]);
/* An upgrade request: magic, image_ok if permanent, swap_info, in this order. On an area whose
 * write unit is larger than TRAILER_ALIGN_BYTES_MAX (NAND pages) all of them in one write, and
 * never again before an erase: the functions above fail there. */
int trailer_write_request(const struct trailer_layout *layout, const struct flash_area *area,
                          uint32_t swap_type, uint32_t image_index);
/* A status entry: `value` and erased bytes, one write unit of the area. */
int trailer_write_status(const struct flash_area *area, uint32_t offset_bytes, uint8_t value);

#ifdef __cplusplus
}
#endif

#endif
