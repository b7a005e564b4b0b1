/*
 * io.h: the only way firmware touches hardware.
 *
 * On silicon the table holds volatile accesses; in the simulator it holds the models. Firmware gets
 * the table in its platform record (core_abi.h) and cannot tell which it is.
 *
 * Conventions
 *  1. Addresses are device addresses as the calling core sees them, never host pointers.
 *  2. Multi-byte values are little endian. Register accesses are 32 bits wide and word aligned.
 *  3. No call returns after the power failed, the core was reset, or the firmware faulted. Nothing
 *     that needs releasing may be held across a call.
 *  4. Time is charged by the calls. Firmware that computes for a long time charges its own cycles.
 *  5. Block forms exist for speed alone. They equal the word loop written next to them in time,
 *     in write counts and in the state that a power cut leaves at any point inside them.
 */
#ifndef BOOT_IO_H
#define BOOT_IO_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
#    define BOOT_NORETURN [[noreturn]]
#else
#    define BOOT_NORETURN _Noreturn
#endif

#define BOOT_IO_VERSION 1u

/* Returned by dma_address() for a pointer that no DMA engine could ever be given. */
#define IO_ADDRESS_NONE 0xFFFFFFFFu

enum io_log_level { IO_LOG_ERROR, IO_LOG_WARNING, IO_LOG_INFO, IO_LOG_DEBUG };

/* What a flash-area call is about to do; see area_begin(). */
enum io_area_call { IO_AREA_READ, IO_AREA_WRITE, IO_AREA_ERASE };

/* One access of a script; see run_script(). */
enum io_step_kind {
    IO_STEP_WRITE, /* write32(address, value)          */
    IO_STEP_POLL,  /* poll32(address, mask, value, 0)  */
    IO_STEP_WAIT   /* wait_us(value)                   */
};
struct io_step {
    enum io_step_kind kind;
    uint32_t address;
    uint32_t value;
    uint32_t mask;
};

/* A rule of a controller or part that a driver met before the hardware did, and what it did about
 * it; see note_rule(). */
enum io_rule {
    IO_RULE_DMA_RAM_ONLY,     /* a buffer that EasyDMA cannot reach                            */
    IO_RULE_WORD_ALIGNMENT,   /* offset, length or buffer is not a multiple of 4               */
    IO_RULE_STALE_CHUNK,      /* a short last chunk was sent with what the bounce buffer held  */
    IO_RULE_ONE_BYTE_RECEIVE, /* a transfer that anomaly 58 would lengthen                     */
    IO_RULE_STATUS_UNREADABLE /* a status read failed and the part was taken to be ready       */
};
enum io_rule_effect {
    IO_EFFECT_REFUSED,          /* nothing was sent                              */
    IO_EFFECT_LOST,             /* the bytes were asked for and not transferred  */
    IO_EFFECT_PROGRAMMED_TWICE, /* the bytes were programmed again unasked       */
    IO_EFFECT_PROGRAMMED_BEYOND /* the bytes lie behind the request              */
};
struct io_rule_note {
    enum io_rule rule;
    enum io_rule_effect effect;
    uint32_t register_base;       /* of the controller, as in the board description */
    uint32_t device_offset_bytes; /* first byte concerned; IO_ADDRESS_NONE: none    */
    uint32_t byte_count;
    const void *buffer; /* of the request; NULL: does not matter */
};

/* Why firmware stopped for good. */
enum io_halt_reason {
    IO_HALT_ASSERT,         /* an assertion failed: the firmware found itself broken           */
    IO_HALT_PANIC,          /* the firmware decided that it must not go on                     */
    IO_HALT_STACK_SMASHED,  /* raised by compiler-inserted checks                              */
    IO_HALT_RESET_REQUESTED /* the firmware asked for a system reset (SCB AIRCR.SYSRESETREQ)   */
};

/*
 * The function table. `struct_bytes` and `version` come first so that a table of a newer
 * host can be told from an older one. All functions take `context` unchanged.
 */
struct boot_io {
    uint32_t struct_bytes;
    uint32_t version;
    void *context;

    uint32_t (*read32)(void *context, uint32_t address);
    void (*write32)(void *context, uint32_t address, uint32_t value);

    /* Reads `address` until (value & mask) == expected; false after `timeout_us` of device time.
     * A timeout of 0 waits for ever (the simulator ends an endless wait as a hang). */
    bool (*poll32)(void *context, uint32_t address, uint32_t mask, uint32_t expected,
                   uint32_t timeout_us);

    /* for i in 0..word_count-1:
     *     write32(address + 4*i, word i of `source`);
     *     poll32(ready_address, ready_mask, ready_mask, 0);
     * `source` needs no alignment. */
    void (*write_words)(void *context, uint32_t address, const void *source, uint32_t word_count,
                        uint32_t ready_address, uint32_t ready_mask);

    /* Copies memory-mapped bytes (flash, RAM that another master owns). Any alignment. */
    void (*mem_read)(void *context, uint32_t address, void *destination, uint32_t byte_count);
    /* Stores to RAM that is not the firmware's own: shared RAM, the RAM of a ram-load image. */
    void (*mem_write)(void *context, uint32_t address, const void *source, uint32_t byte_count);

    /* The device address that a DMA engine would use for `pointer`; IO_ADDRESS_NONE if none. */
    uint32_t (*dma_address)(void *context, const void *pointer);

    void (*charge_cycles)(void *context, uint32_t cpu_cycles);
    void (*wait_us)(void *context, uint32_t microseconds);

