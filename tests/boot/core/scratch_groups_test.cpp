#include "core_bench.hpp"

#include <gtest/gtest.h>

namespace {

using namespace brownout::boot_test;

TEST(ScratchImageLimit, IsTheTrailerStartWhenTheScratchTrailerFits)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH, .primary_sectors = 4, .secondary_sectors = 4});
    EXPECT_EQ(scratch_max_image_bytes(bench.pair(), SLOT_PRIMARY), 0x33D0u);
}

TEST(ScratchImageLimit, LeavesRoomForTheScratchTrailer)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH, .sector_bytes = 1024});
    EXPECT_EQ(scratch_max_image_bytes(bench.pair(), SLOT_PRIMARY), 0x33D0u - 24);
}

TEST(ScratchImageLimit, IsZeroIfASectorDoesNotFitTheScratchArea)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH, .scratch_sectors = 0});
    EXPECT_EQ(scratch_max_image_bytes(bench.pair(), SLOT_PRIMARY), 0u);
    EXPECT_EQ(bench.io.log,
              std::vector<std::string>{"Cannot upgrade: not all sectors fit inside scratch"});
}

TEST(ScratchImageLimit, OfUnequalSlotsIsThatOfTheLarger)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH, .secondary_sectors = 19});
    EXPECT_FALSE(scratch_slots_are_compatible(bench.pair()));
    EXPECT_EQ(bench.io.log, std::vector<std::string>{"Cannot upgrade: slots are not compatible"});
    EXPECT_EQ(scratch_max_image_bytes(bench.pair(), SLOT_PRIMARY), 19u * 4096 - 3120);
    EXPECT_EQ(bench.io.log.size(), 1u);
}

TEST(ScratchGroups, AreCutFromTheTop)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH});
    slot_pair* pair = bench.pair();
    ASSERT_EQ(scratch_group_count(pair, 2 * 4096 + 1), 2u);
    const scratch_group top = scratch_group_at(pair, 2 * 4096 + 1, 1);
    EXPECT_EQ(top.offset_bytes, 4096u);
    EXPECT_EQ(top.byte_count, 8192u);
    EXPECT_EQ(top.copy_bytes, 8192u);
    const scratch_group last = scratch_group_at(pair, 2 * 4096 + 1, 2);
    EXPECT_EQ(last.offset_bytes, 0u);
    EXPECT_EQ(last.byte_count, 4096u);
    EXPECT_EQ(scratch_group_count(pair, 2 * 4096), 1u);
}

TEST(ScratchGroups, CopyOnlyWhatLiesBelowTheTrailer)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH, .primary_sectors = 4, .secondary_sectors = 4});
    const scratch_group group = scratch_group_at(bench.pair(), 0x311C, 1);
    EXPECT_EQ(group.offset_bytes, 0x2000u);
    EXPECT_EQ(group.copy_bytes, 0x13D0u);
}

TEST(ScratchGroups, LeaveRoomForTheScratchTrailer)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH, .sector_bytes = 1024});
    const scratch_group group = scratch_group_at(bench.pair(), 0x3388, 1);
    EXPECT_EQ(group.offset_bytes, 0x2C00u);
    EXPECT_EQ(group.copy_bytes, 0x7B8u) << "limited by the scratch area's status entries";
}

}  // namespace
