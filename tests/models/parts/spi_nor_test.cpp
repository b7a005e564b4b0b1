#include "support/nor_bench.hpp"

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;

class SpiNorTest : public testing::Test {
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

TEST_F(SpiNorTest, AnswersItsIdentity)
{
    EXPECT_EQ(nor.command({0x9F}, 4), (Bytes{0xC2, 0x28, 0x14, 0xC2}));
    EXPECT_EQ(nor.command({0xAB, 0, 0, 0}, 2), (Bytes{0x14, 0x14}));
    EXPECT_EQ(nor.command({0x90, 0, 0, 0}, 2), (Bytes{0xC2, 0x14}));
    EXPECT_EQ(nor.command({0x90, 0, 0, 1}, 2), (Bytes{0x14, 0xC2}));
    EXPECT_TRUE(core.rules.seen.empty());
}

TEST_F(SpiNorTest, SfdpHasItsHeaderAndItsWordsLittleEndian)
{
    const Bytes header = nor.command({0x5A, 0, 0, 0, 0xFF}, 16);
    EXPECT_EQ(Bytes(header.begin(), header.begin() + 8),
              (Bytes{'S', 'F', 'D', 'P', 6, 1, 0, 0xFF}));
    EXPECT_EQ(Bytes(header.begin() + 8, header.end()), (Bytes{0, 6, 1, 2, 0x30, 0, 0, 0xFF}));
    EXPECT_EQ(nor.command({0x5A, 0, 0, 0x30, 0xFF}, 9),
              (Bytes{0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0xFF}));
}

TEST_F(SpiNorTest, AProgramAndsIntoItsPage)
{
    nor.change(page(0x1010, {0xF0, 0x0F}));
    nor.wait_until_ready();
    nor.change(page(0x1010, {0x3C}));
    nor.wait_until_ready();
    EXPECT_EQ(nor.read(0x100F, 4), (Bytes{0xFF, 0x30, 0x0F, 0xFF}));
    EXPECT_EQ(core.supply.operations, 2u);
    EXPECT_EQ(core.supply.last.kind, OperationKind::kProgramPage);
    EXPECT_EQ(core.supply.last.device, 3u);
    EXPECT_EQ(core.supply.last.offset, 0x1010u);
    EXPECT_EQ(core.supply.last.unit_bytes, 1u);
    EXPECT_EQ(core.supply.last.duration, microseconds(100)) << "one byte";
    EXPECT_TRUE(core.rules.seen.empty());
}

TEST_F(SpiNorTest, AddressesWrapAtTheEndOfThePage)
{
    nor.change(page(0x10FE, {1, 2, 3}));
    nor.wait_until_ready();
    EXPECT_EQ(nor.read(0x10FE, 4), (Bytes{1, 2, 0xFF, 0xFF})) << "not into the next page";
    EXPECT_EQ(nor.read(0x1000, 2), (Bytes{3, 0xFF}));
    expect_only("spi-nor-page-wrap");
}

TEST_F(SpiNorTest, AProgramUpToTheEndOfThePageDoesNotWrap)
{
    nor.change(page(0x10FE, {1, 2}));
    EXPECT_TRUE(core.rules.seen.empty());
}

TEST_F(SpiNorTest, OfMoreThanAPageTheLast256BytesWin)
{
    Bytes bytes(257, 0x11);
    bytes[0] = 0x22;
    bytes[256] = 0x33;
    nor.change(page(0x1000, bytes));
    nor.wait_until_ready();
    EXPECT_EQ(nor.read(0x1000, 2), (Bytes{0x33, 0x11})) << "not 0x22 AND 0x33";
}

TEST_F(SpiNorTest, PartsOfAPageInSeveralTransfersAreOneProgram)
{
    nor.write_enable();
    nor.begin(page(0x1000, {1}));
    nor.clock({2, 3}, 0, 1);
    EXPECT_EQ(core.supply.asked, 0u) << "before CS# rises";
    nor.end();
    EXPECT_EQ(core.supply.asked, 1u);
    nor.wait_until_ready();
    EXPECT_EQ(nor.read(0x1000, 3), (Bytes{1, 2, 3}));
}

TEST_F(SpiNorTest, NothingIsChangedWithoutWriteEnable)
{
    nor.command(page(0, {0}));
    nor.command(sector(0));
    nor.command({0x01, 0x40});
    nor.write_enable();
    nor.command({0x04});
    nor.command(page(0, {0}));
    EXPECT_EQ(core.supply.asked, 0u);
    EXPECT_EQ(core.rules.names(), Names(4, "spi-nor-write-enable"));
    EXPECT_EQ(nor.read(0, 1), Bytes{0xFF});
}

TEST_F(SpiNorTest, WriteEnableIsClearedWhenTheOperationEnds)
{
    EXPECT_EQ(nor.status(), 0x00);
    nor.write_enable();
    EXPECT_EQ(nor.status(), 0x02);
    const Duration end = (nor.command(sector(0)), core.now) + milliseconds(58);
    EXPECT_EQ(nor.status_at(end - picoseconds(1)), 0x03);
    EXPECT_EQ(nor.status_at(end), 0x00);
}

TEST_F(SpiNorTest, ACommandThatEndsInTheMiddleOfAByteIsNotExecuted)
{
    nor.write_enable();
    for (unsigned bits = 1; bits < 8; ++bits) {
        nor.command(page(0, {0}), 0, bits);
    }
    EXPECT_EQ(core.supply.asked, 0u);
    EXPECT_EQ(core.rules.names(), Names(7, "spi-nor-byte-boundary"));
    EXPECT_EQ(nor.status(), 0x02) << "WEL stays set";
    nor.command(page(0, {0}));
    EXPECT_EQ(core.supply.asked, 1u);
}

TEST_F(SpiNorTest, AnEraseNeedsItsWholeAddressAndAProgramAByte)
{
    nor.write_enable();
    nor.command({0x20, 0, 0});
    nor.command({0x02, 0, 0, 0});
    EXPECT_EQ(core.supply.asked, 0u);
    nor.command({0x20, 0, 0, 0});
    EXPECT_EQ(core.supply.asked, 1u);
}

TEST_F(SpiNorTest, ABusyPartIgnoresEverythingButStatusReads)
{
    nor.change(page(0x1000, {0x55}));
    const Duration end = core.now + microseconds(100);
    EXPECT_EQ(nor.command({0x03, 0, 0x10, 0}, 1), Bytes{0xFF});
    nor.write_enable();
    core.now = end - picoseconds(1);
    EXPECT_EQ(nor.read(0x1000, 1), Bytes{0xFF});
    EXPECT_EQ(core.rules.names(), Names(3, "spi-nor-busy"));
    core.now = end;
    EXPECT_EQ(nor.read(0x1000, 1), Bytes{0x55});
    EXPECT_EQ(nor.status(), 0x00) << "the write enable was lost";
}

TEST_F(SpiNorTest, StatusIsSampledAtEachByte)
{
    nor.change(page(0, {0}));
    core.now += microseconds(100) - 3 * NorBench::kByteTime;
    EXPECT_EQ(nor.command({0x05}, 4), (Bytes{0x03, 0x03, 0x00, 0x00}));
}

TEST_F(SpiNorTest, AnEraseTakesWholeSectorsWhateverTheLowAddressBits)
{
    nor.cells.poke(0, Bytes(0x20000, 0));
    nor.change(sector(0x1ABC));
    nor.wait_until_ready();
    EXPECT_EQ(nor.read(0x0FFF, 2), (Bytes{0, 0xFF}));
    EXPECT_EQ(nor.read(0x1FFF, 2), (Bytes{0xFF, 0}));
    nor.change(NorBench::with_address(0x52, 0x9000));
    nor.wait_until_ready();
    EXPECT_TRUE(nor.cells.is_erased(0x8000, 0x8000));
    EXPECT_EQ(nor.cells.byte_at(0x7FFF), 0);
    nor.change(NorBench::with_address(0xD8, 0x1FFFF));
    nor.wait_until_ready();
    EXPECT_TRUE(nor.cells.is_erased(0x10000, 0x10000));
    nor.change({0xC7});
    EXPECT_TRUE(nor.cells.is_erased(0, nor.data.identity.size_bytes));
    EXPECT_EQ(core.supply.last.kind, OperationKind::kEraseChip);
}

TEST_F(SpiNorTest, ReadsGoOnAtTheStartOfTheArray)
{
    nor.cells.poke(0, Bytes{1, 2});
    nor.cells.poke((1 << 20) - 1, Bytes{9});
    EXPECT_EQ(nor.read((1 << 20) - 1, 3), (Bytes{9, 1, 2}));
    EXPECT_TRUE(core.rules.seen.empty());
    EXPECT_EQ(nor.read(1 << 20, 1), Bytes{1});
    expect_only("spi-nor-address");
}

TEST_F(SpiNorTest, APartAtRestHasTheStateOfAPartAsDelivered)
{
    nor.write_enable();
    EXPECT_NE(nor.state, PartState{});
    nor.command(page(0, {1}));
    EXPECT_NE(nor.state, PartState{});
    nor.wait_until_ready();
    nor.status();
    EXPECT_EQ(nor.state, PartState{});
    nor.change({0x01, 0x40});
    nor.wait_until_ready();
    nor.change({0x01, 0x00});
    nor.wait_until_ready();
    nor.status();
    EXPECT_EQ(nor.state, PartState{});
}

TEST_F(SpiNorTest, FourLinesNeedQuadEnable)
{
    nor.cells.poke(0x10, Bytes{0xA5});
    const auto quad_read = [&] {
        nor.begin({0xEB});
        nor.clock({0, 0, 0x10, 0, 0, 0}, 1, 4);
        const Bytes answer{nor.answer.back()};
        nor.end();
        return answer;
    };
    EXPECT_EQ(quad_read(), Bytes{0xFF});
    expect_only("spi-nor-quad-disabled");
    nor.change({0x01, 0x40});
    nor.wait_until_ready();
    EXPECT_EQ(quad_read(), Bytes{0xA5});
    nor.begin({0xEB});
    nor.clock({0, 0, 0x10, 0, 0, 0}, 1, 1);
    nor.end();
    EXPECT_EQ(core.rules.names().back(), "spi-nor-lines");
}

TEST_F(SpiNorTest, DummyClocksCountOnTheLinesOfTheAddress)
{
    nor.cells.poke(0x10, Bytes{0xA5});
    EXPECT_EQ(nor.command({0x0B, 0, 0, 0x10, 0}, 1), Bytes{0xA5});
    nor.begin({0xBB});
    nor.clock({0, 0, 0x10, 0}, 1, 2);
    EXPECT_EQ(nor.answer.back(), 0xA5);
}

TEST_F(SpiNorTest, UnknownCommandsAndFastClocksAreReported)
{
    nor.command({0x00});
    expect_only("spi-nor-opcode");
    core.rules.seen.clear();
    AccessContext access = core.access();
    const Bytes opcode{0x05};
    for (const int hz : {33'000'000, 34'000'000}) {
        nor.part.select(access);
        SpiTransfer transfer;
        transfer.mosi = opcode;
        transfer.byte_count = 1;
        transfer.clock_period = picoseconds(1'000'000'000'000 / hz + (hz == 33'000'000 ? 1 : 0));
        nor.part.transfer(transfer, access);
        nor.part.deselect(0, access);
        EXPECT_EQ(core.rules.seen.size(), hz == 33'000'000 ? 0u : 1u);
    }
    expect_only("spi-nor-clock");
}

TEST_F(SpiNorTest, ErasesBeyondTheEnduranceAreReported)
{
    for (int cycle = 0; cycle < 3; ++cycle) {
        nor.change(sector(0));
        nor.wait_until_ready();
    }
    EXPECT_TRUE(core.rules.seen.empty());
    nor.change(sector(0));
    expect_only("spi-nor-endurance");
}

TEST_F(SpiNorTest, NothingHappensWhenThePowerFailsBeforeTheOperation)
{
    core.supply.fails_at = 0;
    nor.change(page(0, {0}));
    EXPECT_TRUE(core.supply.failed);
    EXPECT_EQ(nor.cells.byte_at(0), 0xFF);
    EXPECT_EQ(nor.state.busy_until, Duration{});
}

TEST_F(SpiNorTest, StatusSaysWhenItSettles)
{
    nor.change(sector(0));
    const Duration end = core.now + milliseconds(58);
    EXPECT_EQ(nor.part.status_settles_at(0x05, 1, 0, core.now), end);
    EXPECT_EQ(nor.part.status_settles_at(0x05, 1, 1, core.now), core.now);
    EXPECT_EQ(nor.part.status_settles_at(0x05, 1, 1, end), std::nullopt);
    EXPECT_EQ(nor.part.status_settles_at(0x03, 1, 0, core.now), std::nullopt);
}

class MuteTest : public testing::TestWithParam<std::uint8_t> {};

TEST_P(MuteTest, FromItsOperationOnAMuteChipIsDeafUntilPowerOn)
{
    SpiNorOptions options;
    options.mute = SpiNorMute{1, GetParam()};
    NorBench nor(sample_nor_data(), options);
    nor.change(NorBench::with_address(0x02, 0, {0x12}));
    nor.wait_until_ready();
    EXPECT_EQ(nor.read(0, 1), Bytes{0x12}) << "before";
    nor.change(NorBench::with_address(0x20, 0));
    EXPECT_EQ(nor.core.supply.operations, 1u);
    EXPECT_EQ(nor.status(), GetParam());
    EXPECT_EQ(nor.read(0, 2), Bytes(2, GetParam()));
    nor.change(NorBench::with_address(0x02, 1, {0}));
    nor.restart(ResetKind::kSystemReset);
    EXPECT_EQ(nor.read(0, 2), Bytes(2, GetParam()));
    nor.state.lose_power();
    nor.restart(ResetKind::kPowerOn);
    EXPECT_EQ(nor.read(0, 2), (Bytes{0x12, 0xFF}));
}

INSTANTIATE_TEST_SUITE_P(Levels, MuteTest, testing::Values(0x00, 0xFF));

TEST(SpiNorDataTest, WhatTheEngineCannotPlayIsSaid)
{
    EXPECT_EQ(problem_with(sample_nor_data()), "");
    SpiNorData data = sample_nor_data();
    data.modes.pop_back();
    EXPECT_NE(problem_with(data).find("power modes"), std::string::npos);
    data = sample_nor_data();
    data.status.write = {{0x01, 2, 3}};
    EXPECT_NE(problem_with(data).find("registers"), std::string::npos);
    data = sample_nor_data();
    data.identity.size_bytes = 3 << 20;
    EXPECT_NE(problem_with(data).find("size_bytes"), std::string::npos);
}

}  // namespace
}  // namespace brownout::models
