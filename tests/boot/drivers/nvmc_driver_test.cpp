#include "io_recorder.hpp"

#include <drivers/drivers.h>

#include <gtest/gtest.h>

#include <array>

namespace brownout {
namespace {

using Calls = std::vector<std::string>;

class NvmcDriverTest : public testing::Test {
protected:
    NvmcDriverTest()
    {
        device.io = &recorder.io;
        device.driver = &flash_driver_nvmc;
        device.register_base = 0x4001E000;
        device.size_bytes = 0x100000;
        device.write_unit_bytes = 4;
        device.sector_run_count = 1;
        device.sector_runs = &run;
    }

    IoRecorder recorder;
    const flash_sector_run run{4096, 256};
    flash_device device{};
    std::array<std::uint8_t, 16> buffer{};
};

TEST_F(NvmcDriverTest, EnablesWritesOnlyAroundTheWordLoop)
{
    EXPECT_EQ(flash_driver_nvmc.write(&device, 0xC000, buffer.data(), 16), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              (Calls{"write 0x4001E504 0x1", "words 0x0000C000 4 ready 0x4001E400 1",
                     "write 0x4001E504 0x0"}));
}

TEST_F(NvmcDriverTest, ErasesPageByPageAndWaitsForEach)
{
    EXPECT_EQ(flash_driver_nvmc.erase(&device, 0xC000, 8192), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              (Calls{"write 0x4001E504 0x2", "write 0x4001E508 0xC000", "poll 0x4001E400 1 1",
                     "write 0x4001E508 0xD000", "poll 0x4001E400 1 1", "write 0x4001E504 0x0"}));
}

TEST_F(NvmcDriverTest, OfNrf5340StoresAWordAheadAndWaitsForTheLast)
{
    EXPECT_EQ(flash_driver_nvmc_nrf53.write(&device, 0xC000, buffer.data(), 16), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              (Calls{"write 0x4001E504 0x1", "words 0x0000C000 4 ready 0x4001E408 1",
                     "poll 0x4001E400 1 1", "write 0x4001E504 0x0"}));
}

TEST_F(NvmcDriverTest, OfNrf5340ErasesByStoringAllOnes)
{
    EXPECT_EQ(flash_driver_nvmc_nrf53.erase(&device, 0xC000, 8192), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"write 0x4001E504 0x2", "write 0x0000C000 0xFFFFFFFF",
                                      "poll 0x4001E400 1 1", "write 0x0000D000 0xFFFFFFFF",
                                      "poll 0x4001E400 1 1", "write 0x4001E504 0x0"}));
}

TEST_F(NvmcDriverTest, ReadsMappedMemory)
{
    EXPECT_EQ(flash_driver_nvmc.read(&device, 0xC001, buffer.data(), 3), FLASH_OK);
    EXPECT_EQ(recorder.take(), Calls{"mem_read 0x0000C001 3"});
    EXPECT_EQ(buffer[2], 0xA5);
    EXPECT_EQ(buffer[3], 0);
}

TEST_F(NvmcDriverTest, StartsReadOnlyOnceTheControllerIsReady)
{
    EXPECT_EQ(flash_driver_nvmc.start(&device), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"poll 0x4001E400 1 1", "write 0x4001E504 0x0"}));
}

TEST_F(NvmcDriverTest, RefusesABoardThatDescribesAnotherFlash)
{
    device.write_unit_bytes = 8;
    EXPECT_EQ(flash_driver_nvmc.start(&device), FLASH_EINVAL);
    device.write_unit_bytes = 4;
    device.mapped_address = IO_ADDRESS_NONE;
    EXPECT_EQ(flash_driver_nvmc.start(&device), FLASH_EINVAL);
}

}  // namespace
}  // namespace brownout
