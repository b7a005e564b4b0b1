#include "support/nor_bench.hpp"

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;

class SpiNorStateTest : public testing::Test {
protected:
    NorBench nor{sample_nor_data()};
    ProbeCore& core = nor.core;

    Bytes page(std::uint32_t address, const Bytes& bytes)
    {
        return NorBench::with_address(0x02, address, bytes);
    }
    Bytes sector(std::uint32_t address) { return NorBench::with_address(0x20, address); }
    void expect_only(const std::string& rule) { EXPECT_EQ(core.rules.names(), Names{rule}); }
};

TEST_F(SpiNorStateTest, RegisterBitsAreKeptOrNotAsTheirDataSay)
{
    nor.change({0x01, 0xC3, 0x48, 0xFF});
    nor.wait_until_ready();
    EXPECT_EQ(nor.status(), 0xC0) << "WIP and WEL cannot be written";
    EXPECT_EQ(nor.command({0x15}, 3), (Bytes{0x48, 0x02, 0x48}));
    nor.restart(ResetKind::kSystemReset);
    EXPECT_EQ(nor.command({0x15}, 2), (Bytes{0x48, 0x02}));
    nor.restart(ResetKind::kPowerOn);
    EXPECT_EQ(nor.status(), 0xC0);
    EXPECT_EQ(nor.command({0x15}, 2), (Bytes{0x08, 0x00}));
}

TEST_F(SpiNorStateTest, AStatusWriteOfOneByteLeavesTheOtherRegisters)
{
    nor.change({0x01, 0x00, 0x08});
    nor.wait_until_ready();
    nor.change({0x01, 0x40});
    nor.wait_until_ready();
    EXPECT_EQ(nor.status(), 0x40);
    EXPECT_EQ(nor.command({0x15}, 1), Bytes{0x08});
}

TEST_F(SpiNorStateTest, AVolatileStatusWriteTakesNoTimeAndIsForgotten)
{
    nor.command({0x50});
    nor.command({0x01, 0x40});
    EXPECT_EQ(nor.status(), 0x40);
    EXPECT_EQ(core.supply.asked, 0u);
    nor.restart(ResetKind::kPowerOn);
    EXPECT_EQ(nor.status(), 0x00);
}

TEST_F(SpiNorStateTest, TheHighPerformanceBitChangesTimesUntilPowerOn)
{
    nor.change({0x01, 0, 0, 0x02});
    nor.wait_until_ready();
    nor.change(sector(0));
    EXPECT_EQ(core.supply.last.duration, milliseconds(40));
    nor.restart(ResetKind::kPowerOn);
    nor.change(sector(0));
    EXPECT_EQ(core.supply.last.duration, milliseconds(58));
}

TEST_F(SpiNorStateTest, ProtectedBlocksAreNotChanged)
{
    nor.change({0x01, 0x08});  // BP = 2: the upper 128 KiB
    nor.wait_until_ready();
    nor.change(page(0xE0000, {0}));
    nor.change(NorBench::with_address(0xD8, 0xF0000));
    nor.change({0xC7});
    EXPECT_EQ(core.rules.names(), Names(3, "spi-nor-protected"));
    EXPECT_EQ(core.supply.operations, 1u);
    nor.change(page(0xDFF00, {0}));
    EXPECT_EQ(core.supply.operations, 2u);
    nor.wait_until_ready();
    nor.change({0x01, 0x08, 0x08});  // and now the lower
    nor.wait_until_ready();
    nor.change(page(0x1FF00, {0}));
    EXPECT_EQ(core.rules.seen.size(), 4u);
    nor.change(page(0x20000, {0}));
    EXPECT_EQ(core.rules.seen.size(), 4u);
}

TEST_F(SpiNorStateTest, TheWriteProtectPinGuardsTheRegistersOnceAsked)
{
    AccessContext access = core.access();
    nor.part.write_protect_pin().pin_changed(false, access);
    nor.write_status({0x04});
    EXPECT_EQ(nor.status(), 0x04) << "SRP0 is clear: the pin means nothing";
    nor.write_status({0x84});
    nor.write_status({0x00});
    EXPECT_EQ(nor.status(), 0x86) << "WEL stays set";
    expect_only("spi-nor-protected");
    EXPECT_EQ(core.rules.seen[0].text,
              "sample: status write 0x01 of 0x00 with SRP0 set and WP# low: ignored");
    nor.part.write_protect_pin().pin_changed(true, access);
    nor.write_status({0x00});
    EXPECT_EQ(nor.status(), 0x00);
    EXPECT_EQ(core.rules.seen.size(), 1u);
}

