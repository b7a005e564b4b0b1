#include "io_recorder.hpp"

#include <drivers/spi_bus.h>

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace brownout {
namespace {

using Calls = std::vector<std::string>;

class SpimDriverTest : public testing::Test {
protected:
    SpimDriverTest()
    {
        wiring.spim_base = 0x40023000;
        wiring.gpio_base = 0x50000000;
        wiring.cs_pin = 4;
        wiring.frequency_hz = 8'000'000;
        wiring.max_transfer_bytes = 255;
        wiring.bounce_bytes = 8;
        recorder.io.wait_us = [](void* self, std::uint32_t microseconds) {
            static_cast<IoRecorder*>(self)->note("wait %u", microseconds);
        };
        recorder.io.note_rule = [](void* self, const io_rule_note* note) {
            static_cast<IoRecorder*>(self)->note("rule %d effect %d %u",
                                                 static_cast<int>(note->rule),
                                                 static_cast<int>(note->effect), note->byte_count);
        };
        // Two buffers of the test are in RAM, everything else of it is the driver's stack, too.
        recorder.dma_address = [this](const void* pointer) -> std::uint32_t {
            const auto* byte = static_cast<const std::uint8_t*>(pointer);
            if (byte == in_flash.data()) {
                return 0x0000A3C4;
            }
            return byte >= in_ram.data() && byte < in_ram.data() + in_ram.size()
                       ? 0x20000100 + static_cast<std::uint32_t>(byte - in_ram.data())
                       : 0x20003000;
        };
    }

    static Calls chunk(unsigned tx_address, unsigned tx_bytes, unsigned rx_address,
                       unsigned rx_bytes)
    {
        const auto write = [](unsigned offset, unsigned value) {
            char line[48];
            std::snprintf(line, sizeof line, "write 0x%08X 0x%X", 0x40023000 + offset, value);
            return std::string(line);
        };
        return {write(0x544, tx_address), write(0x548, tx_bytes), write(0x534, rx_address),
                write(0x538, rx_bytes),   write(0x118, 0),        write(0x010, 1),
                "poll 0x40023118 1 1"};
    }

    static Calls transaction(const std::vector<Calls>& chunks)
    {
        Calls all{"write 0x5000050C 0x10"};
        for (const Calls& calls : chunks) {
            all.insert(all.end(), calls.begin(), calls.end());
        }
        all.push_back("write 0x50000508 0x10");
        return all;
    }

    int send(const void* tx, void* rx, std::uint32_t byte_count)
    {
        const spi_segment segment{tx, rx, byte_count};
        return spi_bus_transceive(&recorder.io, &wiring, &segment, 1);
    }

    IoRecorder recorder;
    spi_wiring wiring{};
    std::array<std::uint8_t, 600> in_ram{};
    std::array<std::uint8_t, 600> in_flash{};
};

TEST_F(SpimDriverTest, HoldsChipSelectLowAcrossSegments)
{
    const spi_segment segments[] = {{in_ram.data(), nullptr, 4}, {nullptr, &in_ram[100], 255}};
    EXPECT_EQ(spi_bus_transceive(&recorder.io, &wiring, segments, 2), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              transaction({chunk(0x20000100, 4, 0, 0), chunk(0, 0, 0x20000164, 255)}));
}

TEST_F(SpimDriverTest, SplitsWhatMaxcntDoesNotHold)
{
    EXPECT_EQ(send(in_ram.data(), nullptr, 256), FLASH_OK);
    EXPECT_EQ(recorder.take(),
              transaction({chunk(0x20000100, 255, 0, 0), chunk(0x200001FF, 1, 0, 0)}));
    wiring.max_transfer_bytes = 65535;
    EXPECT_EQ(send(in_ram.data(), nullptr, 256), FLASH_OK);
    EXPECT_EQ(recorder.take(), transaction({chunk(0x20000100, 256, 0, 0)}));
}

TEST_F(SpimDriverTest, CopiesWhatLiesInFlashThroughItsBounceBuffer)
{
    EXPECT_EQ(send(in_flash.data(), nullptr, 20), FLASH_OK);
    EXPECT_EQ(recorder.take(), transaction({chunk(0x20003000, 8, 0, 0), chunk(0x20003000, 8, 0, 0),
                                            chunk(0x20003000, 4, 0, 0)}));
}

TEST_F(SpimDriverTest, FailsWithoutABounceBufferAfterTheSegmentsBefore)
{
    wiring.bounce_bytes = 0;
    const spi_segment segments[] = {{in_ram.data(), nullptr, 4}, {in_flash.data(), nullptr, 16}};
    EXPECT_EQ(spi_bus_transceive(&recorder.io, &wiring, segments, 2), FLASH_EIO);
    Calls expected = transaction({chunk(0x20000100, 4, 0, 0)});
    expected.insert(expected.begin(), "rule 0 effect 0 16");
    EXPECT_EQ(recorder.take(), expected);
}

TEST_F(SpimDriverTest, StartsDmaFromFlashWhereNobodyLooks)
{
    wiring.bounce_bytes = 0;
    wiring.unchecked_pointers = true;
    EXPECT_EQ(send(in_flash.data(), nullptr, 16), FLASH_OK);
    EXPECT_EQ(recorder.take(), transaction({chunk(0x0000A3C4, 16, 0, 0)}));
}

TEST_F(SpimDriverTest, SendsAStaleLastChunkWhole)
{
    wiring.stale_last_chunk = true;
    EXPECT_EQ(send(in_flash.data(), nullptr, 9), FLASH_OK);
    const Calls calls = recorder.take();
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "write 0x40023548 0x8"), 2);
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "rule 2 effect 3 7"), 1);
}

