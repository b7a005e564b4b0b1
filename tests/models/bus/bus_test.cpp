#include "support/probes.hpp"

#include <gtest/gtest.h>

#include <array>

namespace brownout::models {
namespace {

// Sixteen words that can be read and written.
class WordBlock final : public BusTarget {
public:
    std::array<std::uint32_t, 16> words{};
    std::string_view name() const noexcept override { return "words"; }
    std::uint32_t read32(std::uint32_t offset, AccessContext&) noexcept override
    {
        return words[offset / 4];
    }
    void write32(std::uint32_t offset, std::uint32_t value, AccessContext&) noexcept override
    {
        words[offset / 4] = value;
    }
};

TEST(Bus, FindsTheRangeOfAnAddressOnBothOfItsEdges)
{
    WordBlock low;
    WordBlock high;
    Bus bus;
    bus.map({0x40002000, 0x40, &high});
    bus.map({0x40001000, 0x40, &low});
    EXPECT_EQ(bus.find(0x40000FFF), nullptr);
    EXPECT_EQ(bus.find(0x40001000)->target, &low);
    EXPECT_EQ(bus.find(0x4000103F)->target, &low);
    EXPECT_EQ(bus.find(0x40001040), nullptr);
    EXPECT_EQ(bus.find(0x40002000)->target, &high);
    ASSERT_EQ(bus.ranges().size(), 2u);
    EXPECT_EQ(bus.ranges()[0].target, &low);
}

TEST(Bus, ReachesTheLastAddress)
{
    WordBlock block;
    Bus bus;
    bus.map({0xFFFFFFC0, 0x40, &block});
    EXPECT_NE(bus.find(0xFFFFFFFF), nullptr);
    EXPECT_EQ(bus.find(0), nullptr);
}

TEST(BusDeathTest, RefusesRangesThatOverlap)
{
    WordBlock block;
    Bus bus;
    bus.map({0x1000, 0x40, &block});
    bus.map({0x1040, 0x40, &block});
    EXPECT_EXIT(bus.map({0x103F, 1, &block}), testing::ExitedWithCode(3), "does not hold");
}

TEST(Bus, TellsDeviceAddressesOfPointersInsideWindows)
{
    std::array<std::uint8_t, 32> ram{};
    std::array<std::uint8_t, 32> constants{};
    Bus bus;
    bus.add_window({0x20000000, ram, true, "RAM"});
    bus.add_window({0x00000100, constants, false, "flash"});
    EXPECT_EQ(bus.address_of(&ram[0]), 0x20000000u);
    EXPECT_EQ(bus.address_of(&ram[31]), 0x2000001Fu);
    EXPECT_EQ(bus.address_of(&constants[5]), 0x105u);
    const int elsewhere = 0;
    EXPECT_EQ(bus.address_of(&elsewhere), std::nullopt);
    bus.clear_windows();
    EXPECT_EQ(bus.address_of(&ram[0]), std::nullopt);
}

TEST(Bus, FindsAWindowOnlyIfItHoldsTheWholeRange)
{
    std::array<std::uint8_t, 32> ram{};
    Bus bus;
    bus.add_window({0x20000000, ram, true, "RAM"});
    EXPECT_NE(bus.find_window(0x20000000, 32), nullptr);
    EXPECT_NE(bus.find_window(0x2000001F, 1), nullptr);
    EXPECT_EQ(bus.find_window(0x20000000, 33), nullptr);
    EXPECT_EQ(bus.find_window(0x1FFFFFFF, 2), nullptr);
    EXPECT_EQ(bus.find_window(0x20000020, 0), nullptr);
}

TEST(Bus, AllowsConstantsInsideMappedFlashButNotRam)
{
    WordBlock flash;
    std::array<std::uint8_t, 16> bytes{};
    Bus bus;
    bus.map({0, 0x40, &flash});
    bus.add_window({0x10, bytes, false, "flash"});
    EXPECT_EXIT(bus.add_window({0x20, bytes, true, "RAM"}), testing::ExitedWithCode(3), "hold");
}

TEST(BusTarget, ReadsAndWritesBytesThroughWordsByDefault)
{
    WordBlock block;
    ProbeCore core;
    AccessContext access = core.access();
    block.words = {0x03020100, 0x07060504, 0x0B0A0908};
    std::array<std::uint8_t, 6> out{};
    block.read_bytes(3, out, access);
    EXPECT_EQ(out, (std::array<std::uint8_t, 6>{3, 4, 5, 6, 7, 8}));
    block.write_bytes(3, std::array<std::uint8_t, 6>{0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8}, access);
    EXPECT_EQ(block.words[0], 0xA3020100u);
    EXPECT_EQ(block.words[1], 0xA7A6A5A4u);
    EXPECT_EQ(block.words[2], 0x0B0A09A8u);
}

}  // namespace
}  // namespace brownout::models
