#include "parts/nand_bench.hpp"

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

using NandNames = std::vector<std::string>;

TEST(SpiNand, AnErasedGigabitCostsNextToNothing)
{
    const SpiNandData data = nand_data();
    const FlashArray cells = SpiNand::delivered_cells(data, {});
    EXPECT_EQ(cells.geometry().size_bytes, 256u * 1024 * 1024);
    EXPECT_TRUE(cells.changed_pages(FlashArray(cells)).empty());
    FlashArray changed = cells;
    changed.program(NandPages::offset_of(65'535), NandBytes{0});
    EXPECT_EQ(changed.changed_pages(cells), std::vector<std::uint32_t>{65'535});
    EXPECT_LT(changed.unshared_bytes(cells), 8u * 1024);
    EXPECT_NE(changed.digest(), cells.digest());
    changed.erase(NandPages::offset_of(65'535), 4096);
    EXPECT_EQ(changed.digest(), cells.digest());
}

TEST(SpiNand, TellsItsIdBehindADummyByte)
{
    NandBench bench;
    EXPECT_EQ(bench.send({0x9F, 0}, 4), (NandBytes{0xEF, 0xAA, 0x21, 0xFF}));
}

TEST(SpiNand, ReadsPagesThroughItsCache)
{
    NandBench bench;
    bench.unlock();
    const NandBytes page = nand_pattern(2112);
    ASSERT_EQ(bench.program(0x1234, 0, page), 0u);
    EXPECT_EQ(bench.from_cache(0, 2), (NandBytes{page[0], page[1]}));  // left by the load
    bench.read_to_cache(0);
    EXPECT_EQ(bench.from_cache(0, 2), (NandBytes{0xFF, 0xFF}));
    bench.read_to_cache(0x1234);
    EXPECT_EQ(bench.from_cache(2047, 65), NandBytes(page.begin() + 2047, page.end()));
    EXPECT_EQ(bench.send({0x0B, 0x00, 0x01, 0x00}, 1), NandBytes{page[1]});
    // Behind the page nothing is driven.
    EXPECT_EQ(bench.from_cache(2111, 2), (NandBytes{page[2111], 0xFF}));
    EXPECT_TRUE(bench.core.rules.seen.empty());
}

TEST(SpiNand, LoadResetsTheCacheAndRandomLoadKeepsIt)
{
    NandBench bench;
    bench.unlock();
    bench.write_enable();
    bench.load(0x02, 0, {1, 2, 3});
    bench.load(0x84, 1, {9});
    EXPECT_EQ(bench.from_cache(0, 4), (NandBytes{1, 9, 3, 0xFF}));
    bench.load(0x02, 1, {7});
    EXPECT_EQ(bench.from_cache(0, 4), (NandBytes{0xFF, 7, 0xFF, 0xFF}));
    bench.load(0x84, 2111, {5, 6});
    EXPECT_EQ(bench.core.rules.names(), NandNames{"spi-nand-column"});
    EXPECT_EQ(bench.from_cache(2111, 1), NandBytes{5});
}

TEST(SpiNand, IsLockedAtEveryPowerUp)
{
    NandBench bench;
    EXPECT_EQ(bench.send({0x0F, 0xA0}, 1), NandBytes{0x7C});
    EXPECT_EQ(bench.program(0, 0, {1}), 0x08u);
    EXPECT_EQ(bench.erase(0), 0x04u);
    EXPECT_EQ(bench.core.rules.names(), (NandNames{"spi-nand-locked", "spi-nand-locked"}));
    EXPECT_EQ(bench.core.supply.operations, 0u);
    bench.unlock();
    EXPECT_EQ(bench.program(0, 0, {1}), 0u);
    bench.part.reset(ResetKind::kSystemReset);
    EXPECT_EQ(bench.program(1, 0, {1}), 0u);
    bench.state.lose_power();
    bench.part.reset(ResetKind::kPowerOn);
    EXPECT_EQ(bench.program(2, 0, {1}), 0x08u);
}

TEST(SpiNand, ChangesNothingWithoutWriteEnable)
{
    NandBench bench;
    bench.unlock();
    bench.send(NandBench::with_row(0x10, 0));
    bench.load(0x02, 0, {0});
    bench.write_enable();
    bench.send({0x04});
    bench.send(NandBench::with_row(0xD8, 0));
    EXPECT_EQ(bench.core.rules.names(),
              (NandNames{"spi-nand-not-enabled", "spi-nand-not-enabled", "spi-nand-not-enabled"}));
    EXPECT_EQ(bench.core.supply.operations, 0u);
    // It is cleared when the operation ends, and shows until then.
    bench.write_enable();
    EXPECT_EQ(bench.status(), 0x02u);
    bench.send(NandBench::with_row(0xD8, 0));
    EXPECT_EQ(bench.status(), 0x03u);
    bench.finish();
    EXPECT_EQ(bench.status(), 0x00u);
}

struct NandTiming {
    const char* name;
    std::uint8_t opcode;  // 0xFF: reset, after `before`
    Duration typ;
    Duration max;
    std::uint8_t before = 0;
    bool ecc = true;
};

class NandTimes : public testing::TestWithParam<NandTiming> {};

TEST_P(NandTimes, OipIsSetUntilTheVeryEnd)
{
    const NandTiming& timing = GetParam();
    for (const TimeCase which : {TimeCase::kTypical, TimeCase::kMaximum}) {
        SpiNandOptions options;
        options.times = which;
        NandBench bench(nand_data(), options);
        bench.unlock();
        if (!timing.ecc) {
            bench.send({0x1F, 0xB0, 0x08});
        }
        bench.write_enable();
        if (timing.before != 0) {
            bench.send(NandBench::with_row(timing.before, 3));
        }
        bench.send(timing.opcode == 0xFF ? NandBytes{0xFF} : NandBench::with_row(timing.opcode, 3));
        const Duration started = bench.core.now;
        const Duration expected = which == TimeCase::kTypical ? timing.typ : timing.max;
        // The status byte comes two bytes of 1 us behind the start of the transaction.
        bench.core.now = started + expected - microseconds(2) - picoseconds(1);
        EXPECT_EQ(bench.status() & 1u, 1u);
        bench.core.now += picoseconds(1);
        EXPECT_EQ(bench.status() & 1u, 0u);
        EXPECT_EQ(bench.part.status_settles_at(0x0F, 1, 0, started), started + expected);
        EXPECT_TRUE(bench.core.rules.seen.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, NandTimes,
    testing::Values(
        NandTiming{"page_read", 0x13, microseconds(50), microseconds(60)},
        NandTiming{"page_read_without_ecc", 0x13, microseconds(20), microseconds(25), 0, false},
        NandTiming{"program", 0x10, microseconds(250), microseconds(700)},
        NandTiming{"erase", 0xD8, milliseconds(2), milliseconds(10)},
        NandTiming{"reset_at_rest", 0xFF, microseconds(5), microseconds(5)},
        NandTiming{"reset_of_a_program", 0xFF, microseconds(10), microseconds(10), 0x10},
        NandTiming{"reset_of_an_erase", 0xFF, microseconds(500), microseconds(500), 0xD8}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(SpiNand, IsDeafWhileBusyButForStatusAndReset)
{
    NandBench bench;
    bench.unlock();
    bench.write_enable();
    bench.send(NandBench::with_row(0xD8, 0));
    bench.send(NandBench::with_row(0x13, 0));
    bench.write_enable();
    EXPECT_EQ(bench.core.rules.names(), (NandNames{"spi-nand-busy", "spi-nand-busy"}));
    bench.send({0xFF});
    EXPECT_EQ(bench.core.rules.seen.size(), 2u);
    bench.finish();
    bench.send(NandBench::with_row(0x13, 0));
    EXPECT_EQ(bench.core.rules.seen.size(), 2u);
}

TEST(SpiNand, AMicrocontrollerResetDoesNotStopIt)
{
    NandBench bench;
    bench.unlock();
    bench.program(9, 0, {0x55});
    bench.read_to_cache(9);
    bench.send(NandBench::with_row(0x13, 8));
    bench.part.reset(ResetKind::kSystemReset);
    EXPECT_EQ(bench.status() & 1u, 1u);
    bench.finish();
    EXPECT_EQ(bench.from_cache(0, 1), NandBytes{0xFF});
    bench.state.lose_power();
    bench.part.reset(ResetKind::kPowerOn);
    EXPECT_EQ(bench.status(), 0u);
}

TEST(SpiNand, AnnouncesEachOperationOnce)
{
    NandBench bench;
    bench.unlock();
    bench.program(70, 0, nand_pattern(2048));
    EXPECT_EQ(bench.core.supply.operations, 1u);
    EXPECT_EQ(bench.core.supply.last.kind, OperationKind::kProgramPage);
    EXPECT_EQ(bench.core.supply.last.offset, NandPages::offset_of(70));
    EXPECT_EQ(bench.core.supply.last.device, 3u);
    EXPECT_EQ(bench.core.supply.last.data.size(), bench.core.supply.last.unit_bytes);
    bench.erase(100);
    EXPECT_EQ(bench.core.supply.operations, 2u);
    EXPECT_EQ(bench.core.supply.last.kind, OperationKind::kEraseSector);
    EXPECT_EQ(bench.core.supply.last.offset, NandPages::offset_of(64));
    EXPECT_EQ(bench.core.supply.last.unit_bytes, 64u * 4096);
    EXPECT_TRUE(bench.cells.is_erased(NandPages::offset_of(64), 64u * 4096));
}

TEST(SpiNand, APowerCutBeforeAnOperationLeavesTheCells)
{
    NandBench bench;
    bench.unlock();
    bench.program(0, 0, nand_pattern(2048));
    const FlashArray before = bench.cells;
    bench.core.supply.fails_at = bench.core.supply.operations;
    bench.write_enable();
    bench.send(NandBench::with_row(0xD8, 0));
    EXPECT_TRUE(bench.core.supply.failed);
    EXPECT_TRUE(bench.cells.same_as(before));
}

TEST(SpiNand, CsOffAByteBoundaryExecutesNothing)
{
    NandBench bench;
    bench.unlock();
    bench.write_enable();
    bench.send(NandBench::with_row(0xD8, 0), 0, 3);
    EXPECT_EQ(bench.core.supply.operations, 0u);
    EXPECT_EQ(bench.core.rules.names(), NandNames{"spi-nand-byte-boundary"});
    EXPECT_EQ(bench.status(), 0x02u);
}

TEST(SpiNand, WantsPagesOfABlockInAscendingOrder)
{
    NandBench bench;
    bench.unlock();
    bench.program(10, 0, {1});
    bench.program(12, 0, {1});
    EXPECT_TRUE(bench.core.rules.seen.empty());
    bench.program(11, 0, {1});
    ASSERT_EQ(bench.core.rules.names(), NandNames{"spi-nand-page-order"});
    EXPECT_EQ(bench.core.rules.seen[0].address, 11u);
    // Another block has an order of its own; a mark may be left at any time.
    bench.program(64, 0, {1});
    bench.program(0, 2048, {0});
    EXPECT_EQ(bench.core.rules.seen.size(), 1u);
}

TEST(SpiNand, TakesFourPartialProgramsOfAPage)
{
    NandBench bench;
    bench.unlock();
    for (std::uint32_t sector = 0; sector < 4; ++sector) {
        bench.program(0, sector * 512, nand_pattern(512));
    }
    EXPECT_TRUE(bench.core.rules.seen.empty());
    bench.program(0, 2050, {0});
    EXPECT_EQ(bench.core.rules.names(), NandNames{"spi-nand-partial-programs"});
}

TEST(SpiNand, MarksFactoryBadBlocksAndRefusesToChangeThem)
{
    SpiNandOptions options;
    options.bad_blocks = {5};
    options.bad_block_count = 19;
    options.bad_block_seed = 42;
    const SpiNandData data = nand_data();
    const std::vector<std::uint32_t> bad = factory_bad_blocks(data, options);
    ASSERT_EQ(bad.size(), 20u);
    EXPECT_EQ(bad, factory_bad_blocks(data, options));
    EXPECT_NE(bad.front(), 0u);
    NandBench bench(data, options);
    bench.unlock();
    for (const std::uint32_t block : bad) {
        EXPECT_TRUE(bench.pages.is_marked_bad(bench.cells, block));
        bench.read_to_cache(block * 64);
        EXPECT_EQ(bench.from_cache(2048, 1), NandBytes{0});
    }
    EXPECT_FALSE(bench.pages.is_marked_bad(bench.cells, 0));
    EXPECT_EQ(bench.erase(5 * 64), 0x04u);
    EXPECT_EQ(bench.program(5 * 64, 0, {1}), 0x08u);
    EXPECT_EQ(bench.core.rules.names(), (NandNames{"spi-nand-bad-block", "spi-nand-bad-block"}));
    EXPECT_TRUE(bench.pages.is_marked_bad(bench.cells, 5));
}

TEST(SpiNand, ABlockThatWentBadFailsAndCanStillBeMarked)
{
    SpiNandOptions options;
    options.failing_erases = {2};
    options.failing_programs = {3};
    NandBench bench(nand_data(), options);
    bench.unlock();
    bench.program(128, 0, {1});
    EXPECT_EQ(bench.erase(128), 0x04u);
    EXPECT_EQ(bench.cells.byte_at(NandPages::offset_of(128)), 1u);
    EXPECT_EQ(bench.program(192, 0, {1}), 0x08u);
    EXPECT_EQ(bench.cells.byte_at(NandPages::offset_of(192)), 0xFFu);
    EXPECT_EQ(bench.erase(192), 0x00u);
    bench.program(128, 2048, {0, 0});
    bench.program(192, 2048, {0, 0});
    EXPECT_TRUE(bench.pages.is_marked_bad(bench.cells, 2));
    EXPECT_TRUE(bench.pages.is_marked_bad(bench.cells, 3));
}

TEST(SpiNand, QuadCommandsNeedTheirLinesAndTheEnable)
{
    SpiNandData data = nand_data();
    data.features.quad_enable = 0x01;
    NandBench bench(data);
    bench.send({0x6B, 0, 0, 0}, 1);
    EXPECT_EQ(bench.core.rules.names(), NandNames{"spi-nand-quad-disabled"});
    bench.send({0x1F, 0xB0, 0x19});
    bench.send({0x6B, 0, 0, 0}, 1);
    EXPECT_EQ(bench.core.rules.names().back(), "spi-nand-lines");
}

TEST(SpiNand, ContinuousReadIsReported)
{
    NandBench bench;
    bench.send({0x1F, 0xB0, 0x10});
    bench.read_to_cache(0);
    EXPECT_EQ(bench.core.rules.names(), NandNames{"spi-nand-continuous-read"});
}

TEST(SpiNand, FiguresThatCannotBePlayedAreNamed)
{
    SpiNandData data = nand_data();
    EXPECT_EQ(problem_with(data), "");
    data.geometry.page_bytes = 4096;
    EXPECT_NE(problem_with(data), "");
    data = nand_data(8, {{0, 0}, {7, 1}});
    EXPECT_NE(problem_with(data), "");
    data = nand_data();
    data.parity.parity_column = 0;
    EXPECT_EQ(problem_with(data), "parity lies over the bad-block mark");
    SpiNandOptions options;
    options.bad_block_count = 21;
    EXPECT_NE(problem_with(nand_data(), options), "");
    options = {};
    options.bad_blocks = {0};
    EXPECT_NE(problem_with(nand_data(), options), "");
}

}  // namespace
}  // namespace brownout::models
