#include "parts/nand_bench.hpp"

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

// What a status read gives for `errors` wrong bits in one sector.
struct VendorCase {
    const char* name;
    std::uint32_t strength;
    std::vector<SpiNandEccCode> codes;
    std::vector<unsigned> code_by_errors;  // from 0 errors on
};

void PrintTo(const VendorCase& vendor, std::ostream* out)
{
    *out << vendor.name;
}

class NandEccStatus : public testing::TestWithParam<VendorCase> {};

TEST_P(NandEccStatus, FollowsTheTableOfTheVendor)
{
    const VendorCase& vendor = GetParam();
    NandBench bench(nand_data(vendor.strength, vendor.codes));
    bench.unlock();
    const NandBytes page = nand_pattern(2048);
    ASSERT_EQ(bench.program(7, 0, page), 0u);
    for (std::uint32_t errors = 0; errors < vendor.code_by_errors.size(); ++errors) {
        const unsigned code = vendor.code_by_errors[errors];
        EXPECT_EQ(bench.read_to_cache(7) >> 4, code) << errors << " errors";
        const NandBytes read = bench.from_cache(0, 2048);
        EXPECT_EQ(read == page, errors <= vendor.strength) << errors << " errors";
        bench.flip(7, {512 + errors * 41});
    }
}

INSTANTIATE_TEST_SUITE_P(
    Vendors, NandEccStatus,
    testing::Values(
        VendorCase{"winbond", 1, {{0, 0}, {1, 1}}, {0, 1, 2, 2, 2}},
        VendorCase{"macronix", 4, {{0, 0}, {4, 1}}, {0, 1, 1, 1, 1, 2, 2}},
        VendorCase{"gigadevice", 8, {{0, 0}, {7, 1}, {8, 3}}, {0, 1, 1, 1, 1, 1, 1, 1, 3, 2, 2}}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(NandEcc, TakesTheWorstOfTheSectors)
{
    NandBench bench(nand_data(4, {{0, 0}, {4, 1}}));
    bench.unlock();
    bench.program(0, 0, nand_pattern(2048));
    bench.flip(0, {3, 700, 900, 1500});
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 1u);
    bench.flip(0, {1, 2, 4, 5});
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 2u);
    const NandBytes page = nand_pattern(2048);
    EXPECT_EQ(bench.from_cache(512, 512), NandBytes(page.begin() + 512, page.begin() + 1024));
}

TEST(NandEcc, CorrectsParityAndErasedSectorsToo)
{
    NandBench bench;
    bench.unlock();
    bench.program(0, 0, nand_pattern(512));
    bench.flip(0, {2048 + 64});
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 1u);
    EXPECT_EQ(bench.from_cache(0, 512), nand_pattern(512));
    bench.flip(5, {100});
    EXPECT_EQ(bench.read_to_cache(5) >> 4, 1u);
    EXPECT_EQ(bench.from_cache(0, 2112), NandBytes(2112, 0xFF));
    bench.flip(5, {101});
    EXPECT_EQ(bench.read_to_cache(5) >> 4, 2u);
}

TEST(NandEcc, IsOffWhenTheBitIsClear)
{
    NandBench bench;
    bench.unlock();
    bench.program(0, 0, nand_pattern(2048));
    bench.flip(0, {100});
    bench.send({0x1F, 0xB0, 0x08});
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 0u);
    EXPECT_NE(bench.from_cache(100, 1), NandBytes{nand_pattern(2048)[100]});
}

TEST(NandEcc, CountsAMarginalBitAsAWrongOne)
{
    NandBench bench;
    bench.unlock();
    bench.program(2, 0, nand_pattern(2048));
    const NandBytes one{0x01};
    bench.cells.set_marginal(NandPages::offset_of(2) + 40, one);
    EXPECT_EQ(bench.read_to_cache(2) >> 4, 1u);
    EXPECT_EQ(bench.from_cache(0, 2048), nand_pattern(2048));
    bench.cells.set_marginal(NandPages::offset_of(2) + 50, one);
    EXPECT_EQ(bench.read_to_cache(2) >> 4, 2u);
}

TEST(NandEcc, ASectorProgrammedTwiceIsUncorrectable)
{
    NandBench bench(nand_data(8, {{0, 0}, {8, 1}}));
    bench.unlock();
    bench.program(0, 0, nand_pattern(512, 1));
    bench.program(0, 512, nand_pattern(512, 2));
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 0u);
    EXPECT_TRUE(bench.core.rules.seen.empty());
    bench.program(0, 0, nand_pattern(512, 3));
    EXPECT_EQ(bench.core.rules.names(), std::vector<std::string>{"spi-nand-sector-again"});
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 2u);
    // The other sector keeps its data.
    EXPECT_EQ(bench.from_cache(512, 512), nand_pattern(512, 2));
    EXPECT_EQ(bench.erase(0) & 0x0Fu, 0u);
    EXPECT_EQ(bench.read_to_cache(0) >> 4, 0u);
}

TEST(NandEcc, APartSaysHowManyBitsItCorrected)
{
    SpiNandData data = nand_data(4, {{0, 0}, {4, 1}});
    data.ecc.count_opcode = 0x7C;
    NandBench bench(data);
    bench.unlock();
    bench.program(0, 0, nand_pattern(2048));
    bench.flip(0, {1, 2, 3});
    bench.read_to_cache(0);
    EXPECT_EQ(bench.send({0x7C, 0}, 1), NandBytes{3});
}

TEST(NandEcc, AProgrammerLeavesWhatTheControllerWouldRead)
{
    NandBench bench;
    bench.pages.store_data(bench.cells, 65, nand_pattern(2048));
    EXPECT_EQ(bench.read_to_cache(65) >> 4, 0u);
    EXPECT_EQ(bench.from_cache(0, 2048), nand_pattern(2048));
    NandBytes read(2048);
    EXPECT_FALSE(bench.pages.read_data(bench.cells, 65, read).uncorrectable);
    EXPECT_EQ(read, nand_pattern(2048));
}

}  // namespace
}  // namespace brownout::models
