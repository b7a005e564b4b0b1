#include "io_recorder.hpp"

#include <boot/board.h>

#include <gtest/gtest.h>

#include <memory>

namespace brownout {
namespace {

class FlashMapTest : public testing::Test {
protected:
    FlashMapTest()
    {
        board_device& device = described->devices[0];
        described->device_count = 1;
        device.driver = BOARD_DRIVER_PLAIN;
        device.register_base = 0x50000000;
        device.size_bytes = 0x4000;
        device.write_unit_bytes = 4;
        device.erased_value = 0xFF;
        device.needs_erase = true;
        device.sector_run_count = 1;
        device.sector_runs[0] = {0x1000, 4};
        described->area_count = 4;
        described->areas[0] = {1, FLASH_PRIMARY, 0, 0, 0x0000, 0x1000};
        described->areas[1] = {2, FLASH_SECONDARY, 0, 0, 0x1000, 0x1000};
        described->areas[2] = {4, FLASH_PRIMARY, 1, 0, 0x2000, 0x1000};
        described->areas[3] = {3, FLASH_SCRATCH, 0, 0, 0x3000, 0x1000};
    }

    int start() { return flash_map_start(map.get(), &recorder.io, described.get()); }

    IoRecorder recorder;
    std::unique_ptr<board> described = std::make_unique<board>();
    std::unique_ptr<flash_map> map = std::make_unique<flash_map>();
};

TEST_F(FlashMapTest, FindsAreasByRoleAndImageAndById)
{
    ASSERT_EQ(start(), FLASH_OK);
    EXPECT_EQ(flash_map_area(map.get(), FLASH_PRIMARY, 0)->id, 1u);
    EXPECT_EQ(flash_map_area(map.get(), FLASH_PRIMARY, 1)->id, 4u);
    EXPECT_EQ(flash_map_area(map.get(), FLASH_SECONDARY, 1), nullptr);
    EXPECT_EQ(flash_map_area(map.get(), FLASH_SCRATCH, 1)->id, 3u) << "one scratch for all images";
    EXPECT_EQ(flash_map_area_by_id(map.get(), 2)->device_offset_bytes, 0x1000u);
    EXPECT_EQ(flash_map_area_by_id(map.get(), 9), nullptr);
    EXPECT_EQ(flash_map_area_by_id(map.get(), 1)->device->register_base, 0x50000000u);
}

TEST_F(FlashMapTest, RefusesAnAreaThatLeavesItsDevice)
{
    described->areas[3].size_bytes = 0x1001;
    EXPECT_EQ(start(), FLASH_EINVAL);
    described->areas[3] = {3, FLASH_SCRATCH, 0, 0, 0xFFFFF000, 0x2000};
    EXPECT_EQ(start(), FLASH_EINVAL);
    described->areas[3] = {3, FLASH_SCRATCH, 0, 1, 0x3000, 0x1000};
    EXPECT_EQ(start(), FLASH_EINVAL) << "no such device";
}

TEST_F(FlashMapTest, RefusesADriverThatIsNotBuiltIn)
{
    described->devices[0].driver = BOARD_DRIVER_NONE;
    EXPECT_EQ(start(), FLASH_ENODEV);
}

TEST_F(FlashMapTest, RefusesSectorsThatDoNotCoverTheDevice)
{
    described->devices[0].sector_runs[0].sector_count = 3;
    EXPECT_EQ(start(), FLASH_EINVAL);
    described->devices[0].sector_runs[0].sector_count = 5;
    EXPECT_EQ(start(), FLASH_EINVAL);
    described->devices[0].sector_runs[0] = {0, 4};
    EXPECT_EQ(start(), FLASH_EINVAL);
}

TEST_F(FlashMapTest, RefusesAWriteUnitThatIsNoPowerOfTwo)
{
    described->devices[0].write_unit_bytes = 12;
    EXPECT_EQ(start(), FLASH_EINVAL);
    described->devices[0].write_unit_bytes = 0;
    EXPECT_EQ(start(), FLASH_EINVAL);
}

TEST_F(FlashMapTest, RefusesMoreThanItHasRoomFor)
{
    described->area_count = BOARD_AREAS_MAX + 1;
    EXPECT_EQ(start(), FLASH_EINVAL);
}

}  // namespace
}  // namespace brownout
