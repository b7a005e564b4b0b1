#include "core_bench.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace brownout::boot_test;
using Operations = std::vector<RamOperation>;

TEST(RegionErase, WidensToWholeSectorsOneCallEach)
{
    CoreBench bench({});
    EXPECT_EQ(region_erase(bench.primary(), 4095, 2, FORWARD), BOOT_OK);
    EXPECT_EQ(region_erase(bench.primary(), 4096, 8192, BACKWARD), BOOT_OK);
    EXPECT_EQ(
        bench.flash.operations,
        (Operations{{'E', 0, 4096}, {'E', 4096, 4096}, {'E', 8192, 4096}, {'E', 4096, 4096}}));
}

TEST(RegionErase, RefusesWhatLeavesTheArea)
{
    CoreBench bench({});
    EXPECT_EQ(region_erase(bench.primary(), 16 * 4096, 1, FORWARD), BOOT_EBADARGS);
    EXPECT_EQ(region_erase(bench.primary(), 15 * 4096, 4097, FORWARD), BOOT_EBADARGS);
    EXPECT_TRUE(bench.flash.operations.empty());
    EXPECT_EQ(region_erase(bench.primary(), 15 * 4096, 4096, FORWARD), BOOT_OK);
}

TEST(RegionScramble, OfADeviceWithoutEraseLeavesTheLowestUnitWhenGoingBackwards)
{
    CoreBench bench({.needs_erase = false});
    EXPECT_EQ(region_scramble(bench.primary(), 16, 24, FORWARD), BOOT_OK);
    EXPECT_EQ(bench.flash.operations, (Operations{{'W', 16, 8}, {'W', 24, 8}, {'W', 32, 8}}));
    bench.flash.operations.clear();
    EXPECT_EQ(region_scramble(bench.primary(), 16, 24, BACKWARD), BOOT_OK);
    EXPECT_EQ(bench.flash.operations, (Operations{{'W', 32, 8}, {'W', 24, 8}}));
    bench.flash.operations.clear();
    EXPECT_EQ(region_scramble(bench.primary(), 16, 8, BACKWARD), BOOT_OK);
    EXPECT_EQ(region_erase(bench.primary(), 0, 4096, FORWARD), BOOT_OK);
    EXPECT_TRUE(bench.flash.operations.empty());
}

TEST(TrailerScramble, GoesFromTheLastSectorToTheOneWhereTheTrailerStarts)
{
    CoreBench bench({.sector_bytes = 1024});
    EXPECT_EQ(trailer_scramble(bench.pair(), SLOT_PRIMARY), BOOT_OK);
    EXPECT_EQ(
        bench.flash.operations,
        (Operations{
            {'E', 0x3C00, 1024}, {'E', 0x3800, 1024}, {'E', 0x3400, 1024}, {'E', 0x3000, 1024}}));
}

TEST(SlotScramble, CanBeMinimal)
{
    CoreBench bench({.strategy = BOOT_SWAP_OFFSET, .primary_sectors = 8, .secondary_sectors = 8});
    bench.config.minimal_scramble = true;
    EXPECT_EQ(slot_scramble(bench.pair(), SLOT_SECONDARY), BOOT_OK);
    EXPECT_EQ(bench.flash.operations, (Operations{{'E', 0x9000, 4096}, {'E', 0xF000, 4096}}));
    bench.flash.operations.clear();
    bench.config.minimal_scramble = false;
    EXPECT_EQ(slot_scramble(bench.pair(), SLOT_SECONDARY), BOOT_OK);
    ASSERT_EQ(bench.flash.operations.size(), 8u);
    EXPECT_EQ(bench.flash.operations.front().offset_bytes, 0x8000u);
}

TEST(SlotCopy, WritesPiecesOf1024BytesAndARest)
{
    CoreBench bench({});
    slot_copy(bench.pair(), SLOT_SECONDARY, 0, SLOT_PRIMARY, 4096, 2048 + 8);
    EXPECT_EQ(bench.flash.operations,
              (Operations{{'W', 4096, 1024}, {'W', 5120, 1024}, {'W', 6144, 8}}));
}

}  // namespace
