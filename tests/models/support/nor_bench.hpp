// A SPI NOR part on its own: commands at 8 MHz, one after the other.
#pragma once

#include "support/probes.hpp"

#include <models/spi_nor.hpp>

#include <vector>

namespace brownout::models {

using Bytes = std::vector<std::uint8_t>;

class NorBench {
public:
    static constexpr Duration kClockPeriod = nanoseconds(125);
    static constexpr Duration kByteTime = nanoseconds(1'000);

    explicit NorBench(SpiNorData part_data, SpiNorOptions options = {})
        : data(std::move(part_data)), part(data, options, 3), cells(SpiNor::geometry(data))
    {
        restart(ResetKind::kPowerOn);
    }

    void restart(ResetKind kind)
    {
        part.attach(cells, state);
        part.reset(kind);
    }

    // Clocks `out`, then `answer_bytes` more, and gives what came in during those.
    Bytes command(const Bytes& out, std::size_t answer_bytes = 0, unsigned loose_bits = 0)
    {
        begin(out, answer_bytes);
        AccessContext access = core.access();
        part.deselect(loose_bits, access);
        return {answer.end() - static_cast<std::ptrdiff_t>(answer_bytes), answer.end()};
    }
    // The same without the rising edge of CS#.
    void begin(const Bytes& out, std::size_t answer_bytes = 0)
    {
        AccessContext access = core.access();
        part.select(access);
        clock(out, answer_bytes, 1);
    }
    void clock(const Bytes& out, std::size_t answer_bytes, unsigned lines)
    {
        AccessContext access = core.access();
        answer.assign(out.size() + answer_bytes, 0xEE);
        SpiTransfer transfer;
        transfer.mosi = out;
        transfer.miso = answer;
        transfer.byte_count = static_cast<std::uint32_t>(answer.size());
        transfer.lines = lines;
        transfer.start = core.now;
        transfer.clock_period = kClockPeriod;
        part.transfer(transfer, access);
        core.now = transfer.end();
    }
    void end()
    {
        AccessContext access = core.access();
        part.deselect(0, access);
    }

    static Bytes with_address(std::uint8_t opcode, std::uint32_t address, const Bytes& more = {})
    {
        Bytes out{opcode, static_cast<std::uint8_t>(address >> 16),
                  static_cast<std::uint8_t>(address >> 8), static_cast<std::uint8_t>(address)};
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }
    void write_enable() { command({data.commands.write_enable}); }
    // WREN and a command; gives the time at which CS# rose.
    Duration change(const Bytes& out)
    {
        write_enable();
        command(out);
        return core.now;
    }
    // WREN, 01h with these registers, and until it is done.
    void write_status(const Bytes& registers)
    {
        Bytes out{0x01};
        out.insert(out.end(), registers.begin(), registers.end());
        change(out);
        if (part.status_settles_at(0x05, 1, 0, core.now)) {
            wait_until_ready();
        }
    }
    Bytes read(std::uint32_t address, std::size_t byte_count)
    {
        return command(with_address(0x03, address), byte_count);
    }
    std::uint8_t status() { return command({0x05}, 1)[0]; }
    // The status byte that the part shifts out from `time` on.
    std::uint8_t status_at(Duration time)
    {
        core.now = time - kByteTime;
        return status();
    }
    bool busy_at(Duration time) { return (status_at(time) & 1u) != 0; }
    void wait_until_ready()
    {
        const auto ready = part.status_settles_at(0x05, 1, 0, core.now);
        ASSERT_TRUE(ready);
        core.now = *ready;
    }

    ProbeCore core;
    SpiNorData data;
    SpiNor part;
    FlashArray cells;
    PartState state;
    Bytes answer;
};

// A made-up part with everything that the engine knows: two power modes, four registers.
inline SpiNorData sample_nor_data()
{
    SpiNorData data;
    data.name = "sample";
    data.identity.size_bytes = 1 << 20;
    data.identity.jedec_id = {0xC2, 0x28, 0x14};
    data.identity.device_id = 0x14;
    data.reads.commands = {{0x03, 1, 1, 0}, {0x0B, 1, 1, 8}, {0xBB, 2, 2, 4}, {0xEB, 4, 4, 6}};
    data.programs.commands = {{0x02, 1, 1}, {0x38, 4, 4}};
    data.erases.commands = {{0x20, SpiNorEraseSize::k4KiB},
                            {0x52, SpiNorEraseSize::k32KiB},
                            {0xD8, SpiNorEraseSize::k64KiB},
                            {0xC7, SpiNorEraseSize::kChip}};
    data.commands.write_enable_volatile = 0x50;
    data.commands.suspend = {0x75, 0xB0};
    data.commands.resume = {0x7A, 0x30};
    data.commands.deep_power_down = 0xB9;
    data.commands.release_power_down = 0xAB;
    data.commands.reset_enable = 0x66;
    data.commands.reset = 0x99;
    data.commands.read_device_id = 0x90;
    data.commands.read_sfdp = 0x5A;
    data.status.registers = {{"status", 0x00, 0xFC, 0xFC},
                             {"configuration 1", 0x00, 0x48, 0x08},
                             {"configuration 2", 0x00, 0x02, 0x00},
                             {"security", 0x00, 0x00, 0x00}};
    data.status.read = {{0x05, 0, 1}, {0x15, 1, 2}, {0x2B, 3, 1}};
    data.status.write = {{0x01, 0, 3}};
    data.status.quad_enable = {0, 0x40};
    data.status.erase_suspended = {3, 0x08};
    data.status.program_suspended = {3, 0x04};
    data.status.status_register_protect = {0, 0x80};
    data.status.status_register_lock = {1, 0x40};
    data.status.high_performance = {2, 0x02};
    data.protection.block_protect = {0, 0x3C};
    data.protection.bottom = {1, 0x08};
    data.protection.unit_bytes = 65'536;
    const auto time = [](Duration typ, Duration max) {
        PartTime figure;
        figure.typ = typ;
        figure.max = max;
        return figure;
    };
    SpiNorMode slow;
    slow.name = "ultra-low-power";
    slow.clock.max_hz = 33'000'000;
    slow.page_program = time(microseconds(3'200), milliseconds(10));
    slow.byte_program = time(microseconds(100), microseconds(300));
    slow.erase_4k = time(milliseconds(58), milliseconds(240));
    slow.erase_32k = time(milliseconds(300), milliseconds(3'000));
    slow.erase_64k = time(milliseconds(600), milliseconds(3'500));
    slow.erase_chip = time(milliseconds(75'000), milliseconds(240'000));
    slow.write_status = time(milliseconds(10), milliseconds(30));
    SpiNorMode fast = slow;
    fast.name = "high-performance";
    fast.clock.max_hz = 80'000'000;
    fast.erase_4k = time(milliseconds(40), milliseconds(240));
    data.modes = {slow, fast};
    data.latencies.suspend = microseconds(40);
    data.latencies.resume_to_suspend = microseconds(448);
    data.latencies.enter_power_down = microseconds(10);
    data.latencies.exit_power_down = microseconds(35);
    data.latencies.reset = microseconds(30);
    data.latencies.reset_busy = milliseconds(12);
    data.sfdp.basic_table = {0xFFF120E5, 0x03FFFFFF};
    data.endurance.erase_cycles = 3;
    return data;
}

}  // namespace brownout::models
