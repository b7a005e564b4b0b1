#include "core/status.h"

#include "core/strategy.h"
#include "encrypt/image_keys.h"
#include "image/bytes.h"

void status_log_trailer(const struct boot_io *io, const char *name,
                        const struct trailer_state *state)
{
    const char *magic = state->magic == TRAILER_SET     ? "good"
                        : state->magic == TRAILER_UNSET ? "unset"
                                                        : "bad";
    io_log(io, IO_LOG_INFO, "%s: magic=%s, swap_type=0x%x, copy_done=0x%x, image_ok=0x%x", name,
           magic, (unsigned)state->swap_type, (unsigned)state->copy_done,
           (unsigned)state->image_ok);
}

void status_log_source(const struct boot_io *io, enum status_source source)
{
    const char *name = source == STATUS_SOURCE_NONE      ? "none"
                       : source == STATUS_SOURCE_PRIMARY ? "primary slot"
                                                         : "scratch";
    io_log(io, IO_LOG_INFO, "Boot source: %s", name);
}

struct trailer_state status_read_trailer(const struct slot_pair *pair,
                                         const struct flash_area *area)
{
    struct trailer_state state = {TRAILER_BAD, SWAP_NONE, TRAILER_BAD, TRAILER_BAD, 0};
    int result = trailer_read(&pair->boot->layout, area, &state);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    return state;
}

const struct flash_area *status_area(const struct slot_pair *pair, enum status_source source)
{
    switch (source) {
    case STATUS_SOURCE_PRIMARY:
        return primary_of(pair);
    case STATUS_SOURCE_SCRATCH:
        return pair->scratch;
    default:
        return 0;
    }
}

void status_find_source_in_primary(struct slot_pair *pair)
{
    const struct boot_io *io = pair->boot->io;
    struct trailer_state primary = status_read_trailer(pair, primary_of(pair));
    struct trailer_state secondary = status_read_trailer(pair, secondary_of(pair));
    status_log_trailer(io, "Primary image", &primary);
    status_log_trailer(io, "Secondary image", &secondary);

    bool is_interrupted =
        primary.magic == TRAILER_SET && primary.copy_done == TRAILER_UNSET &&
        (secondary.magic != TRAILER_SET || older_is_on(pair, BOOT_OLDER_829_PADDED_PRIMARY));
    pair->progress.source = is_interrupted ? STATUS_SOURCE_PRIMARY : STATUS_SOURCE_NONE;
    status_log_source(io, pair->progress.source);
}

uint32_t status_offset(const struct slot_pair *pair, const struct flash_area *area)
{
    bool as_spaced = fix_is_on(pair, BOOT_FIX_SCRATCH_WRITE_UNITS_DIFFER) ||
                     fix_is_on(pair, BOOT_FIX_SCRATCH_SECONDARY_WRITE_UNIT);
    uint32_t unit = as_spaced ? status_unit_bytes(pair) : flash_write_unit(area);
    return trailer_status_offset(&pair->boot->layout, area, unit);
}

/* Entries are read in windows of the copy buffer: one read instead of one per entry. */
struct status_window {
    const struct slot_pair *pair;
    const struct flash_area *area;
    uint32_t entry_count;
    uint32_t first; /* entry at the start of the buffer */
    uint32_t loaded;
};

static int load_window(struct status_window *window, uint32_t entry)
{
    uint32_t unit = status_unit_bytes(window->pair);
    uint32_t capacity = COPY_PIECE_BYTES / unit;
    window->first = entry - entry % capacity;
    window->loaded = min_u32(capacity, window->entry_count - window->first);
    uint32_t start = status_offset(window->pair, window->area);
    int result = flash_read(window->area, start + window->first * unit,
                            window->pair->boot->copy_buffer, (window->loaded - 1) * unit + 1);
    return result == 0 ? BOOT_OK : BOOT_EFLASH;
}

static int entry_is_written(struct status_window *window, uint32_t entry, bool *is_written)
{
    if (window->loaded == 0 || entry < window->first || entry - window->first >= window->loaded) {
        int result = load_window(window, entry);
        if (result != BOOT_OK) {
            return result;
        }
    }
    uint32_t at = (entry - window->first) * status_unit_bytes(window->pair);
    *is_written = window->pair->boot->copy_buffer[at] != flash_erased_value(window->area);
    return BOOT_OK;
}

int status_highest_written(const struct slot_pair *pair, const struct flash_area *area,
                           uint32_t entry_count, uint32_t *highest)
{
    struct status_window window = {pair, area, entry_count, 0, 0};
    for (uint32_t entry = entry_count; entry > 0; entry--) {
        bool is_written = false;
        int result = entry_is_written(&window, entry - 1, &is_written);
        if (result != BOOT_OK) {
            return result;
        }
        if (is_written) {
            *highest = entry;
            return BOOT_OK;
        }
    }
    *highest = 0;
    return BOOT_OK;
}

