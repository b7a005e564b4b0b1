#include <sim/error.hpp>
#include <sim/wave.hpp>

#include <gtest/gtest.h>

#include <array>
#include <sstream>

namespace brownout::sim {
namespace {

using models::microseconds;
using models::milliseconds;
using models::nanoseconds;
using models::picoseconds;

BoardPlan one_device()
{
    BoardPlan board;
    board.devices.resize(1);
    board.devices[0].name = "internal";
    return board;
}

// The lines after the initial values.
std::string changes(const WaveRecorder& waves)
{
    const std::string vcd = waves.vcd();
    const std::size_t end = vcd.find("$end\n", vcd.find("$dumpvars"));
    return vcd.substr(end + 5);
}

class WaveRecorderTest : public testing::Test {
protected:
    void command(WaveRecorder& waves, models::Duration at, std::array<std::uint8_t, 1> out,
                 unsigned lines = 1)
    {
        std::array<std::uint8_t, 1> in{0x01};
        models::SpiTransfer transfer;
        transfer.mosi = out;
        transfer.miso = in;
        transfer.byte_count = 1;
        transfer.lines = lines;
        transfer.start = at + nanoseconds(10);
        transfer.clock_period = nanoseconds(100);
        waves.chip_select("nor", false, at);
        waves.transferred("nor", transfer);
        waves.chip_select("nor", true, transfer.end() + nanoseconds(10));
    }

    models::OperationBatch words(models::Duration start, std::uint32_t count)
    {
        models::OperationBatch batch;
        batch.count = count;
        batch.start = start;
        batch.duration = microseconds(41);
        batch.interval = microseconds(42);
        return batch;
    }

    BoardPlan board = one_device();
    WaveRecorder all{board, {}};
};

TEST_F(WaveRecorderTest, AByteIsEightClocksWithDataAtTheFallingEdge)
{
    command(all, microseconds(1), {0x80});
    const std::string vcd = all.vcd();
    EXPECT_NE(vcd.find("$timescale 10 ns $end"), std::string::npos) << vcd;
    EXPECT_NE(vcd.find("$scope module nor $end\n$var wire 1 # SCK $end\n"), std::string::npos);
    // SCK #, CS $, MOSI %, MISO &: 0x80 goes out, 0x01 comes in.
    const std::string text = changes(all);
    EXPECT_EQ(text.rfind("0$\n#101\n0&\n#106\n1#\n#111\n0#\n0%\n", 0), 0u) << text;
    EXPECT_NE(text.find("#171\n0#\n1&\n#176\n1#\n#181\n0#\n#182\n1$\n"), std::string::npos) << text;
}

TEST_F(WaveRecorderTest, FourLinesTakeTwoClocksForAByte)
{
    command(all, microseconds(1), {0x96}, 4);
    EXPECT_NE(changes(all).find("#101\n0&\n0'\n#106\n1#\n#111\n0#\n0%\n1&\n1'\n0(\n#116\n1#\n"),
              std::string::npos)
        << changes(all);
}

TEST_F(WaveRecorderTest, TheUnitOfTimeIsTheCoarsestThatIsExact)
{
    all.chip_select("nor", false, picoseconds(31'250));
    EXPECT_NE(all.vcd().find("$timescale 10 ps $end"), std::string::npos);
    all.chip_select("nor", true, picoseconds(31'251));
    EXPECT_NE(all.vcd().find("$timescale 1 ps $end"), std::string::npos);
}

TEST_F(WaveRecorderTest, AnnouncedOperationsKeepTheirDeviceBusy)
{
    all.operations(words(milliseconds(1), 2), 0);
    EXPECT_EQ(changes(all), "1#\n#1041\n0#\n#1042\n1#\n#1083\n0#\n");
    EXPECT_NE(all.vcd().find("internal_busy"), std::string::npos);
}

TEST_F(WaveRecorderTest, LossOfPowerIsDrawnBeforeTheRunThatFollows)
{
    all.run_begins({});
    all.run_ended(microseconds(5), true);
    all.run_begins(microseconds(5));
    EXPECT_EQ(changes(all), "1!\n0\"\n#49\n0!\n1\"\n#50\n1!\n0\"\n");
}

TEST_F(WaveRecorderTest, AWindowOfTimesKeepsWhatLiesInIt)
{
    WaveRecorder waves(board, parse_wave_window("10 us..20 us"));
    command(waves, microseconds(5), {0x05});
    command(waves, microseconds(15), {0x06});
    command(waves, microseconds(25), {0x07});
    EXPECT_EQ(waves.trace(), "0.000015000000 nor out 06 in 01\n");
}

TEST_F(WaveRecorderTest, WhatIsBusyAcrossTheEdgesOfAWindowIsDrawnWithinIt)
{
    WaveRecorder waves(board, parse_wave_window("1020 us..1050 us"));
    waves.operations(words(milliseconds(1), 2), 0);
    EXPECT_EQ(changes(waves), "1#\n#1041\n0#\n#1042\n1#\n");
}

TEST_F(WaveRecorderTest, AWindowOfOperationsHasWhatLeadsToThem)
{
    WaveRecorder waves(board, parse_wave_window("1..2"));
    for (std::uint64_t operation = 0; operation < 4; ++operation) {
        const models::Duration at = milliseconds(static_cast<std::int64_t>(operation) + 1);
        command(waves, at, {static_cast<std::uint8_t>(operation)});
        waves.operations(words(at + microseconds(500), 1), operation);
    }
    EXPECT_EQ(waves.trace(), "0.002000000000 nor out 01 in 01\n0.003000000000 nor out 02 in 01\n");
    EXPECT_NE(changes(waves).find("#254100\n"), std::string::npos)
        << "the end of operation 1: " << changes(waves);
}

TEST_F(WaveRecorderTest, WhatIsNoWindowIsRefused)
{
    EXPECT_EQ(parse_wave_window("3..3").operations, std::pair(std::uint64_t{3}, std::uint64_t{3}));
    EXPECT_EQ(parse_wave_window("1ms..1.5 s").times,
              std::pair(milliseconds(1), milliseconds(1'500)));
    for (const char* text : {"", "5", "5..", "..5", "5..4", "2 s..1 s", "1 s..5", "-1..5"}) {
        EXPECT_THROW(parse_wave_window(text), InputError) << text;
    }
}

}  // namespace
}  // namespace brownout::sim
