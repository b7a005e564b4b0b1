// The parts of scenarios/parts on both sides of every time, and against their SFDP words.
#include "scenario/part_keys.hpp"
#include "support/nor_bench.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

using models::Bytes;
using models::Duration;
using models::microseconds;
using models::milliseconds;
using models::NorBench;
using models::PartTime;
using models::picoseconds;
using models::SpiNorData;
using models::SpiNorEraseSize;
using models::SpiNorMode;
using models::SpiNorOptions;
using models::TimeCase;

SpiNorData part_data(const std::string& name)
{
    const std::string file = std::string(TEST_PARTS_FOLDER) + "/" + name + ".yaml";
    Reader reader("test.yaml");
    YamlNode node;
    std::filesystem::path found;
    SpiNorData data;
    EXPECT_TRUE(read_part(reader, node, file, found, data)) << name;
    for (const InputError& error : reader.errors()) {
        ADD_FAILURE() << error.what();
    }
    return data;
}

Duration chosen(const PartTime& time, TimeCase times)
{
    return times == TimeCase::kMaximum ? time.max : time.typ;
}

const PartTime& erase_time(const SpiNorMode& mode, SpiNorEraseSize size)
{
    switch (size) {
    case SpiNorEraseSize::k4KiB:
        return mode.erase_4k;
    case SpiNorEraseSize::k32KiB:
        return mode.erase_32k;
    case SpiNorEraseSize::k64KiB:
        return mode.erase_64k;
    case SpiNorEraseSize::kChip:
        break;
    }
    return mode.erase_chip;
}

// Writes the registers from the first on so that `mode` is the power mode.
void choose_mode(NorBench& nor, std::size_t mode)
{
    if (mode == 0) {
        return;
    }
    const models::SpiNorBit& bit = nor.data.status.high_performance;
    Bytes out{nor.data.status.write[0].opcode};
    out.resize(2 + bit.register_index, 0);
    out.back() = bit.mask;
    nor.change(out);
    nor.wait_until_ready();
}

class PartTimesTest : public testing::TestWithParam<const char*> {
protected:
    void expect_busy_for(NorBench& nor, const Bytes& command, Duration time, const char* what)
    {
        SCOPED_TRACE(what);
        EXPECT_GT(time.count(), 0);
        const Duration end = nor.change(command) + time;
        EXPECT_TRUE(nor.busy_at(end - picoseconds(1)));
        EXPECT_FALSE(nor.busy_at(end));
        nor.core.now = end + milliseconds(1);
        EXPECT_EQ(nor.core.rules.names(), std::vector<std::string>{});
    }
};

TEST_P(PartTimesTest, IsBusyForItsTimesAndNotLonger)
{
    const SpiNorData data = part_data(GetParam());
    for (const TimeCase times : {TimeCase::kTypical, TimeCase::kMaximum}) {
        for (std::size_t i = 0; i < data.modes.size(); ++i) {
            const SpiNorMode& mode = data.modes[i];
            SCOPED_TRACE(mode.name + (times == TimeCase::kMaximum ? ", max" : ", typ"));
            SpiNorOptions options;
            options.times = times;
            NorBench nor(data, options);
            choose_mode(nor, i);
            const auto page = [](std::size_t count) {
                return NorBench::with_address(0x02, 0x1000, Bytes(count, 0x00));
            };
            expect_busy_for(nor, page(256), chosen(mode.page_program, times), "page");
            expect_busy_for(nor, page(1), chosen(mode.byte_program, times), "byte");
            for (const models::SpiNorErase& erase : data.erases.commands) {
                const bool chip = erase.size == SpiNorEraseSize::kChip;
                expect_busy_for(
                    nor, chip ? Bytes{erase.opcode} : NorBench::with_address(erase.opcode, 0x10000),
                    chosen(erase_time(mode, erase.size), times), "erase");
            }
            expect_busy_for(nor, {data.status.write[0].opcode, 0}, chosen(mode.write_status, times),
                            "status write");
        }
    }
}

