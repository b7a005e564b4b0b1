#include "core_bench.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace brownout::boot_test;
using Operations = std::vector<RamOperation>;

constexpr std::uint32_t kFieldSlot = 16 * 4096;

class TrailerFields : public testing::TestWithParam<std::uint32_t> {};

TEST_P(TrailerFields, AreWrittenInTheAreasOwnUnit)
{
    const std::uint32_t unit = GetParam();
    CoreBench bench({.write_unit_bytes = unit});
    const trailer_layout* layout = &bench.state->layout;
    ASSERT_EQ(trailer_write_magic(layout, bench.primary()), BOOT_OK);
    ASSERT_EQ(trailer_write_image_ok(layout, bench.primary()), BOOT_OK);
    ASSERT_EQ(trailer_write_copy_done(layout, bench.primary()), BOOT_OK);
    ASSERT_EQ(trailer_write_swap_info(layout, bench.primary(), SWAP_REVERT, 1), BOOT_OK);
    ASSERT_EQ(trailer_write_swap_size(layout, bench.primary(), 0x12345678), BOOT_OK);
    EXPECT_EQ(bench.flash.operations, (Operations{{'W', kFieldSlot - 16, 16},
                                                  {'W', kFieldSlot - 0x18, unit},
                                                  {'W', kFieldSlot - 0x20, unit},
                                                  {'W', kFieldSlot - 0x28, unit},
                                                  {'W', kFieldSlot - 0x30, unit < 4 ? 4 : unit}}));
    trailer_state state{};
    ASSERT_EQ(trailer_read(layout, bench.primary(), &state), BOOT_OK);
    EXPECT_EQ(state.magic, TRAILER_SET);
    EXPECT_EQ(state.image_ok, TRAILER_SET);
    EXPECT_EQ(state.copy_done, TRAILER_SET);
    EXPECT_EQ(state.swap_type, static_cast<std::uint32_t>(SWAP_REVERT));
    EXPECT_EQ(state.image_index, 1u);
    std::uint32_t swap_size = 0;
    ASSERT_EQ(trailer_read_swap_size(layout, bench.primary(), &swap_size), BOOT_OK);
    EXPECT_EQ(swap_size, 0x12345678u);
}

INSTANTIATE_TEST_SUITE_P(WriteUnits, TrailerFields, testing::Values(1, 2, 4, 8));

TEST(TrailerMagic, OfAlignment32IsOneWriteThatEndsInTheMagic)
{
    CoreBench bench({.write_unit_bytes = 32});
    bench.config.max_align_bytes = 32;
    const trailer_layout layout = trailer_layout_of(&bench.config);
    ASSERT_EQ(trailer_write_magic(&layout, bench.primary()), BOOT_OK);
    EXPECT_EQ(bench.flash.operations, (Operations{{'W', kFieldSlot - 32, 32}}));
    EXPECT_EQ(bench.flash.bytes[kFieldSlot - 17], 0xFF);
    EXPECT_EQ(bench.flash.bytes[kFieldSlot - 16], 0x20);
    EXPECT_EQ(bench.flash.bytes[kFieldSlot - 15], 0x00);
    EXPECT_EQ(bench.flash.bytes[kFieldSlot - 14], 0x2D);
}

TEST(TrailerState, TellsUnsetFromBad)
{
    CoreBench bench({});
    const trailer_layout* layout = &bench.state->layout;
    trailer_state state{};
    ASSERT_EQ(trailer_read(layout, bench.primary(), &state), BOOT_OK);
    EXPECT_EQ(state.magic, TRAILER_UNSET);
    EXPECT_EQ(state.copy_done, TRAILER_UNSET);
    EXPECT_EQ(state.swap_type, static_cast<std::uint32_t>(SWAP_NONE));

    bench.poke(bench.primary(), kFieldSlot - 1, {0x00});
    bench.poke(bench.primary(), kFieldSlot - 0x20, {0x00});
    bench.poke(bench.primary(), kFieldSlot - 0x28, {0x35});
    ASSERT_EQ(trailer_read(layout, bench.primary(), &state), BOOT_OK);
    EXPECT_EQ(state.magic, TRAILER_BAD);
    EXPECT_EQ(state.copy_done, TRAILER_BAD);
    EXPECT_EQ(state.swap_type, static_cast<std::uint32_t>(SWAP_NONE)) << "5 is above the range";
    EXPECT_EQ(state.image_index, 0u);
    std::uint32_t raw = 0;
    ASSERT_EQ(trailer_read_raw_swap_type(layout, bench.primary(), &raw), BOOT_OK);
    EXPECT_EQ(raw, 5u) << "resuming takes the nibble as it is";
}

}  // namespace
