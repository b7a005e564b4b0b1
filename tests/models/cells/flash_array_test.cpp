#include <models/flash_array.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace brownout::models {
namespace {

FlashGeometry geometry_of(std::uint64_t size_bytes)
{
    FlashGeometry geometry;
    geometry.size_bytes = size_bytes;
    geometry.count_unit_bytes = 4;
    geometry.write_count_limit = 2;
    return geometry;
}

const std::vector<std::uint8_t> kZeroWord(4, 0);

TEST(FlashArray, IsErasedWhenNew)
{
    const FlashArray array(geometry_of(1 << 20));
    EXPECT_TRUE(array.is_erased(0, 1 << 20));
    EXPECT_EQ(array.byte_at((1 << 20) - 1), 0xFF);
    EXPECT_EQ(array.writes_since_erase(0), 0);
}

TEST(FlashArray, ProgramsByClearingBits)
{
    FlashArray array(geometry_of(8192));
    array.program(4094, std::array<std::uint8_t, 4>{0xF0, 0x0F, 0xAA, 0x55});
    array.program(4094, std::array<std::uint8_t, 4>{0x3C, 0xFF, 0xFF, 0x00});
    EXPECT_EQ(array.word_at(4094), 0x00AA0F30u);
    EXPECT_TRUE(array.is_erased(0, 4094));
    EXPECT_FALSE(array.is_erased(0, 4095));
}

TEST(FlashArray, ProgramsBySettingBitsWhenErasedIsZero)
{
    FlashGeometry geometry = geometry_of(4096);
    geometry.erased_value = 0x00;
    FlashArray array(geometry);
    array.program(0, std::array<std::uint8_t, 1>{0x0F});
    array.program(0, std::array<std::uint8_t, 1>{0x30});
    EXPECT_EQ(array.byte_at(0), 0x3F);
}

TEST(FlashArray, ProgramsAwayFromAnyErasedLevel)
{
    FlashGeometry geometry = geometry_of(4096);
    geometry.erased_value = 0xA5;
    FlashArray array(geometry);
    array.program(0, std::array<std::uint8_t, 1>{0xFF});
    EXPECT_EQ(array.byte_at(0), 0xFF);
    array.program(0, std::array<std::uint8_t, 1>{0xA5});
    EXPECT_EQ(array.byte_at(0), 0xFF) << "programming never returns a bit to its erased level";
}

TEST(FlashArray, StoresBytesAsTheyAreWhenItHasNoErase)
{
    FlashGeometry geometry = geometry_of(4096);
    geometry.overwrites = true;
    FlashArray array(geometry);
    array.program(8, std::array<std::uint8_t, 1>{0x00});
    array.program(8, std::array<std::uint8_t, 1>{0xC3});
    EXPECT_EQ(array.byte_at(8), 0xC3);
}

TEST(FlashArray, CountsWritesUpToOneAboveTheLimit)
{
    FlashArray array(geometry_of(4096));
    for (const int expected : {1, 2, 3, 3}) {
        array.program(8, kZeroWord);
        EXPECT_EQ(array.writes_since_erase(11), expected);
    }
    EXPECT_EQ(array.writes_since_erase(7), 0);
    EXPECT_EQ(array.writes_since_erase(12), 0);
    EXPECT_EQ(array.most_writes_since_erase(0, 8), 0);
    EXPECT_EQ(array.most_writes_since_erase(0, 9), 3);
    array.erase(0, 4096);
    EXPECT_EQ(array.writes_since_erase(8), 0);
}

TEST(FlashArray, ErasesPartsOfAPageAndCountsTheErase)
{
    FlashArray array(geometry_of(8192));
    array.program(1020, std::vector<std::uint8_t>(8, 0));
    array.erase(1024, 1024);
    EXPECT_EQ(array.word_at(1020), 0u);
    EXPECT_EQ(array.word_at(1024), 0xFFFFFFFFu);
    EXPECT_EQ(array.writes_since_erase(1020), 1);
    EXPECT_EQ(array.writes_since_erase(1024), 0);
    EXPECT_EQ(array.erase_count(0), 1u);
    EXPECT_EQ(array.erase_count(4096), 0u);
}

TEST(FlashArray, EraseCountIsNotPartOfTheIdentity)
{
    const FlashArray base(geometry_of(8192));
    FlashArray array = base;
    array.erase(0, 4096);
    EXPECT_EQ(array.erase_count(0), 1u);
    EXPECT_EQ(base.erase_count(0), 0u);
    EXPECT_TRUE(array.same_as(base));
    EXPECT_EQ(array.digest(), base.digest());
}

TEST(FlashArray, ReturnsToItsDigestWhenErased)
{
    const FlashArray base(geometry_of(1 << 20));
    FlashArray array = base;
    array.program(0x8000, std::vector<std::uint8_t>(5000, 0x11));
    EXPECT_NE(array.digest(), base.digest());
    array.erase(0x8000, 0x2000);
    EXPECT_EQ(array.digest(), base.digest());
}

TEST(FlashArray, WriteCountsAloneChangeTheIdentityButNotTheContent)
{
    FlashArray once(geometry_of(4096));
    once.program(0, kZeroWord);
    FlashArray twice = once;
    twice.program(0, kZeroWord);
    EXPECT_NE(once.digest(), twice.digest());
    EXPECT_FALSE(once.same_as(twice));
    EXPECT_EQ(once.content_digest(), twice.content_digest());
}

TEST(FlashArray, MarginalBitsAloneChangeTheIdentity)
{
    const FlashArray base(geometry_of(8192));
    FlashArray array = base;
    array.set_marginal(5000, std::array<std::uint8_t, 1>{0x10});
    EXPECT_TRUE(array.has_marginal_bits());
    EXPECT_FALSE(base.has_marginal_bits());
    EXPECT_EQ(array.marginal_at(5000), 0x10);
    EXPECT_EQ(array.marginal_at(5001), 0);
    EXPECT_NE(array.digest(), base.digest());
    array.poke(5000, std::array<std::uint8_t, 1>{0xFF});
    EXPECT_FALSE(array.has_marginal_bits());
    EXPECT_EQ(array.digest(), base.digest());
}

TEST(FlashArray, LevelsReachMarginalBitsWhereverTheyAre)
{
    constexpr std::uint64_t kPages = 70'000;  // erased stretches share their nodes
    FlashArray array(geometry_of(kPages * 4096));
    const std::uint64_t pages[] = {0, 17, 18, 4095, 4096, 65'535, 65'536, kPages - 1};
    for (const std::uint64_t page : pages) {
        array.set_marginal(page * 4096 + 9, std::array<std::uint8_t, 1>{0x0F});
    }
    array.erase(17 * 4096, 4096);
    std::vector<std::uint64_t> asked;
    array.set_marginal_levels([&](std::uint64_t offset) {
        asked.push_back(offset / 4096);
        return std::uint8_t{0xA5};
    });
    EXPECT_EQ(asked, (std::vector<std::uint64_t>{0, 18, 4095, 4096, 65'535, 65'536, kPages - 1}));
    EXPECT_EQ(array.byte_at(65'536 * 4096 + 9), 0xF5);
    EXPECT_EQ(array.byte_at(17 * 4096 + 9), 0xFF);
}

TEST(FlashArray, EqualBytesHaveEqualContentDigestsElsewhere)
{
    FlashArray array(geometry_of(1 << 20));
    const std::vector<std::uint8_t> image(10'000, 0x5A);
    array.poke(0xC000, image);
    array.poke(0x83000, image);
    EXPECT_EQ(array.content_digest(0xC000, 10'000), array.content_digest(0x83000, 10'000));
    EXPECT_NE(array.content_digest(0xC000, 10'000), array.content_digest(0x83000, 9'999));
    EXPECT_NE(array.content_digest(0xC000, 10'000), array.content_digest(0x84000, 10'000));
}

TEST(FlashArray, ACopyOwnsOnlyWhatChanged)
{
    FlashArray base(geometry_of(8 << 20));
    base.poke(0, std::vector<std::uint8_t>(1 << 20, 0x77));
    FlashArray copy = base;
    EXPECT_LT(copy.unshared_bytes(base), 512u);
    copy.program(0x2000, kZeroWord);
    EXPECT_GT(copy.unshared_bytes(base), 4096u);
    EXPECT_LT(copy.unshared_bytes(base), 6000u);
    EXPECT_EQ(copy.changed_pages(base), std::vector<std::uint32_t>{2});
}

TEST(FlashArray, WorksUpToItsLastPage)
{
    FlashArray array(geometry_of(9 << 20));
    array.program((9 << 20) - 4, kZeroWord);
    EXPECT_EQ(array.word_at((9 << 20) - 4), 0u);
    EXPECT_EQ(array.changed_pages(FlashArray(geometry_of(9 << 20))),
              std::vector<std::uint32_t>{(9 << 8) - 1});
}

TEST(FlashArrayDeathTest, RefusesARangeThatLeavesTheArray)
{
    FlashArray array(geometry_of(8192));
    array.program(8188, kZeroWord);
    EXPECT_EXIT(array.program(8189, kZeroWord), testing::ExitedWithCode(3), "does not hold");
    EXPECT_EXIT(array.erase(0, 8196), testing::ExitedWithCode(3), "does not hold");
}

}  // namespace
}  // namespace brownout::models
