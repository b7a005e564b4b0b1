/* Firmware that breaks in every way that a host can catch. */
#include "firmware_table.h"

#include "sample_commands.h"

#include <stddef.h>

/* Neither inlined nor cloned: the tests look for these names. */
#define NOT_OPTIMISED __attribute__((noinline, noclone))

void* memcpy(void* destination, const void* source, size_t byte_count);

const uint32_t faulty_constant = 17;
static volatile uint32_t sink;

NOT_OPTIMISED static void read_null(void)
{
    sink = *(const volatile uint32_t*)(uintptr_t)0x10;
}

NOT_OPTIMISED static void write_constant(void)
{
    volatile uintptr_t address = (uintptr_t)&faulty_constant;
    *(volatile uint32_t*)address = 18;
}

NOT_OPTIMISED static void call_null(void)
{
    void (*volatile function)(void) = 0;
    function();
    sink = 1;
}

NOT_OPTIMISED static void copy_from_null(volatile uint32_t byte_count)
{
    uint8_t target[64];
    const uint8_t* volatile source = (const uint8_t*)(uintptr_t)0x20;
    memcpy(target, source, byte_count);
    sink = target[0];
}

NOT_OPTIMISED static void divide_by_zero(void)
{
    volatile uint32_t zero = 0;
    sink = 5 / zero;
}

NOT_OPTIMISED static void read_non_canonical(void)
{
    sink = *(const volatile uint32_t*)(uintptr_t)0xdeadbeefdeadbeefull;
}

NOT_OPTIMISED static uint32_t recurse(uint32_t depth, const struct boot_io* io)
{
    volatile uint8_t frame[512];
    frame[depth % sizeof frame] = (uint8_t)depth;
    if (io != 0) {
        io->wait_us(io->context, 0);
    }
    return recurse(depth + 1, io) + frame[0];
}

NOT_OPTIMISED static void spin_for_ever(void)
{
    for (;;) {
        sink = sink + 1;
    }
}

NOT_OPTIMISED static void spin_with_calls(const struct boot_io* io, uint32_t calls)
{
    for (uint32_t i = 0; i < calls; ++i) {
        for (uint32_t turn = 0; turn < 10000000; ++turn) {
            sink = turn;
        }
        io->wait_us(io->context, 0);
    }
}

static void misbehave(const struct boot_platform* platform)
{
    const struct boot_io* io = platform->io;
    switch (platform->command->area_id) {
    case FAULT_READ_NULL:
        read_null();
        break;
    case FAULT_WRITE_CONSTANT:
        write_constant();
        break;
    case FAULT_CALL_NULL:
        call_null();
        break;
    case FAULT_COPY_FROM_NULL:
        copy_from_null(48);
        break;
    case FAULT_ILLEGAL_INSTRUCTION:
        __builtin_trap();
    case FAULT_DIVISION:
        divide_by_zero();
        break;
    case FAULT_BREAKPOINT:
        __asm__ volatile("int3");
        break;
    case FAULT_NON_CANONICAL:
        read_non_canonical();
        break;
    case FAULT_RECURSION:
        sink = recurse(0, 0);
        break;
    case FAULT_RECURSION_WITH_CALLS:
        sink = recurse(0, io);
        break;
    case FAULT_SPIN:
        spin_for_ever();
        break;
    case FAULT_SPIN_WITH_CALLS:
        spin_with_calls(io, platform->command->image_index);
        break;
    case FAULT_IN_PLATFORM:
        io->mem_write(io->context, 0, (const void*)(uintptr_t)0x30, 1);
        break;
    default:
        break;
    }
}

static int entry(const struct boot_platform* platform, void* state)
{
    (void)state;
    misbehave(platform);
    return 42;
}

FIRMWARE_TABLE("faulty", entry)