TEST_F(SpiNorStateTest, QuadEnableMakesBothPinsDataLines)
{
    AccessContext access = core.access();
    nor.write_status({0xC0});
    nor.part.write_protect_pin().pin_changed(false, access);
    nor.part.hold_pin().pin_changed(false, access);
    EXPECT_EQ(nor.status(), 0xC0) << "HOLD#";
    nor.write_status({0x80});
    EXPECT_TRUE(core.rules.seen.empty()) << "WP#";
    EXPECT_EQ(nor.status(), 0xFF) << "QE is clear now, and the part held";
    expect_only("spi-nor-held");
}

TEST_F(SpiNorStateTest, TheLockBitGuardsTheRegistersUntilPowerOn)
{
    nor.write_status({0x04, 0x40});
    nor.write_status({0x00});
    nor.command({0x50});
    nor.command({0x01, 0x00});
    EXPECT_EQ(core.rules.names(), Names(2, "spi-nor-protected"));
    nor.restart(ResetKind::kSystemReset);
    EXPECT_EQ(nor.status() & 0x04u, 0x04u);
    nor.restart(ResetKind::kPowerOn);
    nor.write_status({0x00});
    EXPECT_EQ(nor.status(), 0x00);
    EXPECT_EQ(core.rules.seen.size(), 2u);
}

TEST(SpiNorPins, AreAsTheBoardWiresThemAndReportsNameThem)
{
    SpiNorOptions options;
    options.write_protect = {true, "tied low"};
    options.hold = {false, "P0.23"};
    options.registers = {0x84};
    const SpiNorData data = sample_nor_data();
    ASSERT_EQ(problem_with(data, options), "");
    NorBench nor(data, options);
    nor.state = SpiNor::mounted_state(data, options);
    nor.restart(ResetKind::kPowerOn);
    EXPECT_EQ(nor.status(), 0x84);
    nor.write_status({0x00});
    EXPECT_EQ(nor.status(), 0x86);
    AccessContext access = nor.core.access();
    nor.part.hold_pin().pin_changed(false, access);
    EXPECT_EQ(nor.command({0x9F}, 3), Bytes(3, 0xFF));
    ASSERT_EQ(nor.core.rules.names(), (Names{"spi-nor-protected", "spi-nor-held"}));
    EXPECT_NE(nor.core.rules.seen[0].text.find("WP# (tied low) low"), std::string::npos);
    EXPECT_EQ(nor.core.rules.seen[1].text,
              "sample: clocks are not heard and DO is not driven while HOLD# (P0.23) is low");
    nor.restart(ResetKind::kSystemReset);
    EXPECT_EQ(nor.status(), 0x86) << "pins are inputs again, and pulled up";
}

TEST(SpiNorPins, RegistersHoldOnlyWhatThePartKeeps)
{
    SpiNorOptions options;
    options.registers = {0x00, 0x08};
    EXPECT_EQ(problem_with(sample_nor_data(), options), "");
    options.registers = {0x00, 0x48};
    EXPECT_NE(problem_with(sample_nor_data(), options).find("'configuration 1'"),
              std::string::npos);
    options.registers = {0x01};
    EXPECT_NE(problem_with(sample_nor_data(), options), "") << "WIP";
    options.registers = Bytes(5, 0);
    EXPECT_EQ(problem_with(sample_nor_data(), options), "sample has 4 registers");
    EXPECT_EQ(SpiNor::mounted_state(sample_nor_data(), {}), PartState{});
}

TEST_F(SpiNorStateTest, AHeldPartHearsNothing)
{
    nor.cells.poke(0, Bytes{0x12, 0x34});
    nor.begin({0x03, 0, 0, 0}, 1);
    EXPECT_TRUE(core.rules.seen.empty());
    AccessContext access = core.access();
    nor.part.hold_pin().pin_changed(false, access);
    nor.clock({}, 2, 1);
    nor.clock({}, 2, 1);
    EXPECT_EQ(nor.answer, (Bytes{0xFF, 0xFF}));
    expect_only("spi-nor-held");
    nor.part.hold_pin().pin_changed(true, access);
    nor.clock({}, 1, 1);
    EXPECT_EQ(nor.answer, Bytes{0x34}) << "it goes on where it was";
    nor.end();
    EXPECT_EQ(core.rules.seen.size(), 1u);
}

TEST_F(SpiNorStateTest, ChipSelectThatRisesOfAHeldPartDropsTheCommand)
{
    nor.cells.poke(0, Bytes{0xFF});
    nor.write_enable();
    for (const bool held : {true, false}) {
        nor.begin(page(0, {0x00}));
        AccessContext access = core.access();
        nor.part.hold_pin().pin_changed(!held, access);
        nor.end();
        nor.part.hold_pin().pin_changed(true, access);
        EXPECT_EQ(core.supply.operations, held ? 0u : 1u);
        expect_only("spi-nor-held");
    }
}