TEST_F(SpimDriverTest, RefusesToReceiveOneByteWhereAnomaly58WouldMakeItTwo)
{
    EXPECT_EQ(send(nullptr, in_ram.data(), 1), FLASH_OK);
    wiring.refuse_one_byte_receive = true;
    EXPECT_EQ(send(nullptr, in_ram.data(), 2), FLASH_OK);
    EXPECT_EQ(send(nullptr, in_ram.data(), 1), FLASH_EIO);
}

TEST_F(SpimDriverTest, ChargesItsOverheadOncePerTransaction)
{
    wiring.transaction_overhead_us = 70;
    EXPECT_EQ(send(in_ram.data(), nullptr, 600), FLASH_OK);
    const Calls calls = recorder.take();
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "wait 70"), 1);
    EXPECT_EQ(calls.back(), "wait 70");
}

TEST_F(SpimDriverTest, PollsAsOftenAsItsTimeoutAllows)
{
    wiring.transaction_overhead_us = 68;  // with 2 bytes at 8 MHz: 70 us a poll
    const spi_poll poll{in_ram.data(), 1, 0x01, 0x00, 0, 700};
    EXPECT_EQ(spi_bus_poll(&recorder.io, &wiring, &poll), FLASH_EIO);
    const Calls calls = recorder.take();
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "write 0x5000050C 0x10"), 11);
}

TEST_F(SpimDriverTest, TakesTheHighestFrequencyThatIsNotAbove)
{
    for (const auto& [hz, code] : {std::pair{7'999'999u, "0x40000000"},
                                   {8'000'000u, "0x80000000"},
                                   {15'999'999u, "0x80000000"},
                                   {125'000u, "0x2000000"}}) {
        wiring.frequency_hz = hz;
        EXPECT_EQ(spi_bus_start(&recorder.io, &wiring), FLASH_OK);
        const Calls calls = recorder.take();
        EXPECT_EQ(std::count(calls.begin(), calls.end(), "write 0x40023524 " + std::string(code)),
                  1)
            << hz;
    }
    wiring.frequency_hz = 124'999;
    EXPECT_EQ(spi_bus_start(&recorder.io, &wiring), FLASH_EINVAL);
}

}  // namespace
}  // namespace brownout
