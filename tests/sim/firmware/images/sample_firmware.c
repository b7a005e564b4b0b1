/* Well-behaved firmware: tells where its data lies, counts in its statics, waits. */
#include "firmware_table.h"

#include "sample_commands.h"

const uint8_t sample_magic[16] = {0x77, 0xc2, 0x95, 0xf3};
static uint32_t boots_seen;         /* .bss */
static uint32_t initialised = 1000; /* .data */
static const uint8_t* const relocated_pointer[1] = {sample_magic};

static void tell(const struct boot_io* io, uint32_t what, const void* pointer)
{
    io->mem_write(io->context, what, pointer, 1);
}

static void tell_addresses(const struct boot_io* io, void* state)
{
    static uint8_t transfer_buffer[32];
    uint8_t local_buffer[32];
    tell(io, ADDRESS_OF_CONSTANT, &sample_magic[4]);
    tell(io, ADDRESS_OF_RELRO, &relocated_pointer[0]);
    tell(io, ADDRESS_OF_STATIC, transfer_buffer);
    tell(io, ADDRESS_OF_LOCAL, local_buffer);
    tell(io, ADDRESS_OF_STATE, (uint8_t*)state + 4);
    tell(io, ADDRESS_OF_CODE, (const uint8_t*)(uintptr_t)&boot_firmware_query);
}

static int ping_pong(const struct boot_io* io, uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; ++i) {
        boots_seen += 1;
        io->write32(io->context, 0, boots_seen);
        io->wait_us(io->context, 1);
    }
    return (int)boots_seen;
}

static int entry(const struct boot_platform* platform, void* state)
{
    const struct boot_io* io = platform->io;
    switch (platform->command->area_id) {
    case SAMPLE_TELL_ADDRESSES:
        tell_addresses(io, state);
        return 0;
    case SAMPLE_PING_PONG:
        return ping_pong(io, platform->command->image_index);
    case SAMPLE_SUM_OF_STATE: {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < 64; ++i) {
            sum += ((uint8_t*)state)[i];
            ((uint8_t*)state)[i] = 0xA5;
        }
        return (int)sum;
    }
    default:
        boots_seen += 1;
        initialised += 1;
        return (int)(boots_seen + initialised);
    }
}

FIRMWARE_TABLE("sample", entry)
