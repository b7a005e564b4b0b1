#include "support/probes.hpp"

#include <models/plain_flash.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;

constexpr std::uint32_t kRamAddress = 0x20000000;
constexpr std::uint32_t kConstantsAddress = 0x00010000;

PlainFlashData small_flash()
{
    PlainFlashData data;
    data.name = "ext";
    data.sectors = {{1024, 4}, {4096, 3}};
    data.write_unit_bytes = 8;
    data.program_unit_time = microseconds(10);
    data.erase_sector_time = milliseconds(3);
    return data;
}

struct Bench {
    explicit Bench(const PlainFlashData& of)
        : data(of), cells(PlainFlash::geometry(of)), flash(of, 2)
    {
        flash.attach(cells);
        flash.power_on_reset();
        for (std::size_t i = 0; i < ram.size(); ++i) {
            ram[i] = static_cast<std::uint8_t>(i * 7);
        }
        core.bus.add_window({kRamAddress, ram, true, "RAM"});
        core.bus.add_window({kConstantsAddress, constants, false, "flash (.rodata) of app"});
    }

    void start(std::uint32_t command, std::uint32_t dst, std::uint32_t src = kRamAddress,
               std::uint32_t len = 0)
    {
        core.write(flash.registers(), plain_register::kSrc, src);
        core.write(flash.registers(), plain_register::kDst, dst);
        core.write(flash.registers(), plain_register::kLen, len);
        core.write(flash.registers(), plain_register::kCmd, command);
    }
    std::uint32_t finish()
    {
        core.poll(flash.registers(), plain_register::kStatus, plain_register::kStatusBusy, 0);
        return core.read(flash.registers(), plain_register::kStatus);
    }
    std::uint32_t program(std::uint32_t dst, std::uint32_t src, std::uint32_t len)
    {
        start(plain_register::kCmdProgram, dst, src, len);
        return finish();
    }
    std::uint32_t erase(std::uint32_t dst)
    {
        start(plain_register::kCmdEraseSector, dst);
        return finish();
    }

    PlainFlashData data;
    FlashArray cells;
    PlainFlash flash;
    std::array<std::uint8_t, 64> ram{};
    std::array<std::uint8_t, 16> constants{};
    ProbeCore core;
};

TEST(PlainFlash, ProgramsFromRamAndFromConstants)
{
    Bench bench(small_flash());
    EXPECT_EQ(bench.program(0x400, kRamAddress + 1, 16), 0u);
    EXPECT_EQ(bench.program(0x410, kConstantsAddress, 16), 0u);
    std::array<std::uint8_t, 32> read{};
    AccessContext access = bench.core.access();
    bench.flash.memory().read_bytes(0x400, read, access);
    EXPECT_TRUE(std::equal(read.begin(), read.begin() + 16, bench.ram.begin() + 1));
    EXPECT_EQ(read[16], 0);
    EXPECT_TRUE(bench.core.rules.seen.empty());
    EXPECT_EQ(bench.core.supply.operations, 4u) << "an operation per write unit";
}

TEST(PlainFlash, IsBusyForTheTimeOfAllItsUnits)
{
    Bench bench(small_flash());
    bench.start(plain_register::kCmdProgram, 0, kRamAddress, 32);
    const Duration end = bench.core.now + 4 * microseconds(10);
    bench.core.now = end - picoseconds(1) - bench.data.register_access_time;
    EXPECT_EQ(bench.core.read(bench.flash.registers(), plain_register::kStatus), 1u);
    bench.core.now = end - bench.data.register_access_time;
    EXPECT_EQ(bench.core.read(bench.flash.registers(), plain_register::kStatus), 0u);
}

TEST(PlainFlash, AReadOfItsMemoryWaitsUntilTheCommandEnds)
{
    Bench bench(small_flash());
    bench.start(plain_register::kCmdEraseSector, 0);
    const Duration end = bench.core.now + milliseconds(3);
    EXPECT_EQ(bench.core.read(bench.flash.memory(), 0), 0xFFFFFFFFu);
    EXPECT_EQ(bench.core.now, end);
}

TEST(PlainFlash, ErasesTheSectorThatStartsThere)
{
    Bench bench(small_flash());
    bench.cells.poke(0, std::vector<std::uint8_t>(16384, 0));
    EXPECT_EQ(bench.erase(0xC00), 0u);
    EXPECT_FALSE(bench.cells.is_erased(0xBFF, 1));
    EXPECT_TRUE(bench.cells.is_erased(0xC00, 0x400));
    EXPECT_FALSE(bench.cells.is_erased(0x1000, 1));
    EXPECT_EQ(bench.erase(0x3000), 0u);
    EXPECT_TRUE(bench.cells.is_erased(0x3000, 0x1000));
    EXPECT_FALSE(bench.cells.is_erased(0x2FFF, 1));
    EXPECT_EQ(bench.cells.erase_count(0xC00), 1u);
    EXPECT_EQ(bench.cells.erase_count(0xBFF), 0u);
}

TEST(PlainFlash, RefusesWhatItsDataSheetForbids)
{
    Bench bench(small_flash());
    EXPECT_EQ(bench.erase(0x404), plain_register::kStatusError);
    EXPECT_EQ(bench.erase(0x4000), plain_register::kStatusError);
    EXPECT_EQ(bench.program(4, kRamAddress, 8), plain_register::kStatusError);
    EXPECT_EQ(bench.program(8, kRamAddress, 12), plain_register::kStatusError);
    EXPECT_EQ(bench.program(0x3FF8, kRamAddress, 16), plain_register::kStatusError);
    EXPECT_EQ(bench.program(0, kRamAddress + 60, 8), plain_register::kStatusError);
    bench.start(9, 0);
    EXPECT_EQ(bench.finish(), plain_register::kStatusError);
    EXPECT_EQ(
        bench.core.rules.names(),
        (Names{"plain-flash-sector", "plain-flash-sector", "plain-flash-unit", "plain-flash-unit",
               "plain-flash-range", "plain-flash-source", "plain-flash-command"}));
    EXPECT_TRUE(bench.cells.is_erased(0, 16384));
    EXPECT_EQ(bench.core.supply.operations, 0u);
    EXPECT_EQ(bench.program(0x3FF8, kRamAddress + 56, 8), 0u) << "ERROR is of the last command";
}