int status_first_gap(const struct slot_pair *pair, const struct flash_area *area,
                     uint32_t entry_count, uint32_t *gap, bool *inconsistent)
{
    struct status_window window = {pair, area, entry_count, 0, 0};
    bool found_written = false;
    bool found_gap = false;
    *gap = 0;
    *inconsistent = false;
    for (uint32_t entry = 0; entry < entry_count; entry++) {
        bool is_written = false;
        int result = entry_is_written(&window, entry, &is_written);
        if (result != BOOT_OK) {
            return result;
        }
        if (is_written && found_gap) {
            *inconsistent = true;
            return BOOT_OK;
        }
        if (!is_written && found_written && !found_gap) {
            found_gap = true;
            *gap = entry;
        }
        found_written = found_written || is_written;
    }
    if (found_written && !found_gap) {
        *gap = entry_count;
    }
    return BOOT_OK;
}

void status_write(struct slot_pair *pair, uint32_t entry, uint8_t value)
{
    const struct flash_area *area =
        pair->progress.status_in_scratch ? pair->scratch : primary_of(pair);
    uint32_t offset = status_offset(pair, area) + entry * status_unit_bytes(pair);
    int result = trailer_write_status(area, offset, value);
    if (result != BOOT_OK) {
        IO_ASSERT(pair->boot->io, pair->boot->config->validate_primary);
        pair->progress.failed_status_writes++;
    }
}

static bool secondary_is_permanent(const struct slot_pair *pair)
{
    enum trailer_mark image_ok = TRAILER_BAD;
    int result = trailer_read_image_ok(&pair->boot->layout, secondary_of(pair), &image_ok);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
    return image_ok == TRAILER_SET;
}

static int write_metadata(struct slot_pair *pair, const struct flash_area *area)
{
    const struct trailer_layout *layout = &pair->boot->layout;
    const struct swap_progress *progress = &pair->progress;
    int result = BOOT_OK;

    if (mutant_is(pair, BOOT_MUTANT_MAGIC_FIRST)) {
        result = trailer_write_magic(layout, area);
    }
    if (result == BOOT_OK && progress->type != SWAP_NONE) {
        result = trailer_write_swap_info(layout, area, progress->type, pair->image_index);
    }
    if (result == BOOT_OK &&
        (secondary_is_permanent(pair) || mutant_is(pair, BOOT_MUTANT_IMAGE_OK_ALWAYS))) {
        result = trailer_write_image_ok(layout, area);
    }
    if (result == BOOT_OK) {
        result = trailer_write_swap_size(layout, area, progress->swap_size_bytes);
    }
    if (result == BOOT_OK && layout->has_tlv_sizes) {
        result = trailer_write_tlv_sizes(layout, area, progress->unprotected_tlv_bytes);
    }
    if (result == BOOT_OK && can_encrypt(pair->boot)) {
        result = image_keys_write_fields(pair, area);
    }
    if (result == BOOT_OK && !mutant_is(pair, BOOT_MUTANT_MAGIC_FIRST)) {
        result = trailer_write_magic(layout, area);
    }
    return result;
}

void status_init(struct slot_pair *pair, const struct flash_area *area)
{
    int result = write_metadata(pair, area);
    IO_ASSERT(pair->boot->io, result == BOOT_OK);
}

int status_read(struct slot_pair *pair)
{
    const struct strategy *strategy = pair->boot->strategy;
    swap_progress_reset(&pair->progress);
    if (!strategy->swaps) {
        return BOOT_OK;
    }
    strategy->find_source(pair);
    const struct flash_area *area = status_area(pair, pair->progress.source);
    if (area == 0) {
        return BOOT_OK;
    }
    int result = strategy->read_position(pair, area);
    if (result != BOOT_OK) {
        return result;
    }
    if (mutant_is(pair, BOOT_MUTANT_RESUME_ONE_LATE) && swap_is_in_progress(&pair->progress)) {
        pair->progress.index++;
    }
    return trailer_read_raw_swap_type(&pair->boot->layout, area, &pair->progress.type);
}

const struct flash_area *status_resume_area(const struct slot_pair *pair)
{
    enum trailer_mark magic = TRAILER_UNSET;
    if (pair->scratch != 0 &&
        trailer_read_magic(&pair->boot->layout, pair->scratch, &magic) == BOOT_OK &&
        magic == TRAILER_SET) {
        return pair->scratch;
    }
    return primary_of(pair);
}