TEST_F(SpiNorStateTest, AnEraseCanBeSuspendedForReadsAndProgramsElsewhere)
{
    nor.cells.poke(0x2000, Bytes{0x77});
    const Duration began = nor.change(sector(0x1000));
    core.now = began + milliseconds(8) - NorBench::kByteTime;
    nor.command({0x75});
    EXPECT_EQ(nor.status_at(core.now + microseconds(40) - picoseconds(1)) & 1u, 1u);
    EXPECT_EQ(nor.status_at(began + milliseconds(8) + microseconds(40)) & 1u, 0u);
    EXPECT_EQ(nor.command({0x2B}, 1), Bytes{0x08});
    EXPECT_EQ(nor.read(0x2000, 1), Bytes{0x77});
    EXPECT_TRUE(core.rules.seen.empty());
    nor.read(0x1000, 1);
    nor.change(page(0x1F00, {0}));
    nor.change(sector(0x5000));
    nor.command({0x01, 0x40});
    EXPECT_EQ(core.rules.names(), Names(4, "spi-nor-suspended"));
    nor.change(page(0x2000, {0x11}));
    nor.wait_until_ready();
    EXPECT_EQ(core.rules.seen.size(), 4u) << "a program elsewhere is allowed";
    nor.command({0x7A});
    const Duration resumed = core.now;
    EXPECT_TRUE(nor.busy_at(resumed + milliseconds(50) - picoseconds(1)));
    EXPECT_FALSE(nor.busy_at(resumed + milliseconds(50)));
    EXPECT_EQ(nor.command({0x2B}, 1), Bytes{0x00});
}

TEST_F(SpiNorStateTest, ASuspendRightAfterAResumeHasGainedNothing)
{
    const Duration began = nor.change(sector(0x1000));
    nor.command({0x75});
    const Duration left = began + milliseconds(58) - core.now;
    core.now += milliseconds(1);
    nor.command({0x7A});
    nor.command({0x75});
    core.now += milliseconds(1);
    nor.command({0x7A});
    const Duration resumed = core.now;
    EXPECT_TRUE(nor.busy_at(resumed + left - picoseconds(1)));
    EXPECT_FALSE(nor.busy_at(resumed + left));
}

TEST_F(SpiNorStateTest, InDeepPowerDownOnlyTheReleaseIsHeard)
{
    nor.command({0xB9});
    core.now += microseconds(10);
    EXPECT_EQ(nor.status(), 0xFF);
    EXPECT_EQ(nor.command({0x9F}, 1), Bytes{0xFF});
    nor.command({0xAB});
    const Duration released = core.now;
    core.now = released + microseconds(35) - picoseconds(1);
    EXPECT_EQ(nor.command({0x9F}, 1), Bytes{0xFF});
    EXPECT_EQ(core.rules.names(),
              (Names{"spi-nor-powered-down", "spi-nor-powered-down", "spi-nor-waking"}));
    core.now = released + microseconds(35);
    EXPECT_EQ(nor.command({0x9F}, 1), Bytes{0xC2});
}

TEST_F(SpiNorStateTest, AResetNeedsItsTwoCommandsInARow)
{
    nor.write_enable();
    nor.command({0x99});
    EXPECT_EQ(nor.status(), 0x02);
    nor.command({0x66});
    EXPECT_EQ(nor.status(), 0x02);
    nor.command({0x99});
    EXPECT_EQ(nor.status(), 0x02) << "a status read in between";
    nor.command({0x66});
    nor.command({0x99});
    const Duration reset = core.now;
    core.now = reset + microseconds(30);
    EXPECT_EQ(nor.status(), 0x00);
    EXPECT_TRUE(core.rules.seen.empty());
}

TEST_F(SpiNorStateTest, AResetEndsAnOperation)
{
    nor.change(sector(0));
    nor.command({0x66});
    nor.command({0x99});
    expect_only("spi-nor-reset-busy");
    core.now += milliseconds(12);
    EXPECT_EQ(nor.status(), 0x00) << "58 ms have not passed";
}

TEST_F(SpiNorStateTest, AResetOfTheMicrocontrollerLeavesThePartAtWork)
{
    const Duration end = nor.change(sector(0)) + milliseconds(58);
    const PartState left = nor.state;
    nor.restart(ResetKind::kSystemReset);
    EXPECT_EQ(nor.state, left);
    EXPECT_TRUE(nor.busy_at(end - picoseconds(1)));
    EXPECT_FALSE(nor.busy_at(end));
    nor.change(sector(0));
    nor.state.lose_power();
    nor.restart(ResetKind::kPowerOn);
    EXPECT_EQ(nor.status(), 0x00);
}

}  // namespace
}  // namespace brownout::models
