#include "io_recorder.hpp"

#include <boot/flash.h>

#include <gtest/gtest.h>

#include <array>

namespace brownout {
namespace {

using Calls = std::vector<std::string>;

int noted_result(const flash_device* device, const char* what, std::uint32_t offset,
                 std::uint32_t byte_count)
{
    auto& recorder = *static_cast<IoRecorder*>(device->io->context);
    recorder.note("%s 0x%X %u", what, offset, byte_count);
    return static_cast<int>(recorder.register_value);
}

const flash_driver kNotingDriver = {
    [](const flash_device*) { return 0; },
    [](const flash_device* device, std::uint32_t offset, void*, std::uint32_t count) {
        return noted_result(device, "read", offset, count);
    },
    [](const flash_device* device, std::uint32_t offset, const void*, std::uint32_t count) {
        return noted_result(device, "write", offset, count);
    },
    [](const flash_device* device, std::uint32_t offset, std::uint32_t count) {
        return noted_result(device, "erase", offset, count);
    },
    nullptr};

// Four sectors of 1 KiB, then three of 4 KiB; the area is the last two small and the first two
// large ones.
class FlashAreaTest : public testing::Test {
protected:
    FlashAreaTest()
    {
        device.io = &recorder.io;
        device.driver = &kNotingDriver;
        device.size_bytes = 4 * 1024 + 3 * 4096;
        device.write_unit_bytes = 8;
        device.erased_value = 0xFF;
        device.needs_erase = true;
        device.sector_run_count = 2;
        device.sector_runs = runs.data();
        area.device = &device;
        area.id = 5;
        area.device_offset_bytes = 2048;
        area.size_bytes = 2048 + 8192;
    }

    IoRecorder recorder;
    const std::array<flash_sector_run, 2> runs{{{1024, 4}, {4096, 3}}};
    flash_device device{};
    flash_area area{};
    std::array<std::uint8_t, 64> buffer{};
};

TEST_F(FlashAreaTest, BracketsARequestAndPassesItsResultOn)
{
    recorder.register_value = 0;
    EXPECT_EQ(flash_write(&area, 16, buffer.data(), 24), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"begin 1 area 5 0x10 24", "write 0x810 24", "end 0"}));
    EXPECT_EQ(flash_read(&area, 3, buffer.data(), 5), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"begin 0 area 5 0x3 5", "read 0x803 5", "end 0"}));
    recorder.register_value = static_cast<std::uint32_t>(FLASH_EIO);
    EXPECT_EQ(flash_erase(&area, 1024, 1024), FLASH_EIO);
    EXPECT_EQ(recorder.take(), (Calls{"begin 2 area 5 0x400 1024", "erase 0xC00 1024", "end -5"}));
}

TEST_F(FlashAreaTest, ReachesItsLastByteAndNotTheNext)
{
    EXPECT_EQ(flash_read(&area, area.size_bytes - 1, buffer.data(), 1), FLASH_OK);
    EXPECT_EQ(flash_write(&area, area.size_bytes - 8, buffer.data(), 8), FLASH_OK);
    recorder.take();
    EXPECT_EQ(flash_read(&area, area.size_bytes - 1, buffer.data(), 2), FLASH_EINVAL);
    EXPECT_EQ(flash_read(&area, area.size_bytes + 1, buffer.data(), 0), FLASH_EINVAL);
    EXPECT_EQ(flash_write(&area, area.size_bytes - 8, buffer.data(), 16), FLASH_EINVAL);
    EXPECT_EQ(flash_read(&area, 4, buffer.data(), 0xFFFFFFFFu), FLASH_EINVAL);
    EXPECT_EQ(flash_erase(&area, 8192, 4096), FLASH_EINVAL);
    EXPECT_EQ(recorder.take(), Calls{});
}

TEST_F(FlashAreaTest, WritesInUnitsOnly)
{
    EXPECT_EQ(flash_write(&area, 4, buffer.data(), 8), FLASH_EINVAL);
    EXPECT_EQ(flash_write(&area, 8, buffer.data(), 12), FLASH_EINVAL);
    EXPECT_EQ(recorder.take(), Calls{});
    EXPECT_EQ(flash_write(&area, 8, buffer.data(), 8), FLASH_OK);
}

TEST_F(FlashAreaTest, ErasesWholeSectorsOnlyEvenAcrossRuns)
{
    EXPECT_EQ(flash_erase(&area, 512, 1024), FLASH_EINVAL);
    EXPECT_EQ(flash_erase(&area, 0, 1536), FLASH_EINVAL);
    EXPECT_EQ(flash_erase(&area, 2048, 1024), FLASH_EINVAL);
    EXPECT_EQ(recorder.take(), Calls{});
    EXPECT_EQ(flash_erase(&area, 1024, 1024 + 4096), FLASH_OK);
    EXPECT_EQ(flash_erase(&area, 0, area.size_bytes), FLASH_OK);
}

TEST_F(FlashAreaTest, ErasesUpToTheEndOfTheDevice)
{
    area.size_bytes = device.size_bytes - area.device_offset_bytes;
    EXPECT_EQ(flash_erase(&area, 2048 + 8192, 4096), FLASH_OK);
}

TEST_F(FlashAreaTest, MakesNoCallForNothing)
{
    EXPECT_EQ(flash_read(&area, 0, buffer.data(), 0), FLASH_OK);
    EXPECT_EQ(flash_write(&area, 8, buffer.data(), 0), FLASH_OK);
    EXPECT_EQ(flash_erase(&area, 1024, 0), FLASH_OK);
    device.needs_erase = false;
    EXPECT_EQ(flash_erase(&area, 1024, 1024), FLASH_OK);
    EXPECT_EQ(recorder.take(), Calls{});
}

TEST_F(FlashAreaTest, CountsAndFindsSectorsOverRuns)
{
    ASSERT_EQ(flash_sector_count(&area), 4u);
    const std::array<flash_sector, 4> expected{
        {{0, 1024}, {1024, 1024}, {2048, 4096}, {6144, 4096}}};
    flash_sector sector{};
    for (std::uint32_t index = 0; index < expected.size(); ++index) {
        ASSERT_EQ(flash_sector_by_index(&area, index, &sector), FLASH_OK);
        EXPECT_EQ(sector.offset_bytes, expected[index].offset_bytes);
        EXPECT_EQ(sector.size_bytes, expected[index].size_bytes);
        for (const std::uint32_t inside : {0u, expected[index].size_bytes - 1}) {
            ASSERT_EQ(flash_sector_at(&area, expected[index].offset_bytes + inside, &sector), 0);
            EXPECT_EQ(sector.offset_bytes, expected[index].offset_bytes);
            EXPECT_EQ(sector.size_bytes, expected[index].size_bytes);
        }
    }
    EXPECT_EQ(flash_sector_by_index(&area, 4, &sector), FLASH_EINVAL);
    EXPECT_EQ(flash_sector_at(&area, area.size_bytes, &sector), FLASH_EINVAL);
}

}  // namespace
}  // namespace brownout
