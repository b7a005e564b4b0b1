// SPI NAND parts as data for tests, and a bench that talks to one byte by byte.
#pragma once

#include "support/probes.hpp"

#include <models/spi_nand.hpp>

#include <initializer_list>
#include <vector>

namespace brownout::models {

inline PartTime nand_time(Duration typ, Duration max)
{
    PartTime time;
    time.typ = typ;
    time.max = max;
    return time;
}

// As w25n01gv; other ECC for parts of other vendors.
inline SpiNandData nand_data(std::uint32_t strength = 1,
                             std::vector<SpiNandEccCode> codes = {{0, 0}, {1, 1}})
{
    SpiNandData data;
    data.name = "nand";
    data.identity.id = {0xEF, 0xAA, 0x21};
    data.ecc.strength = strength;
    data.ecc.corrected = std::move(codes);
    data.parity.parity_column = 64;
    data.features.lock_at_power_up = 0x7C;
    data.features.lock_bits = 0x7C;
    data.features.configuration_at_power_up = 0x18;
    data.features.quad_enable = 0;
    data.features.buffer_read = 0x08;
    data.programs.load_needs_write_enable = true;
    data.clock.max_hz = 104'000'000;
    data.times.read_page = nand_time(microseconds(50), microseconds(60));
    data.times.read_page_raw = nand_time(microseconds(20), microseconds(25));
    data.times.program_page = nand_time(microseconds(250), microseconds(700));
    data.times.erase_block = nand_time(milliseconds(2), milliseconds(10));
    data.times.reset_idle = nand_time(microseconds(5), microseconds(5));
    data.times.reset_program = nand_time(microseconds(10), microseconds(10));
    data.times.reset_erase = nand_time(microseconds(500), microseconds(500));
    return data;
}

using NandBytes = std::vector<std::uint8_t>;

struct NandBench {
    explicit NandBench(const SpiNandData& of = nand_data(), const SpiNandOptions& with = {})
        : data(of), cells(SpiNand::delivered_cells(of, with)), part(of, with, 3), pages(of)
    {
        part.attach(cells, state);
        part.reset(ResetKind::kPowerOn);
    }

    // One transaction: `out`, then `in_count` bytes in. Takes no time but for reading `core.now`.
    NandBytes send(const NandBytes& out, std::size_t in_count = 0, unsigned loose_bits = 0)
    {
        AccessContext access = core.access();
        NandBytes in(out.size() + in_count);
        SpiTransfer transfer;
        transfer.mosi = out;
        transfer.miso = in;
        transfer.byte_count = static_cast<std::uint32_t>(in.size());
        transfer.start = core.now;
        transfer.clock_period = nanoseconds(125);
        part.select(access);
        part.transfer(transfer, access);
        part.deselect(loose_bits, access);
        return {in.begin() + static_cast<std::ptrdiff_t>(out.size()), in.end()};
    }

    std::uint8_t status() { return send({0x0F, 0xC0}, 1)[0]; }
    void finish() { core.now = std::max(core.now, state.busy_until); }
    void unlock() { send({0x1F, 0xA0, 0x00}); }
    void write_enable() { send({0x06}); }

    static NandBytes with_row(std::uint8_t opcode, std::uint32_t row)
    {
        return {opcode, 0, static_cast<std::uint8_t>(row >> 8), static_cast<std::uint8_t>(row)};
    }
    void load(std::uint8_t opcode, std::uint32_t column, const NandBytes& bytes)
    {
        NandBytes out{opcode, static_cast<std::uint8_t>(column >> 8),
                      static_cast<std::uint8_t>(column)};
        out.insert(out.end(), bytes.begin(), bytes.end());
        send(out);
    }
    // Loads, executes, waits; the status afterwards.
    std::uint8_t program(std::uint32_t row, std::uint32_t column, const NandBytes& bytes)
    {
        write_enable();
        load(0x02, column, bytes);
        send(with_row(0x10, row));
        finish();
        return status();
    }
    std::uint8_t erase(std::uint32_t row)
    {
        write_enable();
        send(with_row(0xD8, row));
        finish();
        return status();
    }
    std::uint8_t read_to_cache(std::uint32_t row)
    {
        send(with_row(0x13, row));
        finish();
        return status();
    }
    NandBytes from_cache(std::uint32_t column, std::size_t count)
    {
        return send(
            {0x03, static_cast<std::uint8_t>(column >> 8), static_cast<std::uint8_t>(column), 0},
            count);
    }
    // Turns single bits of the data of a page over.
    void flip(std::uint32_t row, std::initializer_list<std::uint32_t> columns)
    {
        for (const std::uint32_t column : columns) {
            const std::uint64_t at = NandPages::offset_of(row) + column;
            const NandBytes byte{static_cast<std::uint8_t>(cells.byte_at(at) ^ 0x10u)};
            cells.poke(at, byte);
        }
    }

    SpiNandData data;
    FlashArray cells;
    PartState state;
    SpiNand part;
    NandPages pages;
    ProbeCore core;
};

inline NandBytes nand_pattern(std::size_t count, unsigned seed = 1)
{
    NandBytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) {
        bytes[i] = static_cast<std::uint8_t>((i * 2654435761u + seed * 40503u) >> 7);
    }
    return bytes;
}

}  // namespace brownout::models
