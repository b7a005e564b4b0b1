#include "core_bench.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace {

using namespace brownout::boot_test;

struct Position {
    bool moved;
    std::uint32_t index;
    std::uint32_t state;

    bool operator==(const Position&) const = default;
};

Position position_after(boot_strategy strategy, std::initializer_list<std::uint32_t> entries,
                        bool in_scratch = false, std::vector<std::string>* log = nullptr)
{
    CoreBench bench({.strategy = strategy, .max_image_sectors = 32});
    const flash_area* area = in_scratch ? bench.scratch() : bench.primary();
    for (const std::uint32_t entry : entries) {
        bench.write_status_entry(area, entry);
    }
    EXPECT_EQ(bench.state->strategy->read_position(bench.pair(), area), BOOT_OK);
    const swap_progress& progress = bench.pair()->progress;
    if (log != nullptr) {
        *log = bench.io.log;
    }
    return {progress.moved, progress.index, progress.state};
}

TEST(MovePosition, CountsMovesThenTwoStatesPerSector)
{
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {}), (Position{false, 1, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {0}), (Position{false, 2, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {0, 30}), (Position{false, 32, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {31}), (Position{true, 1, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {32}), (Position{true, 1, 2}));
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {32, 33}), (Position{true, 2, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {95}), (Position{true, 33, 1}));
}

TEST(MovePosition, IsThatOfTheHighestEntry)
{
    EXPECT_EQ(position_after(BOOT_SWAP_MOVE, {0, 4}), (Position{false, 6, 1}));
}

TEST(OffsetPosition, CountsTwoStatesPerSector)
{
    EXPECT_EQ(position_after(BOOT_SWAP_OFFSET, {}), (Position{false, 1, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_OFFSET, {0}), (Position{false, 1, 2}));
    EXPECT_EQ(position_after(BOOT_SWAP_OFFSET, {0, 1}), (Position{false, 2, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_OFFSET, {63}), (Position{false, 33, 1}));
}

TEST(ScratchPosition, CountsThreeStatesPerGroup)
{
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {}), (Position{false, 1, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {0}), (Position{false, 1, 2}));
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {0, 1, 2}), (Position{false, 2, 1}));
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {0, 1}, true), (Position{false, 1, 3}));
}

TEST(ScratchPosition, SkipsErasedEntriesAtTheStart)
{
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {2}), (Position{false, 2, 1}));
}

TEST(ScratchPosition, IsTheFirstGapAndAHoleIsReported)
{
    std::vector<std::string> log;
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {0, 1, 5}, false, &log), (Position{false, 1, 3}));
    EXPECT_EQ(log, std::vector<std::string>{"Detected inconsistent status!"});
    EXPECT_EQ(position_after(BOOT_SWAP_SCRATCH, {0, 1, 2}, false, &log), (Position{false, 2, 1}));
    EXPECT_TRUE(log.empty());
}

TEST(ScratchPosition, OfABrokenStatusStopsABootThatDoesNotValidate)
{
    CoreBench bench({.strategy = BOOT_SWAP_SCRATCH});
    bench.config.validate_primary = false;
    bench.write_status_entry(bench.primary(), 0);
    bench.write_status_entry(bench.primary(), 2);
    EXPECT_THROW(bench.state->strategy->read_position(bench.pair(), bench.primary()), Halted);
}

}  // namespace
