#include "io_recorder.hpp"

#include <boot/driver_options.h>
#include <drivers/drivers.h>

#include <gtest/gtest.h>

#include <array>

namespace brownout {
namespace {

using Calls = std::vector<std::string>;

constexpr std::uint32_t kRamAddress = 0x20001000;

// RAM is `buffer` and the stack of the driver; `constants` lie in flash.
class QspiNorDriverTest : public testing::Test {
protected:
    QspiNorDriverTest()
    {
        options.base_clock_hz = 32'000'000;
        options.frequency_hz = 8'000'000;
        options.page_bytes = 256;
        options.bounce_bytes = 8;
        options.word_alignment = WORD_ALIGNMENT_READ_MODIFY_WRITE;
        device.io = &recorder.io;
        device.driver = &flash_driver_qspi_nor;
        device.register_base = 0x40029000;
        device.mapped_address = IO_ADDRESS_NONE;
        device.size_bytes = 0x800000;
        device.write_unit_bytes = 4;
        device.options = &options;
        recorder.dma_address = [this](const void* pointer) -> std::uint32_t {
            const auto* const byte = static_cast<const std::uint8_t*>(pointer);
            if (byte >= buffer.data() && byte < buffer.data() + buffer.size()) {
                return kRamAddress + static_cast<std::uint32_t>(byte - buffer.data());
            }
            const bool constant =
                byte >= constants.data() && byte < constants.data() + constants.size();
            return constant ? 0x4000 : 0x20008000;
        };
        recorder.io.note_rule = [](void* self, const io_rule_note* note) {
            static_cast<IoRecorder*>(self)->note("note %d %d at 0x%X %u", note->rule, note->effect,
                                                 note->device_offset_bytes, note->byte_count);
        };
    }

    // What a task and the wait for it look like.
    static Calls task(Calls before, const char* start)
    {
        before.insert(before.end(), {"write 0x40029100 0x0", start, "poll 0x40029100 1 1"});
        return before;
    }
    // The status read that the peripheral holds back until the part is ready.
    static Calls wait()
    {
        Calls calls = task({"write 0x40029638 0x0"}, "write 0x40029634 0x7205");
        calls.emplace_back("read 0x40029638");
        return calls;
    }
    static Calls joined(Calls a, const Calls& b)
    {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    }
    static Calls write_task(const char* target, const char* source, const char* count)
    {
        return joined(task({std::string("write 0x40029510 ") + target,
                            std::string("write 0x40029514 ") + source,
                            std::string("write 0x40029518 ") + count},
                           "write 0x40029008 0x1"),
                      wait());
    }

