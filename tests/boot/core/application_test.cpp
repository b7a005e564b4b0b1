#include "core_bench.hpp"

#include <boot/app.h>

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace brownout::boot_test;
using Operations = std::vector<RamOperation>;

constexpr std::uint32_t kSlot = 16 * 4096;

class Application : public testing::Test {
protected:
    void start()
    {
        map_.area_count = 2;
        map_.areas[0] = *bench_.primary();
        map_.areas[1] = *bench_.secondary();
    }

    void SetUp() override { start(); }

    Operations take()
    {
        Operations taken;
        taken.swap(bench_.flash.operations);
        return taken;
    }

    CoreBench bench_{{}};
    flash_map map_{};
    app_context app_ = {bench_.io.table(), &bench_.config, &map_};
};

TEST_F(Application, RequestsATestWithMagicThenType)
{
    EXPECT_EQ(app_set_pending(&app_, 0, false), 0);
    EXPECT_EQ(take(), (Operations{{'W', 2 * kSlot - 16, 16}, {'W', 2 * kSlot - 0x28, 8}}));
    EXPECT_EQ(bench_.flash.bytes[2 * kSlot - 0x28], 2);
    EXPECT_EQ(app_swap_type(&app_, 0), SWAP_TEST);
}

TEST_F(Application, RequestsAPermanentUpgradeWithImageOkInBetween)
{
    EXPECT_EQ(app_set_pending(&app_, 0, true), 0);
    EXPECT_EQ(take(), (Operations{{'W', 2 * kSlot - 16, 16},
                                  {'W', 2 * kSlot - 0x18, 8},
                                  {'W', 2 * kSlot - 0x28, 8}}));
    EXPECT_EQ(bench_.flash.bytes[2 * kSlot - 0x28], 3);
    EXPECT_EQ(app_swap_type(&app_, 0), SWAP_PERM);
}

TEST_F(Application, LeavesAStandingRequestAlone)
{
    ASSERT_EQ(app_set_pending(&app_, 0, false), 0);
    take();
    EXPECT_EQ(app_set_pending(&app_, 0, true), 0);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(app_swap_type(&app_, 0), SWAP_TEST);
}

TEST_F(Application, RefusesABrokenTrailer)
{
    bench_.poke(bench_.secondary(), kSlot - 1, {0});
    EXPECT_EQ(app_set_pending(&app_, 0, false), BOOT_EBADIMAGE);
    bench_.poke(bench_.primary(), kSlot - 1, {0});
    EXPECT_EQ(app_set_confirmed(&app_, 0), BOOT_EBADVECTOR);
    EXPECT_TRUE(take().empty());
}

TEST_F(Application, ConfirmsOnlyWhatHasATrailerAndIsNotConfirmed)
{
    EXPECT_EQ(app_set_confirmed(&app_, 0), 0);
    EXPECT_TRUE(take().empty());
    trailer_write_magic(&bench_.state->layout, bench_.primary());
    take();
    EXPECT_EQ(app_set_confirmed(&app_, 0), 0);
    EXPECT_EQ(take(), (Operations{{'W', kSlot - 0x18, 8}}));
    EXPECT_EQ(app_set_confirmed(&app_, 0), 0);
    EXPECT_TRUE(take().empty());
}

TEST_F(Application, OfDirectXipConfirmsWithCopyDoneFirst)
{
    bench_.config.strategy = BOOT_DIRECT_XIP_REVERT;
    EXPECT_EQ(app_set_next(&app_, bench_.secondary(), false, false), 0);
    EXPECT_EQ(take(), (Operations{{'W', 2 * kSlot - 16, 16}}));
    EXPECT_EQ(app_set_next(&app_, bench_.secondary(), true, true), 0);
    EXPECT_EQ(take(), (Operations{{'W', 2 * kSlot - 0x20, 8}, {'W', 2 * kSlot - 0x18, 8}}));
}

// NAND pages: a trailer field cannot have a program of its own.
BenchPlan plan_of_pages(boot_strategy strategy)
{
    BenchPlan plan;
    plan.strategy = strategy;
    plan.write_unit_bytes = 2048;
    return plan;
}

class ApplicationOnPages : public testing::TestWithParam<bool> {};

TEST_P(ApplicationOnPages, RequestsInOneWrite)
{
    const bool permanent = GetParam();
    CoreBench bench(plan_of_pages(BOOT_OVERWRITE_ONLY));
    flash_map map{};
    map.area_count = 2;
    map.areas[0] = *bench.primary();
    map.areas[1] = *bench.secondary();
    const app_context app = {bench.io.table(), &bench.config, &map};
    ASSERT_EQ(app_set_pending(&app, 0, permanent), 0);
    EXPECT_EQ(bench.flash.operations, (Operations{{'W', 2 * kSlot - 0x28, 0x28}}));
    EXPECT_EQ(bench.flash.bytes[2 * kSlot - 0x18], permanent ? 1 : 0xFF);
    EXPECT_EQ(app_swap_type(&app, 0), permanent ? SWAP_PERM : SWAP_TEST);
    EXPECT_EQ(app_set_pending(&app, 0, permanent), 0);
    EXPECT_EQ(bench.flash.operations.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(TestAndPermanent, ApplicationOnPages, testing::Bool());

TEST(ApplicationAndPages, WritesNoSingleFields)
{
    CoreBench bench(plan_of_pages(BOOT_OVERWRITE_ONLY));
    const trailer_layout& layout = bench.state->layout;
    EXPECT_EQ(trailer_write_magic(&layout, bench.secondary()), BOOT_EFLASH);
    EXPECT_EQ(trailer_write_image_ok(&layout, bench.secondary()), BOOT_EFLASH);
    EXPECT_EQ(trailer_write_swap_size(&layout, bench.secondary(), 1), BOOT_EFLASH);
    EXPECT_TRUE(bench.flash.operations.empty());
    // The last page is the request's.
    EXPECT_EQ(bench.state->strategy->max_image_bytes(bench.pair(), SLOT_SECONDARY), kSlot - 2048);
}

TEST(ApplicationAndPages, RefusesToAskForASwap)
{
    CoreBench bench(plan_of_pages(BOOT_SWAP_MOVE));
    flash_map map{};
    map.area_count = 2;
    map.areas[0] = *bench.primary();
    map.areas[1] = *bench.secondary();
    const app_context app = {bench.io.table(), &bench.config, &map};
    EXPECT_EQ(app_set_pending(&app, 0, true), BOOT_EBADARGS);
    EXPECT_TRUE(bench.flash.operations.empty());
}

}  // namespace