    /* Zero-time markers around a flash-area call that passed its argument checks. `offset_bytes`
     * is relative to the area. `result` is what the caller of the flash-area call will see. */
    void (*area_begin)(void *context, enum io_area_call call, uint32_t area_id,
                       uint32_t offset_bytes, uint32_t byte_count);
    void (*area_end)(void *context, int result);

    /* One line without newline; printf conversions d u x lx zu s c % only. */
    void (*log)(void *context, enum io_log_level level, const char *format, va_list arguments);

    /* Does not return. `where` says the place and the reason in words. */
    void (*halt)(void *context, enum io_halt_reason reason, const char *where);

    /* From here on: NULL in a table that lacks it. Use the inline functions below. */

    /* for each step: as its kind says. */
    void (*run_script)(void *context, const struct io_step *steps, uint32_t step_count);

    /* for (repeats = 1;; ++repeats) {
     *     run_script(steps, step_count);
     *     if ((*observed & mask) == expected) return true;
     *     if (repeats == repeats_max) return false;
     * }
     * `observed` is RAM that a step fills. A `repeats_max` of 0 repeats for ever (the simulator
     * ends an endless wait as a hang). */
    bool (*repeat_script)(void *context, const struct io_step *steps, uint32_t step_count,
                          const uint8_t *observed, uint8_t mask, uint8_t expected,
                          uint32_t repeats_max);

    /* Zero-time marker, for reports; on silicon it does nothing. */
    void (*note_rule)(void *context, const struct io_rule_note *note);
};

static inline uint32_t io_read32(const struct boot_io *io, uint32_t address)
{
    return io->read32(io->context, address);
}

static inline void io_write32(const struct boot_io *io, uint32_t address, uint32_t value)
{
    io->write32(io->context, address, value);
}

static inline bool io_poll32(const struct boot_io *io, uint32_t address, uint32_t mask,
                             uint32_t expected, uint32_t timeout_us)
{
    return io->poll32(io->context, address, mask, expected, timeout_us);
}

static inline void io_write_words(const struct boot_io *io, uint32_t address, const void *source,
                                  uint32_t word_count, uint32_t ready_address, uint32_t ready_mask)
{
    io->write_words(io->context, address, source, word_count, ready_address, ready_mask);
}

static inline void io_mem_read(const struct boot_io *io, uint32_t address, void *destination,
                               uint32_t byte_count)
{
    io->mem_read(io->context, address, destination, byte_count);
}

static inline void io_mem_write(const struct boot_io *io, uint32_t address, const void *source,
                                uint32_t byte_count)
{
    io->mem_write(io->context, address, source, byte_count);
}

static inline uint32_t io_dma_address(const struct boot_io *io, const void *pointer)
{
    return io->dma_address(io->context, pointer);
}

static inline void io_charge_cycles(const struct boot_io *io, uint32_t cpu_cycles)
{
    io->charge_cycles(io->context, cpu_cycles);
}

static inline void io_wait_us(const struct boot_io *io, uint32_t microseconds)
{
    io->wait_us(io->context, microseconds);
}

static inline void io_area_begin(const struct boot_io *io, enum io_area_call call, uint32_t area_id,
                                 uint32_t offset_bytes, uint32_t byte_count)
{
    io->area_begin(io->context, call, area_id, offset_bytes, byte_count);
}

static inline void io_area_end(const struct boot_io *io, int result)
{
    io->area_end(io->context, result);
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static inline void
io_log(const struct boot_io *io, enum io_log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    io->log(io->context, level, format, arguments);
    va_end(arguments);
}

static inline void io_run_script(const struct boot_io *io, const struct io_step *steps,
                                 uint32_t step_count)
{
    if (io->run_script != 0) {
        io->run_script(io->context, steps, step_count);
        return;
    }
    for (uint32_t i = 0; i < step_count; ++i) {
        const struct io_step *step = &steps[i];

        if (step->kind == IO_STEP_WRITE) {
            io_write32(io, step->address, step->value);
        } else if (step->kind == IO_STEP_POLL) {
            (void)io_poll32(io, step->address, step->mask, step->value, 0);
        } else {
            io_wait_us(io, step->value);
        }
    }
}

static inline bool io_repeat_script(const struct boot_io *io, const struct io_step *steps,
                                    uint32_t step_count, const uint8_t *observed, uint8_t mask,
                                    uint8_t expected, uint32_t repeats_max)
{
    if (io->repeat_script != 0) {
        return io->repeat_script(io->context, steps, step_count, observed, mask, expected,
                                 repeats_max);
    }
    for (uint32_t repeats = 1;; ++repeats) {
        io_run_script(io, steps, step_count);
        if ((*(const volatile uint8_t *)observed & mask) == expected) {
            return true;
        }
        if (repeats == repeats_max) {
            return false;
        }
    }
}

static inline void io_note_rule(const struct boot_io *io, const struct io_rule_note *note)
{
    if (io->note_rule != 0) {
        io->note_rule(io->context, note);
    }
}

BOOT_NORETURN static inline void io_halt(const struct boot_io *io, enum io_halt_reason reason,
                                         const char *where)
{
    for (;;) {
        io->halt(io->context, reason, where);
    }
}

#define IO_STRINGIFY_(x) #x
#define IO_STRINGIFY(x) IO_STRINGIFY_(x)

/* Always on. Names the place and the condition. */
#define IO_ASSERT(io, condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            io_halt((io), IO_HALT_ASSERT, __FILE__ ":" IO_STRINGIFY(__LINE__) ": " #condition);    \
        }                                                                                          \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