    IoRecorder recorder;
    qspi_nor_options options{};
    flash_device device{};
    alignas(4) std::array<std::uint8_t, 64> buffer{};
    alignas(4) const std::array<std::uint8_t, 16> constants{1, 2, 3, 4};
};

TEST_F(QspiNorDriverTest, StartsWithModesFrequencyAndActivation)
{
    options.read_mode = 4;
    options.write_mode = 3;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              task({"write 0x40029544 0x1C", "write 0x40029600 0x30040480", "write 0x40029500 0x1"},
                   "write 0x40029000 0x1"));
}

TEST_F(QspiNorDriverTest, OfNrf5340SetsTheBitsOfAnomaly121)
{
    options.nrf53_timing = true;
    options.base_clock_hz = 96'000'000;
    for (const auto& [frequency, ifconfig0] :
         {std::pair{96'000'000u, "write 0x40029544 0x30000"},
          std::pair{48'000'000u, "write 0x40029544 0x10000"}}) {
        options.frequency_hz = frequency;
        EXPECT_EQ(device.driver->start(&device), FLASH_OK);
        const Calls calls = recorder.take();
        EXPECT_EQ(calls[0], "write 0x40029640 0x600");
        EXPECT_EQ(calls[1], ifconfig0);
    }
}

TEST_F(QspiNorDriverTest, RefusesWhatTheControllerCannotBe)
{
    const qspi_nor_options good = options;
    options.frequency_hz = 1'999'999;
    EXPECT_EQ(device.driver->start(&device), FLASH_EINVAL);
    options.frequency_hz = 2'000'000;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    options = good;
    options.bounce_bytes = 6;
    EXPECT_EQ(device.driver->start(&device), FLASH_EINVAL);
    options = good;
    options.read_mode = 5;
    EXPECT_EQ(device.driver->start(&device), FLASH_EINVAL);
    options = good;
    options.jedec_id = 0xC22817;
    recorder.register_value = 0x1728C2;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    options.jedec_id = 0xC22816;
    EXPECT_EQ(device.driver->start(&device), FLASH_ENODEV);
}

TEST_F(QspiNorDriverTest, WritesFromRamInOneTaskAndWaitsForThePart)
{
    EXPECT_EQ(device.driver->write(&device, 0x1000, buffer.data(), 64), FLASH_OK);
    EXPECT_EQ(recorder.take(), write_task("0x1000", "0x20001000", "0x40"));
}

TEST_F(QspiNorDriverTest, ReadsIntoRamInOneTask)
{
    EXPECT_EQ(device.driver->read(&device, 0x1000, buffer.data(), 32), FLASH_OK);
    EXPECT_EQ(recorder.take(), task({"write 0x40029504 0x1000", "write 0x40029508 0x20001000",
                                     "write 0x4002950C 0x20"},
                                    "write 0x40029004 0x1"));
}

TEST_F(QspiNorDriverTest, CopiesConstantsThroughTheBounceBuffer)
{
    EXPECT_EQ(device.driver->write(&device, 0x1000, constants.data(), 12), FLASH_OK);
    EXPECT_EQ(recorder.take(), joined(write_task("0x1000", "0x20008000", "0x8"),
                                      write_task("0x1008", "0x20008000", "0x4")));
}

TEST_F(QspiNorDriverTest, AStaleLastChunkIsWrittenWhole)
{
    options.stale_last_chunk = true;
    EXPECT_EQ(device.driver->write(&device, 0x1000, constants.data(), 12), FLASH_OK);
    Calls expected = write_task("0x1000", "0x20008000", "0x8");
    expected.push_back("note " + std::to_string(IO_RULE_STALE_CHUNK) + " " +
                       std::to_string(IO_EFFECT_PROGRAMMED_BEYOND) + " at 0x100C 4");
    EXPECT_EQ(recorder.take(), joined(expected, write_task("0x1008", "0x20008000", "0x8")));
}

TEST_F(QspiNorDriverTest, WithoutABounceBufferConstantsFailOrGoOutUnchecked)
{
    options.bounce_bytes = 0;
    EXPECT_EQ(device.driver->write(&device, 0x1000, constants.data(), 16), FLASH_EIO);
    EXPECT_EQ(recorder.take(), Calls{"note " + std::to_string(IO_RULE_DMA_RAM_ONLY) + " " +
                                     std::to_string(IO_EFFECT_REFUSED) + " at 0x1000 16"});
    options.unchecked_pointers = true;
    EXPECT_EQ(device.driver->write(&device, 0x1000, constants.data(), 16), FLASH_OK);
    EXPECT_EQ(recorder.take(), write_task("0x1000", "0x4000", "0x10"));
}

TEST_F(QspiNorDriverTest, WordAlignmentIsServedRefusedOrRounded)
{
    EXPECT_EQ(device.driver->write(&device, 0x1000, buffer.data(), 1), FLASH_OK);
    const Calls served = recorder.take();
    EXPECT_EQ(served[0], "write 0x40029504 0x1000") << "the word is read first";
    EXPECT_NE(std::find(served.begin(), served.end(), "write 0x40029518 0x4"), served.end());
    options.word_alignment = WORD_ALIGNMENT_REFUSE;
    EXPECT_EQ(device.driver->write(&device, 0x1000, buffer.data(), 1), FLASH_EINVAL);
    EXPECT_EQ(device.driver->write(&device, 0x1002, buffer.data(), 4), FLASH_EINVAL);
    options.word_alignment = WORD_ALIGNMENT_ROUND;
    recorder.take();
    EXPECT_EQ(device.driver->write(&device, 0x1000, buffer.data(), 7), FLASH_OK);
    const Calls rounded = recorder.take();
    EXPECT_NE(std::find(rounded.begin(), rounded.end(), "write 0x40029518 0x4"), rounded.end());
}

TEST_F(QspiNorDriverTest, ErasesBlocksOnlyIfTold)
{
    const auto erase = [](const char* address, const char* length) {
        return joined(task({std::string("write 0x4002951C ") + address,
                            std::string("write 0x40029520 ") + length},
                           "write 0x4002900C 0x1"),
                      wait());
    };
    EXPECT_EQ(device.driver->erase(&device, 0x10000, 0x2000), FLASH_OK);
    EXPECT_EQ(recorder.take(), joined(erase("0x10000", "0x0"), erase("0x11000", "0x0")));
    options.use_block_erase = true;
    EXPECT_EQ(device.driver->erase(&device, 0x10000, 0x11000), FLASH_OK);
    EXPECT_EQ(recorder.take(), joined(erase("0x10000", "0x1"), erase("0x20000", "0x0")));
    EXPECT_EQ(device.driver->erase(&device, 0x1F000, 0x2000), FLASH_OK);
    EXPECT_EQ(recorder.take(), joined(erase("0x1F000", "0x0"), erase("0x20000", "0x0")));
}

TEST_F(QspiNorDriverTest, SetsQuadEnableWhereTheModesNeedIt)
{
    options.quad_enable = QSPI_QUAD_ENABLE_S1B6;
    options.read_mode = 3;
    recorder.register_value = 0x40;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    const auto writes_status = [](const Calls& calls) {
        return std::find(calls.begin(), calls.end(), "write 0x40029634 0xF201") != calls.end();
    };
    EXPECT_FALSE(writes_status(recorder.take())) << "it is set";
    recorder.register_value = 0;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    const Calls calls = recorder.take();
    EXPECT_TRUE(writes_status(calls));
    EXPECT_NE(std::find(calls.begin(), calls.end(), "write 0x40029638 0x40"), calls.end());
    options.read_mode = 2;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    EXPECT_FALSE(writes_status(recorder.take())) << "two lines";
}

TEST_F(QspiNorDriverTest, LeavesTheLowPowerModeOfAnMx25r)
{
    options.high_performance = true;
    const char* const write = "write 0x40029634 0xF401";
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    const Calls calls = recorder.take();
    EXPECT_NE(std::find(calls.begin(), calls.end(), write), calls.end());
    EXPECT_NE(std::find(calls.begin(), calls.end(), "write 0x40029638 0x20000"), calls.end());
    recorder.register_value = 0x0200;
    EXPECT_EQ(device.driver->start(&device), FLASH_OK);
    const Calls again = recorder.take();
    EXPECT_EQ(std::find(again.begin(), again.end(), write), again.end()) << "it has";
}

}  // namespace
}  // namespace brownout
