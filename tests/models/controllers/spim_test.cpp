#include "support/spim_bench.hpp"

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

using namespace spim_register;
using Names = std::vector<std::string>;
using Bytes = std::vector<std::uint8_t>;

class SpimTest : public testing::Test {
protected:
    SpimBench bench{SpimData{}};
    ProbeCore& core = bench.core;
    RecordingPart& part = bench.part;
};

TEST_F(SpimTest, ResetValuesAreThoseOfTheManual)
{
    bench.spim.reset();
    EXPECT_EQ(bench.get(kFrequency), 0x0400'0000u);
    EXPECT_EQ(bench.get(kPselSck), 0xFFFF'FFFFu);
    EXPECT_EQ(bench.get(kPselCsn), 0xFFFF'FFFFu);
    EXPECT_EQ(bench.get(kIfTimingRxDelay), 2u);
    EXPECT_EQ(bench.get(kIfTimingCsnDur), 2u);
    EXPECT_EQ(bench.get(kEnable), 0u);
}

TEST_F(SpimTest, BothDirectionsRunAtTheSameTime)
{
    bench.chip_select(false);
    bench.transfer(3, 3);
    bench.chip_select(true);
    EXPECT_EQ(part.heard, (Bytes{1, 2, 3}));
    EXPECT_EQ(bench.received(4), (Bytes{0x80, 0x81, 0x82, 0x04})) << "the rest is as it was";
    EXPECT_EQ(part.loose_bits, 0);
    EXPECT_TRUE(core.rules.seen.empty());
}

TEST_F(SpimTest, WhereTransmissionIsShorterTheOverReadCharacterFollows)
{
    bench.set(kOrc, 0x5A);
    bench.chip_select(false);
    bench.transfer(1, 3);
    EXPECT_EQ(part.heard, (Bytes{1, 0x5A, 0x5A}));
    EXPECT_EQ(bench.get(kTxdAmount), 1u);
    EXPECT_EQ(bench.get(kRxdAmount), 3u);
}

TEST_F(SpimTest, WhereReceptionIsShorterTheRestIsThrownAway)
{
    bench.chip_select(false);
    bench.transfer(3, 1);
    EXPECT_EQ(bench.received(2), (Bytes{0x80, 0x02}));
}

TEST_F(SpimTest, EventsComeWhenTheirLastBitHasBeenClocked)
{
    bench.chip_select(false);
    const Duration start = bench.start(kRam, 2, kRam + 0x8000, 5);
    const Duration tick = picoseconds(1);
    EXPECT_EQ(bench.get(kEventsStarted), 1u);
    EXPECT_EQ(bench.event_at(kEventsEndTx, start + 2 * kByteAt8MHz - tick), 0u);
    EXPECT_EQ(bench.event_at(kEventsEndTx, start + 2 * kByteAt8MHz), 1u);
    EXPECT_EQ(bench.event_at(kEventsEndRx, start + 5 * kByteAt8MHz - tick), 0u);
    EXPECT_EQ(bench.event_at(kEventsEnd, start + 5 * kByteAt8MHz - tick), 0u);
    EXPECT_EQ(bench.event_at(kEventsEnd, start + 5 * kByteAt8MHz), 1u);
    EXPECT_EQ(bench.get(kEventsEndRx), 1u);
    bench.set(kEventsEnd, 0);
    EXPECT_EQ(bench.get(kEventsEnd), 0u);
}

TEST_F(SpimTest, APollJumpsToTheEnd)
{
    const Duration start = bench.start(kRam, 100, 0, 0);
    BusTarget& registers = bench.spim.registers();
    EXPECT_EQ(registers.settles_at(kEventsEnd, 1, 1, core.now), start + 100 * kByteAt8MHz);
    EXPECT_EQ(registers.settles_at(kEventsEnd, 1, 0, core.now), std::nullopt);
    EXPECT_EQ(registers.settles_at(kEventsStopped, 1, 1, core.now), std::nullopt);
    EXPECT_TRUE(core.poll(registers, kEventsEnd, 1, 1));
    EXPECT_EQ(core.now, start + 100 * kByteAt8MHz + picoseconds(31'250));
}

TEST_F(SpimTest, FourKibibytesAreOneTransferOfThePart)
{
    bench.chip_select(false);
    bench.transfer(4096, 4096);
    EXPECT_EQ(part.transfers, 1u);
    EXPECT_EQ(part.heard.size(), 4096u);
}

struct FrequencyCase {
    std::uint32_t code;
    std::int64_t byte_ns;
};

class SpimFrequencyTest : public testing::TestWithParam<FrequencyCase> {};

TEST_P(SpimFrequencyTest, AByteTakesEightPeriodsOfTheClock)
{
    SpimData data;
    data.frequency_max_hz = 32'000'000;
    SpimBench bench(data);
    bench.set(kFrequency, GetParam().code);
    const Duration start = bench.start(kRam, 7, 0, 0);
    const Duration end = start + nanoseconds(7 * GetParam().byte_ns);
    EXPECT_EQ(bench.event_at(kEventsEnd, end - picoseconds(1)), 0u);
    EXPECT_EQ(bench.event_at(kEventsEnd, end), 1u);
    EXPECT_TRUE(bench.core.rules.seen.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Codes, SpimFrequencyTest,
    testing::Values(FrequencyCase{0x0200'0000, 64'000}, FrequencyCase{0x0400'0000, 32'000},
                    FrequencyCase{0x0800'0000, 16'000}, FrequencyCase{0x1000'0000, 8'000},
                    FrequencyCase{0x2000'0000, 4'000}, FrequencyCase{0x4000'0000, 2'000},
                    FrequencyCase{0x8000'0000, 1'000}, FrequencyCase{0x0A00'0000, 500},
                    FrequencyCase{0x1400'0000, 250}));

TEST_F(SpimTest, SixteenMegahertzAreBeyondMostInstances)
{
    bench.set(kFrequency, 0x0A00'0000);
    bench.transfer(1, 0);
    EXPECT_EQ(core.rules.names(), Names{"spim-frequency"});
}

TEST(SpimDedicatedPins, AreNeededAt32MegahertzAlone)
{
    SpimData data;
    data.frequency_max_hz = 32'000'000;
    data.has_dedicated_pins = true;
    SpimBench bench(data);
    bench.set(kFrequency, 0x0A00'0000);
    bench.transfer(1, 0);
    EXPECT_TRUE(bench.core.rules.seen.empty()) << "16 MHz";
    bench.set(kFrequency, 0x1400'0000);
    bench.transfer(1, 0);
    EXPECT_EQ(bench.core.rules.names(), Names{"spim-dedicated-pins"})
        << "SCK; no other is selected";
    bench.set(kPselSck, 8);
    bench.set(kPselMosi, 9);
    bench.set(kPselMiso, 10);
    bench.transfer(1, 0);
    EXPECT_EQ(bench.core.rules.seen.size(), 1u);
    bench.set(kPselMiso, 32 + 10);
    bench.transfer(1, 0);
    EXPECT_EQ(bench.core.rules.seen.size(), 2u) << "P1.10";
}

TEST(SpimClock, FollowsAClockThatIsOff)
{
    SpimData data;
    data.hfclk_hz = 60'000'000;
    SpimBench bench(data);
    const Duration start = bench.start(kRam, 15, 0, 0);
    const Duration end = start + 15 * 8 * picoseconds(125'000 * 64 / 60);
    EXPECT_EQ(bench.event_at(kEventsEnd, end - picoseconds(1)), 0u);
    EXPECT_EQ(bench.event_at(kEventsEnd, end), 1u);
}

TEST_F(SpimTest, MaxCntHasAsManyBitsAsTheChipGivesIt)
{
    bench.set(kTxdMaxCnt, 65'535);
    EXPECT_TRUE(core.rules.seen.empty());
    bench.set(kTxdMaxCnt, 65'536);
    EXPECT_EQ(bench.get(kTxdMaxCnt), 0u);
    SpimData small;
    small.maxcnt_bits = 8;
    SpimBench other(small);
    other.set(kRxdMaxCnt, 255);
    EXPECT_TRUE(other.core.rules.seen.empty());
    other.set(kRxdMaxCnt, 256);
    EXPECT_EQ(other.get(kRxdMaxCnt), 0u);
    EXPECT_EQ(other.core.rules.names(), Names{"spim-maxcnt-width"});
}

TEST_F(SpimTest, EasyDmaReachesDataRamOnly)
{
    bench.chip_select(false);
    bench.start(0x1000, 4, kRam + 0x8000, 4);
    EXPECT_TRUE(core.poll(bench.spim.registers(), kEventsEnd, 1, 1));
    EXPECT_EQ(core.rules.names(), Names{"easydma-ram-only"});
    EXPECT_EQ(core.rules.seen[0].address, 0x1000u);
    EXPECT_EQ(part.heard, Bytes(4, 0x00)) << "not what flash holds";
    EXPECT_EQ(bench.received(2), (Bytes{0x80, 0x81}));
    bench.start(kRam, 1, 0x2000'FFFF, 2);
    EXPECT_EQ(core.rules.seen.back().address, 0x2000'FFFFu) << "it ends beyond RAM";
    core.now += milliseconds(1);
    bench.start(0x1000, 0, 0x1000, 0);
    EXPECT_EQ(core.rules.seen.size(), 2u) << "a pointer without bytes does not matter";
}

TEST_F(SpimTest, PointersAreTakenOverAtStart)
{
    bench.chip_select(false);
    bench.start(kRam, 4, 0, 0);
    bench.set(kTxdPtr, kRam + 0x10);
    bench.set(kTxdMaxCnt, 2);
    EXPECT_TRUE(core.poll(bench.spim.registers(), kEventsEnd, 1, 1));
    EXPECT_EQ(part.heard, (Bytes{1, 2, 3, 4}));
    bench.set(kTasksStart, 1);
    core.now += 2 * kByteAt8MHz;
    bench.get(kEventsEnd);
    EXPECT_EQ(part.heard, (Bytes{1, 2, 3, 4, 0x11, 0x12}));
}

TEST_F(SpimTest, WhatIsInTheBufferWhenItIsClockedIsSent)
{
    bench.chip_select(false);
    bench.start(kRam, 4, 0, 0);
    core.now += 2 * kByteAt8MHz;
    bench.get(kEventsEnd);
    bench.ram[3] = 0x99;
    EXPECT_TRUE(core.poll(bench.spim.registers(), kEventsEnd, 1, 1));
    EXPECT_EQ(part.heard, (Bytes{1, 2, 3, 0x99}));
}

TEST_F(SpimTest, StopEndsAfterTheByteOnTheWire)
{
    bench.chip_select(false);
    const Duration start = bench.start(kRam, 10, 0, 0);
    core.now = start + 3 * kByteAt8MHz + nanoseconds(100);
    bench.set(kTasksStop, 1);
    EXPECT_EQ(bench.event_at(kEventsStopped, start + 4 * kByteAt8MHz - picoseconds(1)), 0u);
    EXPECT_EQ(bench.event_at(kEventsStopped, start + 4 * kByteAt8MHz), 1u);
    EXPECT_EQ(bench.get(kEventsEnd), 0u);
    EXPECT_EQ(bench.get(kTxdAmount), 4u);
    EXPECT_EQ(part.heard.size(), 4u);
}

TEST_F(SpimTest, SuspendPausesUntilResume)
{
    bench.chip_select(false);
    const Duration start = bench.start(kRam, 4, 0, 0);
    core.now = start + nanoseconds(500);
    bench.set(kTasksSuspend, 1);
    EXPECT_EQ(bench.event_at(kEventsEnd, start + milliseconds(1)), 0u);
    EXPECT_EQ(part.heard.size(), 1u);
    bench.set(kTasksResume, 1);
    const Duration resumed = core.now;
    EXPECT_EQ(bench.event_at(kEventsEnd, resumed + 3 * kByteAt8MHz - picoseconds(1)), 0u);
    EXPECT_EQ(bench.event_at(kEventsEnd, resumed + 3 * kByteAt8MHz), 1u);
    EXPECT_EQ(part.heard, (Bytes{1, 2, 3, 4}));
}

TEST_F(SpimTest, TheShortcutStartsAgainAtEnd)
{
    bench.chip_select(false);
    bench.set(kShorts, kShortEndStart);
    const Duration start = bench.start(kRam, 2, 0, 0);
    core.now = start + 7 * kByteAt8MHz;
    bench.get(kEventsEnd);
    EXPECT_EQ(part.heard, (Bytes{1, 2, 1, 2, 1, 2, 1}));
    bench.set(kShorts, 0);
    EXPECT_EQ(bench.event_at(kEventsEnd, start + 100 * kByteAt8MHz), 1u);
    EXPECT_EQ(part.heard.size(), 8u);
}

TEST_F(SpimTest, AnEdgeOfChipSelectInAByteLeavesLooseBits)
{
    bench.chip_select(false);
    const Duration start = bench.start(kRam, 4, 0, 0);
    core.now = start + 2 * kByteAt8MHz + nanoseconds(3 * 125) - picoseconds(31'250);
    bench.chip_select(true);
    EXPECT_EQ(part.heard, (Bytes{1, 2}));
    EXPECT_EQ(part.loose_bits, 3);
    EXPECT_EQ(part.last_edge, start + 2 * kByteAt8MHz + nanoseconds(375));
    core.now += milliseconds(1);
    bench.get(kEventsEnd);
    EXPECT_EQ(part.heard.size(), 2u) << "the rest reaches nobody";
}

TEST_F(SpimTest, APartThatIsNotSelectedHearsNothing)
{
    bench.transfer(2, 2);
    EXPECT_TRUE(part.heard.empty());
    EXPECT_EQ(bench.received(2), (Bytes{0xFF, 0xFF}));
}

TEST_F(SpimTest, GlitchesOnTheClockAreLooseBits)
{
    bench.chip_select(false);
    bench.transfer(1, 0);
    bench.wire.add_loose_clocks(2);
    bench.chip_select(true);
    EXPECT_EQ(part.loose_bits, 2);
    bench.chip_select(false);
    bench.chip_select(true);
    EXPECT_EQ(part.loose_bits, 0);
    EXPECT_EQ(part.selections, 2u);
}

TEST_F(SpimTest, BitsCanBeSentLeastSignificantFirst)
{
    bench.set(kConfig, 1);
    bench.chip_select(false);
    bench.transfer(2, 2);
    EXPECT_EQ(part.heard, (Bytes{0x80, 0x40}));
    EXPECT_EQ(bench.received(2), (Bytes{0x01, 0x81}));
}

TEST_F(SpimTest, MemoriesTakeModes0And3Only)
{
    bench.chip_select(false);
    for (const std::uint32_t config : {0u, 6u}) {
        bench.set(kConfig, config);
        bench.transfer(1, 0);
    }
    EXPECT_TRUE(core.rules.seen.empty());
    bench.set(kConfig, 2);
    bench.transfer(1, 0);
    EXPECT_EQ(core.rules.names(), Names{"spim-mode"});
    EXPECT_EQ(part.heard.size(), 2u);
}

TEST_F(SpimTest, StartIsIgnoredWhenDisabledOrBusy)
{
    bench.set(kEnable, 0);
    bench.start(kRam, 1, 0, 0);
    EXPECT_EQ(bench.get(kEventsStarted), 0u);
    bench.set(kEnable, kEnabled);
    bench.start(kRam, 100, 0, 0);
    bench.set(kTasksStart, 1);
    EXPECT_EQ(core.rules.names(), (Names{"spim-start", "spim-start"}));
}

TEST_F(SpimTest, ATransferOfNothingEndsAtOnce)
{
    bench.start(kRam, 0, 0, 0);
    EXPECT_EQ(bench.get(kEventsStarted), 1u);
    EXPECT_EQ(bench.get(kEventsEnd), 1u);
}

TEST(SpimChipSelectTest, TheHardwareCanDriveItWhereTheInstanceHasOne)
{
    SpimData data;
    data.has_chip_select = true;
    SpimBench bench(data);
    bench.spim.connect_hardware_chip_select(bench.wire);
    bench.set(kPselCsn, 18);
    const Duration start = bench.start(kRam, 2, 0, 0);
    EXPECT_EQ(bench.part.selections, 1u);
    bench.core.now = start + milliseconds(1);
    bench.get(kEventsEnd);
    EXPECT_EQ(bench.part.heard, (Bytes{1, 2}));
    EXPECT_EQ(bench.part.last_edge, start + 2 * kByteAt8MHz) << "not when somebody looked";
}

TEST(GpioTest, PinsAreSetClearedAndConfigured)
{
    SpimBench bench{SpimData{}};
    const auto get = [&](std::uint32_t offset) {
        return bench.core.read(bench.gpio, offset - gpio_register::kFirst);
    };
    EXPECT_TRUE(bench.gpio.level(4)) << "an input is pulled up";
    bench.set_gpio(gpio_register::kPinCnf + 4 * 4, 3);
    EXPECT_FALSE(bench.gpio.level(4));
    EXPECT_EQ(get(gpio_register::kDir), 1u << 4 | 1u << kChipSelectPin);
    EXPECT_EQ(get(gpio_register::kPinCnf + 4 * 4), 3u);
    bench.set_gpio(gpio_register::kOut, 1u << 4);
    EXPECT_TRUE(bench.gpio.level(4));
    EXPECT_TRUE(bench.wire.selected()) << "OUT cleared the other pin";
    EXPECT_EQ(get(gpio_register::kIn) >> kChipSelectPin & 1u, 0u);
    bench.set_gpio(gpio_register::kDirClr, 1u << kChipSelectPin);
    EXPECT_FALSE(bench.wire.selected());
}

}  // namespace
}  // namespace brownout::models
