#include "nand_stand.hpp"

#include "../../models/parts/nand_bench.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace brownout::boot_test {
namespace {

using models::nand_data;
using models::nand_pattern;
using models::NandPages;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kPage = 2048;
constexpr std::uint32_t kBlock = 64 * kPage;

std::uint32_t row_of(std::uint32_t block, std::uint32_t page = 0)
{
    return block * 64 + page;
}

Bytes page_in(const NandStand& stand, std::uint32_t row)
{
    Bytes bytes(kPage);
    EXPECT_FALSE(stand.pages.read_data(stand.cells, row, bytes).uncorrectable);
    return bytes;
}

TEST(SpiNandDriver, UnlocksAtEveryStartAndBreaksNoRule)
{
    NandStand stand(nand_data(), {});
    const Bytes content = nand_pattern(2 * kPage);
    for (int boot = 0; boot < 2; ++boot) {
        ASSERT_EQ(stand.start(), FLASH_OK);
        EXPECT_EQ(flash_erase(stand.area(), 0, kBlock), FLASH_OK);
        EXPECT_EQ(flash_write(stand.area(), 0, content.data(), 2 * kPage), FLASH_OK);
    }
    EXPECT_EQ(stand.operations, 6u);
    EXPECT_EQ(page_in(stand, row_of(8, 1)), Bytes(content.begin() + kPage, content.end()));
    EXPECT_TRUE(stand.rules.empty());
}

TEST(SpiNandDriver, RefusesAPartWithAnotherId)
{
    NandStand stand(nand_data(), {});
    stand.options.id = 0xEFAA22;
    EXPECT_EQ(stand.start(), FLASH_ENODEV);
    stand.options.id = 0;
    EXPECT_EQ(stand.start(), FLASH_OK);
}

TEST(SpiNandDriver, RefusesADescriptionThatNoNandHas)
{
    NandStand stand(nand_data(), {});
    stand.described.devices[0].write_unit_bytes = 4;
    EXPECT_EQ(stand.start(), FLASH_EINVAL);
    stand.described.devices[0].write_unit_bytes = 2048;
    stand.options.regions[0].reserve_blocks = 2000;
    EXPECT_EQ(stand.start(), FLASH_EINVAL);
}

TEST(SpiNandDriver, ReadsAcrossPagesAndBlocks)
{
    NandStand stand(nand_data(), {});
    ASSERT_EQ(stand.start(), FLASH_OK);
    const Bytes content = nand_pattern(3 * kPage);
    ASSERT_EQ(flash_write(stand.area(), kBlock - kPage, content.data(), kPage), FLASH_OK);
    ASSERT_EQ(flash_write(stand.area(), kBlock, content.data() + kPage, 2 * kPage), FLASH_OK);
    EXPECT_EQ(stand.read(kBlock - 700, 3000),
              Bytes(content.begin() + kPage - 700, content.begin() + kPage + 2300));
    EXPECT_EQ(stand.read(kBlock + 2 * kPage, 3), (Bytes{0xFF, 0xFF, 0xFF}));
}

TEST(SpiNandDriver, WaitsForAPartThatAMicrocontrollerResetLeftBusy)
{
    NandStand stand(nand_data(), {});
    ASSERT_EQ(stand.start(), FLASH_OK);
    ASSERT_EQ(flash_erase(stand.area(), 0, kBlock), FLASH_OK);
    stand.state.busy_until = stand.now + models::milliseconds(1);
    stand.state.running[7] = 3;  // erasing
    ASSERT_EQ(stand.start(models::ResetKind::kSystemReset), FLASH_OK);
    EXPECT_TRUE(stand.rules.empty());
    EXPECT_GE(stand.now, models::milliseconds(3));
}

TEST(SpiNandDriver, SkipsFactoryBadBlocksWithinTheRegion)
{
    models::SpiNandOptions options;
    options.bad_blocks = {8, 10};
    NandStand stand(nand_data(), options);  // usable 8, 9, 10; reserve 11, 12
    ASSERT_EQ(stand.start(), FLASH_OK);
    for (std::uint32_t block = 0; block < 3; ++block) {
        const Bytes content(kPage, static_cast<std::uint8_t>(block));
        ASSERT_EQ(flash_write(stand.area(), block * kBlock, content.data(), kPage), FLASH_OK);
    }
    EXPECT_EQ(page_in(stand, row_of(9)), Bytes(kPage, 0));
    EXPECT_EQ(page_in(stand, row_of(11)), Bytes(kPage, 1));
    EXPECT_EQ(page_in(stand, row_of(12)), Bytes(kPage, 2));
    EXPECT_TRUE(stand.rules.empty());
}

TEST(SpiNandDriver, FailsOnceMoreBlocksAreBadThanTheReserveHas)
{
    models::SpiNandOptions options;
    options.bad_blocks = {8, 9, 10};
    NandStand stand(nand_data(), options);
    ASSERT_EQ(stand.start(), FLASH_OK);
    EXPECT_EQ(flash_erase(stand.area(), 0, 2 * kBlock), FLASH_OK);
    EXPECT_EQ(flash_erase(stand.area(), 2 * kBlock, kBlock), FLASH_EIO);
    stand.read(2 * kBlock, 16, FLASH_EIO);
}

TEST(SpiNandDriver, RetiresABlockThatFailsToEraseAndGoesOn)
{
    models::SpiNandOptions options;
    options.failing_erases = {9};
    NandStand stand(nand_data(), options);
    ASSERT_EQ(stand.start(), FLASH_OK);
    EXPECT_EQ(flash_erase(stand.area(), 0, 3 * kBlock), FLASH_OK);
    EXPECT_TRUE(stand.pages.is_marked_bad(stand.cells, 9));
    ASSERT_EQ(flash_write(stand.area(), kBlock, nand_pattern(kPage).data(), kPage), FLASH_OK);
    EXPECT_EQ(page_in(stand, row_of(10)), nand_pattern(kPage));
    ASSERT_EQ(stand.start(), FLASH_OK);  // the mark is found again
    EXPECT_EQ(stand.read(kBlock, kPage), nand_pattern(kPage));
    EXPECT_TRUE(stand.rules.empty());
}

TEST(SpiNandDriver, RetiresABlockThatFailsToProgramAndSaysSo)
{
    models::SpiNandOptions options;
    options.failing_programs = {9};
    NandStand stand(nand_data(), options);
    ASSERT_EQ(stand.start(), FLASH_OK);
    EXPECT_EQ(flash_write(stand.area(), kBlock, nand_pattern(kPage).data(), kPage), FLASH_EIO);
    EXPECT_TRUE(stand.pages.is_marked_bad(stand.cells, 9));
    // Erased and written again, it works.
    EXPECT_EQ(flash_erase(stand.area(), 0, 3 * kBlock), FLASH_OK);
    EXPECT_EQ(flash_write(stand.area(), kBlock, nand_pattern(kPage).data(), kPage), FLASH_OK);
    EXPECT_EQ(page_in(stand, row_of(10)), nand_pattern(kPage));
}

TEST(SpiNandDriver, AFewWrongBitsNeitherMakeAMarkNorHideOne)
{
    models::SpiNandOptions options;
    options.bad_blocks = {10};
    NandStand stand(nand_data(), options);
    const auto set_mark = [&](std::uint32_t block, std::uint8_t byte) {
        stand.cells.poke(NandPages::offset_of(row_of(block)) + kPage, Bytes{byte});
    };
    set_mark(8, 0xE7);
    set_mark(10, 0x18);
    ASSERT_EQ(stand.start(), FLASH_OK);
    ASSERT_EQ(flash_write(stand.area(), 2 * kBlock, nand_pattern(kPage).data(), kPage), FLASH_OK);
    EXPECT_EQ(page_in(stand, row_of(11)), nand_pattern(kPage));
}

TEST(SpiNandDriver, CorrectsOneBitAndFailsWithTwo)
{
    NandStand stand(nand_data(), {});
    ASSERT_EQ(stand.start(), FLASH_OK);
    ASSERT_EQ(flash_write(stand.area(), 0, nand_pattern(kPage).data(), kPage), FLASH_OK);
    const auto flip = [&](std::uint32_t column) {
        const std::uint64_t at = NandPages::offset_of(row_of(8)) + column;
        stand.cells.poke(at, Bytes{static_cast<std::uint8_t>(stand.cells.byte_at(at) ^ 1u)});
    };
    flip(40);
    EXPECT_EQ(stand.read(0, kPage), nand_pattern(kPage));
    flip(41);
    stand.read(0, 16, FLASH_EIO);
    EXPECT_FALSE(stand.pages.is_marked_bad(stand.cells, 8));  // torn is not worn
}

TEST(SpiNandDriver, WritesAPartOfAnErasedPageOnce)
{
    NandStand stand(nand_data(), {});
    ASSERT_EQ(stand.start(), FLASH_OK);
    const std::uint32_t end = 3 * kBlock;
    const Bytes request = nand_pattern(40);
    EXPECT_EQ(flash_write(stand.area(), end - 40, request.data(), 40), FLASH_EINVAL);
    ASSERT_EQ(flash_write_in_unit(stand.area(), end - 40, request.data(), 40), FLASH_OK);
    EXPECT_EQ(stand.operations, 1u);
    EXPECT_EQ(stand.read(end - 40, 40), request);
    EXPECT_EQ(stand.read(end - kPage, kPage - 40), Bytes(kPage - 40, 0xFF));
    EXPECT_EQ(flash_write_in_unit(stand.area(), end - kPage, request.data(), 40), FLASH_EIO);
    EXPECT_EQ(flash_write_in_unit(stand.area(), end - kPage - 20, request.data(), 40),
              FLASH_EINVAL);
    EXPECT_EQ(stand.operations, 1u);
    EXPECT_TRUE(stand.rules.empty());
}

}  // namespace
}  // namespace brownout::boot_test