TEST_P(PartTimesTest, WakesUpAfterItsLatenciesAndNotBefore)
{
    NorBench nor(part_data(GetParam()));
    const auto answers_at = [&](Duration time) {
        nor.core.now = time;
        return nor.command({0x9F}, 1)[0] == nor.data.identity.jedec_id[0];
    };
    nor.command({nor.data.commands.deep_power_down});
    const Duration down = nor.core.now + nor.data.latencies.enter_power_down;
    nor.core.now = down - picoseconds(1);
    nor.command({nor.data.commands.release_power_down});
    EXPECT_FALSE(answers_at(down + milliseconds(1))) << "released before it was down";
    nor.command({nor.data.commands.release_power_down});
    Duration ready = nor.core.now + nor.data.latencies.exit_power_down;
    EXPECT_FALSE(answers_at(ready - picoseconds(1)));
    EXPECT_TRUE(answers_at(ready));
    nor.command({nor.data.commands.reset_enable});
    nor.command({nor.data.commands.reset});
    ready = nor.core.now + nor.data.latencies.reset;
    EXPECT_FALSE(answers_at(ready - picoseconds(1)));
    EXPECT_TRUE(answers_at(ready));
    nor.change(NorBench::with_address(0x20, 0));
    nor.command({nor.data.commands.suspend[0]});
    ready = nor.core.now + nor.data.latencies.suspend;
    EXPECT_TRUE(nor.busy_at(ready - picoseconds(1)));
    EXPECT_FALSE(nor.busy_at(ready));
}

// ---- SFDP, JESD216 -----------------------------------------------------------------------------

std::uint32_t bits(std::uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((1u << (high - low + 1)) - 1);
}

// Reads the basic table as a driver does: through the pointer of the parameter header.
std::vector<std::uint32_t> read_basic_table(NorBench& nor)
{
    const auto sfdp = [&](std::uint32_t address, std::size_t count) {
        return nor.command(NorBench::with_address(0x5A, address, {0xFF}), count);
    };
    const Bytes header = sfdp(0, 16);
    EXPECT_EQ(Bytes(header.begin(), header.begin() + 4), (Bytes{'S', 'F', 'D', 'P'}));
    const auto byte = [&](std::size_t index) { return std::uint32_t{header[index]}; };
    const std::uint32_t pointer = byte(12) | byte(13) << 8 | byte(14) << 16;
    const Bytes bytes = sfdp(pointer, std::size_t{header[11]} * 4);
    std::vector<std::uint32_t> words(header[11]);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        words[i / 4] |= std::uint32_t{bytes[i]} << (8 * (i % 4));
    }
    return words;
}

