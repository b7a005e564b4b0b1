#include "io_recorder.hpp"

#include <drivers/drivers.h>

#include <gtest/gtest.h>

#include <array>

namespace brownout {
namespace {

using Calls = std::vector<std::string>;

class PlainDriverTest : public testing::Test {
protected:
    PlainDriverTest()
    {
        device.io = &recorder.io;
        device.driver = &flash_driver_plain;
        device.register_base = 0x50000000;
        device.mapped_address = 0x60000000;
        device.size_bytes = 2 * 1024 + 2 * 4096;
        device.write_unit_bytes = 8;
        device.sector_run_count = 2;
        device.sector_runs = runs.data();
    }

    static Calls program_calls(const char* src, const char* dst, const char* len)
    {
        return {std::string("write 0x50000004 ") + src,
                std::string("write 0x50000008 ") + dst,
                std::string("write 0x5000000C ") + len,
                "write 0x50000000 0x1",
                "poll 0x50000010 1 0",
                "read 0x50000010"};
    }

    IoRecorder recorder;
    const std::array<flash_sector_run, 2> runs{{{1024, 2}, {4096, 2}}};
    flash_device device{};
    std::array<std::uint8_t, 160> buffer{};
};

TEST_F(PlainDriverTest, ProgramsInOneCommandFromTheAddressOfTheSource)
{
    recorder.dma_address = [](const void*) { return 0x20000040u; };
    EXPECT_EQ(flash_driver_plain.write(&device, 0x400, buffer.data(), 160), FLASH_OK);
    EXPECT_EQ(recorder.take(), program_calls("0x20000040", "0x400", "0xA0"));
}

TEST_F(PlainDriverTest, BouncesASourceThatHasNoAddressThroughItsStack)
{
    recorder.dma_address = [this](const void* pointer) {
        return pointer == buffer.data() ? IO_ADDRESS_NONE : 0x20001000u;
    };
    EXPECT_EQ(flash_driver_plain.write(&device, 0, buffer.data(), 136), FLASH_OK);
    Calls expected = program_calls("0x20001000", "0x0", "0x40");
    for (const Calls& more : {program_calls("0x20001000", "0x40", "0x40"),
                              program_calls("0x20001000", "0x80", "0x8")}) {
        expected.insert(expected.end(), more.begin(), more.end());
    }
    EXPECT_EQ(recorder.take(), expected);
}

TEST_F(PlainDriverTest, CannotBounceAUnitLargerThanItsBuffer)
{
    device.write_unit_bytes = 128;
    EXPECT_EQ(flash_driver_plain.write(&device, 0, buffer.data(), 128), FLASH_EIO);
    EXPECT_EQ(recorder.take(), Calls{});
}

TEST_F(PlainDriverTest, ErasesSectorBySectorAcrossRuns)
{
    EXPECT_EQ(flash_driver_plain.erase(&device, 1024, 1024 + 4096), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              (Calls{"write 0x50000008 0x400", "write 0x50000000 0x2", "poll 0x50000010 1 0",
                     "read 0x50000010", "write 0x50000008 0x800", "write 0x50000000 0x2",
                     "poll 0x50000010 1 0", "read 0x50000010"}));
}

TEST_F(PlainDriverTest, GivesUpAtTheFirstCommandThatFails)
{
    recorder.register_value = 2;
    EXPECT_EQ(flash_driver_plain.erase(&device, 0, 2048), FLASH_EIO);
    EXPECT_EQ(recorder.take().size(), 4u);
    recorder.dma_address = [](const void*) { return 0x20000000u; };
    EXPECT_EQ(flash_driver_plain.write(&device, 0, buffer.data(), 8), FLASH_EIO);
}

TEST_F(PlainDriverTest, ReadsMappedMemory)
{
    EXPECT_EQ(flash_driver_plain.read(&device, 9, buffer.data(), 3), FLASH_OK);
    EXPECT_EQ(recorder.take(), Calls{"mem_read 0x60000009 3"});
    device.mapped_address = IO_ADDRESS_NONE;
    EXPECT_EQ(flash_driver_plain.start(&device), FLASH_EINVAL);
}

}  // namespace
}  // namespace brownout
