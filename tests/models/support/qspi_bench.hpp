// A QSPI with a SPI NOR on its wires, RAM at 0x20000000 and constants in flash at 0x4000.
#pragma once

#include "support/nor_bench.hpp"

#include <models/qspi.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

namespace brownout::models {

using Names = std::vector<std::string>;

// Writes down opcodes and lengths of the phases between edges of CS#: "EB+3x4+3x4+8x4".
class QspiWire final : public WaveObserver {
public:
    std::vector<std::string> seen;
    void chip_select(std::string_view, bool high, Duration) noexcept override
    {
        if (!high) {
            seen.emplace_back();
        }
    }
    void transferred(std::string_view, const SpiTransfer& transfer) noexcept override
    {
        char text[24];
        if (seen.back().empty()) {
            std::snprintf(text, sizeof text, "%02X", transfer.out(0));
        } else {
            std::snprintf(text, sizeof text, "+%ux%u", transfer.byte_count, transfer.lines);
        }
        seen.back() += text;
        ends = transfer.end();
    }
    void busy(std::string_view, Duration, Duration) noexcept override {}
    Duration ends{};
};

inline constexpr std::uint32_t kQspiRam = 0x2000'0000;
inline constexpr std::uint32_t kQspiRodata = 0x0000'4000;

class QspiTest : public testing::Test {
protected:
    explicit QspiTest(const QspiData& data = {}) : qspi_data(data)
    {
        std::iota(ram.begin(), ram.end(), std::uint8_t{0});
        nor.core.bus.add_window({kQspiRam, ram, true, "RAM"});
        nor.core.bus.add_window({kQspiRodata, rodata, false, "flash (.rodata)"});
        qspi.wire().set_wave_observer(&wire);
        set(qspi_register::kIfConfig1, 3u << 28);  // 8 MHz
    }

    void set(std::uint32_t offset, std::uint32_t value) { core.write(registers, offset, value); }
    std::uint32_t get(std::uint32_t offset) { return core.read(registers, offset); }
    bool finishes() { return core.poll(registers, qspi_register::kEventsReady, 1, 1); }
    bool run(std::uint32_t task)
    {
        set(qspi_register::kEventsReady, 0);
        set(task, 1);
        return finishes();
    }
    void activate()
    {
        set(qspi_register::kEnable, 1);
        ASSERT_TRUE(run(qspi_register::kTasksActivate));
        wire.seen.clear();
    }
    bool write(std::uint32_t address, std::uint32_t source, std::uint32_t count)
    {
        set(qspi_register::kWriteDst, address);
        set(qspi_register::kWriteSrc, source);
        set(qspi_register::kWriteCnt, count);
        return run(qspi_register::kTasksWriteStart);
    }
    bool read(std::uint32_t address, std::uint32_t target, std::uint32_t count)
    {
        set(qspi_register::kReadSrc, address);
        set(qspi_register::kReadDst, target);
        set(qspi_register::kReadCnt, count);
        return run(qspi_register::kTasksReadStart);
    }
    bool instruct(std::uint8_t opcode, std::uint32_t length, std::uint32_t flags = 0)
    {
        set(qspi_register::kEventsReady, 0);
        set(qspi_register::kCinstrConf, opcode | length << 8 | flags);
        return finishes();
    }
    void set_quad_enable()
    {
        set(qspi_register::kCinstrDat0, 0x40);
        ASSERT_TRUE(instruct(0x01, 2, qspi_register::kCinstrWren));
        ASSERT_TRUE(instruct(0x05, 2, qspi_register::kCinstrWipWait));
        wire.seen.clear();
    }
    Bytes cells(std::uint32_t address, std::size_t count)
    {
        Bytes bytes(count);
        nor.cells.read(address, bytes);
        return bytes;
    }

    QspiData qspi_data;
    NorBench nor{sample_nor_data()};
    Qspi qspi{qspi_data, nor.part};
    BusTarget& registers = qspi.registers();
    ProbeCore& core = nor.core;
    QspiWire wire;
    std::array<std::uint8_t, 2048> ram{};
    std::array<std::uint8_t, 64> rodata{};
};

}  // namespace brownout::models