void expect_erase_type(NorBench& nor, std::uint32_t size_log2, std::uint32_t opcode,
                       std::uint32_t count, std::uint32_t unit)
{
    static constexpr std::int64_t kUnitMilliseconds[] = {1, 16, 128, 1'000};
    const std::uint32_t size = 1u << size_log2;
    SCOPED_TRACE("erase of " + std::to_string(size));
    nor.cells.poke(0, Bytes(3 * size, 0));
    const Duration start =
        nor.change(NorBench::with_address(static_cast<std::uint8_t>(opcode), size));
    nor.wait_until_ready();
    EXPECT_EQ(nor.core.now - start, milliseconds((count + 1) * kUnitMilliseconds[unit]));
    EXPECT_EQ(nor.cells.byte_at(size - 1), 0);
    EXPECT_TRUE(nor.cells.is_erased(size, size));
    EXPECT_EQ(nor.cells.byte_at(2 * size), 0);
}

// The last power mode is the one that the SFDP times describe.
class PartSfdpTest : public testing::TestWithParam<const char*> {
protected:
    PartSfdpTest() : nor(part_data(GetParam()))
    {
        choose_mode(nor, nor.data.modes.size() - 1);
        words = read_basic_table(nor);
    }
    // JESD216 counts double words from 1.
    std::uint32_t word(unsigned number, unsigned high, unsigned low) const
    {
        return bits(words.at(number - 1), high, low);
    }
    unsigned dummy_clocks(unsigned opcode) const
    {
        for (const models::SpiNorRead& read : nor.data.reads.commands) {
            if (read.opcode == opcode) {
                return read.dummy_clocks;
            }
        }
        return ~0u;
    }
    NorBench nor;
    std::vector<std::uint32_t> words;
};

TEST_P(PartSfdpTest, ErasesAsItsWordsSay)
{
    EXPECT_EQ((std::uint64_t{word(2, 30, 0)} + 1) / 8, nor.data.identity.size_bytes);
    EXPECT_EQ(word(1, 15, 8), 0x20u);
    expect_erase_type(nor, word(8, 7, 0), word(8, 15, 8), word(10, 8, 4), word(10, 10, 9));
    expect_erase_type(nor, word(8, 23, 16), word(8, 31, 24), word(10, 15, 11), word(10, 17, 16));
    expect_erase_type(nor, word(9, 7, 0), word(9, 15, 8), word(10, 22, 18), word(10, 24, 23));
    static constexpr std::int64_t kChipUnit[] = {16, 256, 4'000, 64'000};
    const Duration start = nor.change({0xC7});
    nor.wait_until_ready();
    EXPECT_EQ(nor.core.now - start,
              milliseconds((word(11, 28, 24) + 1) * kChipUnit[word(11, 30, 29)]));
}

TEST_P(PartSfdpTest, ProgramsAsItsWordsSay)
{
    const std::uint32_t page_bytes = 1u << word(11, 7, 4);
    EXPECT_EQ(page_bytes, nor.data.programs.page_bytes);
    const auto program_time = [&](std::size_t count) {
        const Duration start = nor.change(NorBench::with_address(0x02, 0, Bytes(count, 0)));
        nor.wait_until_ready();
        return nor.core.now - start;
    };
    EXPECT_EQ(program_time(page_bytes),
              microseconds((word(11, 12, 8) + 1) * (word(11, 13, 13) != 0 ? 64 : 8)));
    EXPECT_EQ(program_time(1),
              microseconds((word(11, 17, 14) + 1) * (word(11, 18, 18) != 0 ? 8 : 1)));
}

TEST_P(PartSfdpTest, TakesTheCommandsOfItsWords)
{
    const auto wait_and_mode = [&](unsigned number, unsigned low) {
        return word(number, low + 4, low) + word(number, low + 7, low + 5);
    };
    EXPECT_EQ(dummy_clocks(word(3, 15, 8)), wait_and_mode(3, 0)) << "1-4-4";
    EXPECT_EQ(dummy_clocks(word(3, 31, 24)), wait_and_mode(3, 16)) << "1-1-4";
    EXPECT_EQ(dummy_clocks(word(4, 15, 8)), wait_and_mode(4, 0)) << "1-1-2";
    EXPECT_EQ(dummy_clocks(word(4, 31, 24)), wait_and_mode(4, 16)) << "1-2-2";
    const models::SpiNorCommands& commands = nor.data.commands;
    EXPECT_EQ(commands.resume[0], word(13, 23, 16));
    EXPECT_EQ(commands.suspend[0], word(13, 31, 24));
    EXPECT_EQ(commands.deep_power_down, word(14, 30, 23));
    EXPECT_EQ(commands.release_power_down, word(14, 22, 15));
    const std::uint32_t quad_enable = word(15, 22, 20);
    const models::SpiNorBit& bit = nor.data.status.quad_enable;
    EXPECT_EQ(quad_enable == 2 ? 0u : 1u, bit.register_index);
    EXPECT_EQ(quad_enable == 2 ? 0x40 : 0x02, bit.mask);
}

INSTANTIATE_TEST_SUITE_P(Parts, PartTimesTest,
                         testing::Values("mx25r6435f", "mx25r3235f", "w25q80", "w25q32",
                                         "w25q128jv", "gd25q16c"));
INSTANTIATE_TEST_SUITE_P(Parts, PartSfdpTest, testing::Values("mx25r6435f", "w25q128jv"));

}  // namespace
}  // namespace brownout::sim