TEST(PlainFlash, ReadsRamOnlyWhenToldTo)
{
    PlainFlashData data = small_flash();
    data.ram_only = true;
    Bench bench(data);
    EXPECT_EQ(bench.program(0, kConstantsAddress, 16), plain_register::kStatusError);
    ASSERT_EQ(bench.core.rules.names(), Names{"easydma-ram-only"});
    EXPECT_EQ(bench.core.rules.seen[0].address, kConstantsAddress);
    EXPECT_NE(bench.core.rules.seen[0].text.find(".rodata"), std::string::npos);
    EXPECT_TRUE(bench.cells.is_erased(0, 16));
    EXPECT_EQ(bench.program(0, kRamAddress, 16), 0u);
}

TEST(PlainFlash, IgnoresACommandWhileBusy)
{
    Bench bench(small_flash());
    bench.start(plain_register::kCmdEraseSector, 0);
    bench.start(plain_register::kCmdProgram, 0, kRamAddress, 8);
    EXPECT_EQ(bench.core.rules.names(), Names{"plain-flash-busy"});
    EXPECT_EQ(bench.finish(), 0u);
    EXPECT_TRUE(bench.cells.is_erased(0, 8));
}

TEST(PlainFlash, TakesACommandAtTheEndOfTheLastAndNotBefore)
{
    for (const std::int64_t early_ps : {1, 0}) {
        Bench bench(small_flash());
        bench.start(plain_register::kCmdEraseSector, 0);
        bench.core.now += milliseconds(3) - bench.data.register_access_time - picoseconds(early_ps);
        bench.core.write(bench.flash.registers(), plain_register::kCmd,
                         plain_register::kCmdEraseSector);
        EXPECT_EQ(bench.core.supply.operations, early_ps == 0 ? 2u : 1u);
    }
}

TEST(PlainFlash, OverwritesAndRefusesErasesWithoutErase)
{
    PlainFlashData data = small_flash();
    data.needs_erase = false;
    Bench bench(data);
    EXPECT_EQ(bench.program(0, kConstantsAddress, 8), 0u);
    EXPECT_EQ(bench.program(0, kRamAddress + 1, 8), 0u);
    EXPECT_EQ(bench.cells.byte_at(0), 7);
    EXPECT_EQ(bench.erase(0), plain_register::kStatusError);
    EXPECT_EQ(bench.core.rules.names(), Names{"plain-flash-no-erase"});
}

TEST(PlainFlash, ReportsUnitsWrittenTooOften)
{
    PlainFlashData data = small_flash();
    data.writes_per_unit_max = 1;
    Bench bench(data);
    EXPECT_EQ(bench.program(8, kRamAddress, 8), 0u);
    EXPECT_TRUE(bench.core.rules.seen.empty());
    EXPECT_EQ(bench.program(0, kRamAddress, 24), 0u);
    ASSERT_EQ(bench.core.rules.names(), Names{"plain-flash-write-count"});
    EXPECT_EQ(bench.core.rules.seen[0].address, 8u);
}

TEST(PlainFlash, ACutLeavesTheUnitsBeforeIt)
{
    for (std::uint32_t cut = 0; cut <= 4; ++cut) {
        for (const std::uint32_t stretch_max : {1u, 3u, 100u}) {
            Bench bench(small_flash());
            bench.core.supply.fails_at = cut;
            bench.core.supply.stretch_max = stretch_max;
            bench.start(plain_register::kCmdProgram, 0x100, kRamAddress + 8, 32);
            EXPECT_EQ(bench.core.supply.failed, cut < 4);
            EXPECT_TRUE(bench.cells.is_erased(0x100 + 8 * cut, 64));
            for (std::uint32_t i = 0; i < 8 * cut; ++i) {
                EXPECT_EQ(bench.cells.byte_at(0x100 + i), bench.ram[8 + i]);
            }
            if (cut < 4) {
                EXPECT_EQ(bench.core.supply.failed_at, bench.core.now + cut * microseconds(10));
            }
        }
    }
}

TEST(PlainFlash, TakesAnyUnitErasedValueAndNoTime)
{
    PlainFlashData data;
    data.sectors = {{131072, 72}};
    data.write_unit_bytes = 1;
    data.erased_value = 0x00;
    Bench bench(data);
    EXPECT_EQ(bench.cells.geometry().size_bytes, 9u << 20);
    EXPECT_EQ(bench.program(0x8FFFFF, kRamAddress + 3, 1), 0u);
    EXPECT_EQ(bench.cells.byte_at(0x8FFFFF), 21);
    EXPECT_EQ(bench.erase(0x8E0000), 0u);
    EXPECT_EQ(bench.cells.byte_at(0x8FFFFF), 0);
}

TEST(PlainFlash, RefusesStoresToItsMemory)
{
    Bench bench(small_flash());
    bench.core.write(bench.flash.memory(), 0, 0);
    EXPECT_EQ(bench.core.rules.names(), Names{"plain-flash-read-only"});
    EXPECT_TRUE(bench.cells.is_erased(0, 4));
}

}  // namespace
}  // namespace brownout::models
