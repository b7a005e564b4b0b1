#include "core/swap_type.h"

#include <boot/error.h>

#include "netcore/hooks.h"

#define ANY 0

struct swap_type_row {
    bool is_marked_revert; /* a revert that the loader itself has requested */
    enum trailer_mark primary_magic;
    enum trailer_mark secondary_magic;
    enum trailer_mark primary_image_ok;
    enum trailer_mark secondary_image_ok;
    enum trailer_mark primary_copy_done;
    enum trailer_mark secondary_copy_done;
    enum swap_type type;
};

/* First match counts. */
static const struct swap_type_row swap_type_rows[] = {
    {true, ANY, TRAILER_SET, ANY, TRAILER_UNSET, ANY, TRAILER_SET, SWAP_REVERT},
    {false, ANY, TRAILER_SET, ANY, TRAILER_UNSET, ANY, ANY, SWAP_TEST},
    {false, ANY, TRAILER_SET, ANY, TRAILER_SET, ANY, ANY, SWAP_PERM},
    {false, TRAILER_SET, ANY, TRAILER_UNSET, ANY, TRAILER_SET, ANY, SWAP_REVERT},
};

static bool matches(enum trailer_mark wanted, enum trailer_mark found)
{
    return wanted == (enum trailer_mark)ANY || wanted == found;
}

static bool row_matches(const struct swap_type_row *row, const struct trailer_state *primary,
                        const struct trailer_state *secondary)
{
    return matches(row->primary_magic, primary->magic) &&
           matches(row->secondary_magic, secondary->magic) &&
           matches(row->primary_image_ok, primary->image_ok) &&
           matches(row->secondary_image_ok, secondary->image_ok) &&
           matches(row->primary_copy_done, primary->copy_done) &&
           matches(row->secondary_copy_done, secondary->copy_done);
}

/* Swap using offset tells its own revert request from a test by a set copy_done. */
static bool marks_reverts(const struct boot_config *config)
{
    return config->strategy == BOOT_SWAP_OFFSET ||
           (config->strategy == BOOT_SWAP_MOVE &&
            (config->fixes & (uint32_t)BOOT_FIX_MOVE_REVERT_BECOMES_PERMANENT) != 0);
}

enum swap_type swap_type_of(const struct boot_config *config, const struct trailer_state *primary,
                            const struct trailer_state *secondary)
{
    for (uint32_t i = 0; i < sizeof(swap_type_rows) / sizeof(swap_type_rows[0]); i++) {
        const struct swap_type_row *row = &swap_type_rows[i];
        if (row->is_marked_revert && !marks_reverts(config)) {
            continue;
        }
        if (row->type == SWAP_REVERT && config->mutant == BOOT_MUTANT_REVERT_IGNORED) {
            continue;
        }
        if (row->type == SWAP_REVERT && !row->is_marked_revert &&
            (config->older & (uint32_t)BOOT_OLDER_1966_TORN_MAGIC) != 0 &&
            secondary->magic != TRAILER_UNSET) {
            continue;
        }
        if (row_matches(row, primary, secondary)) {
            return row->type;
        }
    }
    return SWAP_NONE;
}

static const char *type_name(enum swap_type type)
{
    switch (type) {
    case SWAP_TEST:
        return "test";
    case SWAP_PERM:
        return "perm";
    case SWAP_REVERT:
        return "revert";
    default:
        return "none";
    }
}

enum swap_type swap_type_decide(const struct boot_io *io, const struct boot_config *config,
                                const struct flash_area *primary,
                                const struct flash_area *secondary, uint32_t image_index)
{
    struct trailer_layout layout = trailer_layout_of(config);
    struct trailer_state no_trailer = {TRAILER_UNSET, SWAP_NONE, TRAILER_UNSET, TRAILER_UNSET, 0};
    struct trailer_state primary_state;
    struct trailer_state secondary_state;

    if (netcore_has_ram_primary(config, image_index)) {
        primary_state = no_trailer;
    } else if (trailer_read(&layout, primary, &primary_state) != BOOT_OK) {
        return SWAP_PANIC;
    }
    if (trailer_read(&layout, secondary, &secondary_state) != BOOT_OK) {
        io_log(io, IO_LOG_INFO,
               "Secondary image of image pair (%d) is unreachable. Treat it as empty",
               (int)image_index);
        secondary_state = no_trailer;
    }
    enum swap_type type = swap_type_of(config, &primary_state, &secondary_state);
    io_log(io, IO_LOG_INFO, "Image index: %d, Swap type: %s", (int)image_index, type_name(type));
    return type;
}
