// The order in which an application's image writers erase and write (ncs.md section 4).
#include "ram_flash.hpp"

#include <boot/upload.h>

#include <gtest/gtest.h>

#include <numeric>

namespace brownout::boot_test {
namespace {

class ImageWriter : public testing::Test {
protected:
    int try_start(std::uint32_t offset_bytes, std::uint32_t block_bytes)
    {
        return image_writer_start(&writer_, &area_, offset_bytes, IMAGE_WRITER_STREAM, block_bytes,
                                  true);
    }
    void start(image_writer_kind kind, bool progressive = true, std::uint32_t offset_bytes = 0)
    {
        ASSERT_EQ(image_writer_start(&writer_, &area_, offset_bytes, kind, 512, progressive),
                  FLASH_OK);
    }
    int write(std::size_t byte_count)
    {
        std::vector<std::uint8_t> bytes(byte_count);
        std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
        return image_writer_write(&writer_, bytes.data(), static_cast<std::uint32_t>(byte_count));
    }
    std::vector<RamOperation> erases() const
    {
        std::vector<RamOperation> found;
        for (const RamOperation& operation : flash_.operations) {
            if (operation.kind == 'E') {
                found.push_back(operation);
            }
        }
        return found;
    }

    TestIo io_;
    RamFlash flash_{io_.table(), {{4096, 8}}, 4};
    flash_area area_ = flash_.area(FLASH_SECONDARY, 0, 8 * 4096);
    image_writer writer_{};
};

TEST_F(ImageWriter, WritesNothingBeforeABlockIsFull)
{
    start(IMAGE_WRITER_FLASH_IMG);
    EXPECT_EQ(write(511), FLASH_OK);
    EXPECT_TRUE(flash_.operations.empty());
    EXPECT_EQ(write(1), FLASH_OK);
    EXPECT_EQ(flash_.operations, (std::vector<RamOperation>{{'E', 0, 4096}, {'W', 0, 512}}));
}

TEST_F(ImageWriter, BeginsWhereItIsTold)
{
    for (const image_writer_kind kind : {IMAGE_WRITER_FLASH_IMG, IMAGE_WRITER_STREAM}) {
        flash_.operations.clear();
        start(kind, true, 4096);
        EXPECT_EQ(write(512), FLASH_OK);
        EXPECT_EQ(flash_.operations,
                  (std::vector<RamOperation>{{'E', 4096, 4096}, {'W', 4096, 512}}));
    }
    start(IMAGE_WRITER_STREAM, true, 7 * 4096);
    EXPECT_EQ(write(4096), FLASH_OK);
    EXPECT_EQ(write(512), FLASH_EINVAL) << "the area ends there";
}

TEST_F(ImageWriter, RefusesAPlaceThatIsNoneOfTheArea)
{
    EXPECT_EQ(try_start(8 * 4096 - 4, 512), FLASH_OK);
    EXPECT_EQ(try_start(8 * 4096, 512), FLASH_EINVAL);
    EXPECT_EQ(try_start(4, 512), FLASH_OK);
    EXPECT_EQ(try_start(2, 512), FLASH_EINVAL);
}

TEST_F(ImageWriter, ErasesAPageWithTheBlockThatEndsInIt)
{
    start(IMAGE_WRITER_FLASH_IMG);
    EXPECT_EQ(write(4096), FLASH_OK);
    EXPECT_EQ(erases().size(), 1u);
    EXPECT_EQ(write(512), FLASH_OK);
    EXPECT_EQ(erases().back(), (RamOperation{'E', 4096, 4096}));
}

TEST_F(ImageWriter, TheFirstGenerationErasesOnePageAhead)
{
    start(IMAGE_WRITER_FLASH_IMG_V1);
    EXPECT_EQ(write(4096 - 512), FLASH_OK);
    EXPECT_EQ(erases().size(), 1u);
    EXPECT_EQ(write(512), FLASH_OK);
    EXPECT_EQ(erases().back(), (RamOperation{'E', 4096, 4096}));
}

TEST_F(ImageWriter, PadsTheRestToTheWriteUnitAndTheFirstGenerationToABlock)
{
    start(IMAGE_WRITER_FLASH_IMG);
    EXPECT_EQ(write(5), FLASH_OK);
    EXPECT_EQ(image_writer_finish(&writer_), FLASH_OK);
    EXPECT_EQ(flash_.operations[1], (RamOperation{'W', 0, 8}));
    EXPECT_EQ(flash_.bytes[4], 5);
    EXPECT_EQ(flash_.bytes[5], 0xFF);

    flash_.operations.clear();
    start(IMAGE_WRITER_FLASH_IMG_V1);
    EXPECT_EQ(write(5), FLASH_OK);
    EXPECT_EQ(image_writer_finish(&writer_), FLASH_OK);
    EXPECT_EQ(flash_.operations[1], (RamOperation{'W', 0, 512}));
}

TEST_F(ImageWriter, FinishesByErasingThePageOfTheFlags)
{
    start(IMAGE_WRITER_STREAM);
    EXPECT_EQ(write(512), FLASH_OK);
    EXPECT_EQ(image_writer_finish(&writer_), FLASH_OK);
    EXPECT_EQ(erases().back(), (RamOperation{'E', 7 * 4096, 4096}));
}

TEST_F(ImageWriter, AFlushWithAnEmptyBufferWritesNothing)
{
    start(IMAGE_WRITER_FLASH_IMG, false);
    EXPECT_EQ(write(512), FLASH_OK);
    flash_.operations.clear();
    EXPECT_EQ(image_writer_finish(&writer_), FLASH_OK);
    EXPECT_TRUE(flash_.operations.empty());
}

TEST_F(ImageWriter, HasNoAreaAnyMoreAfterTheFlush)
{
    start(IMAGE_WRITER_FLASH_IMG);
    EXPECT_EQ(image_writer_finish(&writer_), FLASH_OK);
    EXPECT_EQ(write(512), FLASH_EINVAL);
}

TEST_F(ImageWriter, FillsTheAreaAndNotAByteMore)
{
    start(IMAGE_WRITER_STREAM);
    EXPECT_EQ(write(8 * 4096), FLASH_OK);
    EXPECT_EQ(erases().size(), 8u);
    EXPECT_EQ(write(512), FLASH_EINVAL);
}

TEST_F(ImageWriter, RefusesBlocksThatTheDeviceCannotWrite)
{
    EXPECT_EQ(try_start(0, 510), FLASH_EINVAL);
    EXPECT_EQ(try_start(0, 8192), FLASH_EINVAL);
    EXPECT_EQ(try_start(0, 4096), FLASH_OK);
}

}  // namespace
}  // namespace brownout::boot_test
