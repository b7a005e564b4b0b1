#include "support/probes.hpp"

#include <models/nrf52840.hpp>
#include <models/nvmc.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;

class NvmcTest : public testing::Test {
protected:
    NvmcTest()
    {
        nvmc.attach(cells);
        nvmc.power_on_reset();
    }

    void configure(std::uint32_t mode) { core.write(registers, nvmc_register::kConfig, mode); }
    void store(std::uint32_t address, std::uint32_t value) { core.write(flash, address, value); }
    bool ready_when_read_at(Duration time)
    {
        core.now = time - data.register_access_time;
        return core.read(registers, nvmc_register::kReady) == 1;
    }

    NvmcData data = nrf52840::nvmc_data();
    FlashArray cells{Nvmc::geometry(data)};
    Nvmc nvmc{data, 7};
    BusTarget& registers = nvmc.registers();
    BusTarget& flash = nvmc.memory();
    ProbeCore core;
};

TEST_F(NvmcTest, ResetValuesAreThoseOfTheDataSheet)
{
    EXPECT_EQ(core.read(registers, nvmc_register::kReady), 1u);
    EXPECT_EQ(core.read(registers, nvmc_register::kReadyNext), 1u);
    EXPECT_EQ(core.read(registers, nvmc_register::kConfig), 0u);
    EXPECT_EQ(core.read(registers, nvmc_register::kErasePagePartialCfg), 10u);
    EXPECT_EQ(core.read(registers, nvmc_register::kICacheCnf), 0u);
}

TEST_F(NvmcTest, AnAccessCostsTwoCyclesAt64Megahertz)
{
    core.read(registers, nvmc_register::kReady);
    EXPECT_EQ(core.now, picoseconds(31'250));
}

TEST_F(NvmcTest, AWordIsBusyUntilTheEndOfItsWriteTime)
{
    configure(1);
    store(0x1000, 0x12345678);
    const Duration end = core.now + microseconds(41);
    EXPECT_FALSE(ready_when_read_at(end - picoseconds(1)));
    EXPECT_TRUE(ready_when_read_at(end));
    EXPECT_EQ(cells.word_at(0x1000), 0x12345678u);
}

TEST_F(NvmcTest, APageIsBusyUntilTheEndOfItsEraseTime)
{
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0x1000);
    const Duration end = core.now + milliseconds(85);
    EXPECT_FALSE(ready_when_read_at(end - picoseconds(1)));
    EXPECT_TRUE(ready_when_read_at(end));
}

TEST_F(NvmcTest, WritesAreTheAndOfOldAndNew)
{
    configure(1);
    store(0x1000, 0xFFFF00FF);
    store(0x1000, 0x0FF0FFFF);
    EXPECT_EQ(cells.word_at(0x1000), 0x0FF000FFu);
}

TEST_F(NvmcTest, AStoreWithoutWenIsIgnoredAndReported)
{
    for (const std::uint32_t mode : {0u, 2u}) {
        configure(mode);
        store(0x1000, 0);
    }
    EXPECT_EQ(cells.word_at(0x1000), 0xFFFFFFFFu);
    EXPECT_EQ(core.rules.names(), Names(2, "nvmc-write-not-enabled"));
    EXPECT_EQ(core.supply.operations, 0u);
    configure(1);
    store(0x1000, 0);
    EXPECT_EQ(cells.word_at(0x1000), 0u);
    EXPECT_EQ(core.rules.seen.size(), 2u);
}

TEST_F(NvmcTest, AnEraseWithoutEenIsIgnoredAndReported)
{
    cells.poke(0x1000, std::array<std::uint8_t, 1>{0});
    for (const std::uint32_t mode : {0u, 1u}) {
        configure(mode);
        core.write(registers, nvmc_register::kErasePage, 0x1000);
    }
    EXPECT_EQ(cells.byte_at(0x1000), 0);
    EXPECT_EQ(core.rules.names(), Names(2, "nvmc-erase-not-enabled"));
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0x1000);
    EXPECT_EQ(cells.byte_at(0x1000), 0xFF);
    EXPECT_EQ(core.rules.seen.size(), 2u);
}

TEST_F(NvmcTest, AnEraseAddressInsideAPageIsIgnoredAndReported)
{
    cells.poke(0x1000, std::array<std::uint8_t, 1>{0});
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0x1004);
    core.write(registers, nvmc_register::kErasePage, 0x100000);
    EXPECT_EQ(cells.byte_at(0x1000), 0);
    EXPECT_EQ(core.rules.names(), Names(2, "nvmc-erase-address"));
    EXPECT_EQ(core.rules.seen[0].address, 0x1004u);
}

TEST_F(NvmcTest, TheThirdWriteOfAWordBreaksTheRuleAndIsPerformed)
{
    configure(1);
    store(0x1000, 0xFFFFFFF0);
    store(0x1000, 0xFFFFFF00);
    EXPECT_TRUE(core.rules.seen.empty());
    store(0x1000, 0xFFFFF000);
    ASSERT_EQ(core.rules.names(), Names{"nvmc-write-count"});
    EXPECT_EQ(core.rules.seen[0].address, 0x1000u);
    EXPECT_NE(core.rules.seen[0].text.find("0x00001000"), std::string::npos);
    EXPECT_EQ(cells.word_at(0x1000), 0xFFFFF000u);
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0x1000);
    configure(1);
    store(0x1000, 0);
    EXPECT_EQ(core.rules.seen.size(), 1u) << "an erase starts the count again";
}

TEST_F(NvmcTest, OnlyWholeAlignedWordsCanBeStored)
{
    configure(1);
    store(0x1002, 0);
    AccessContext access = core.access();
    flash.write_bytes(0x1000, std::array<std::uint8_t, 2>{}, access);
    EXPECT_EQ(core.rules.names(), Names(2, "nvmc-word-stores-only"));
    EXPECT_TRUE(cells.is_erased(0x1000, 8));
    flash.write_bytes(0x1000, std::array<std::uint8_t, 8>{}, access);
    EXPECT_EQ(core.rules.seen.size(), 2u);
    EXPECT_EQ(cells.word_at(0x1004), 0u);
}

TEST_F(NvmcTest, FlashAccessWhileBusyWaits)
{
    configure(1);
    store(0x1000, 0);
    const Duration end = core.now + microseconds(41);
    EXPECT_EQ(core.read(flash, 0x1000), 0u);
    EXPECT_EQ(core.now, end);
    store(0x1004, 0);
    const Duration second = core.now;
    store(0x1008, 0);
    EXPECT_EQ(core.now, second + microseconds(41));
    std::array<std::uint8_t, 3> bytes{};
    AccessContext access = core.access();
    flash.read_bytes(0x1004, bytes, access);
    EXPECT_EQ(core.now, second + 2 * microseconds(41));
}

TEST_F(NvmcTest, APollJumpsToTheEndAndAnImpossibleOneNeverSettles)
{
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0);
    const Duration end = core.now + milliseconds(85);
    EXPECT_TRUE(core.poll(registers, nvmc_register::kReady, 1, 1));
    EXPECT_EQ(core.now, end + data.register_access_time);
    EXPECT_FALSE(core.poll(registers, nvmc_register::kReady, 1, 0));
    EXPECT_FALSE(core.poll(registers, nvmc_register::kConfig, 3, 1));
}

TEST_F(NvmcTest, AnnouncesAnOperationBeforeItChangesAnything)
{
    core.supply.fails_at = 1;
    configure(1);
    store(0x1000, 0);
    EXPECT_EQ(core.supply.last.kind, OperationKind::kProgramWord);
    EXPECT_EQ(core.supply.last.device, 7u);
    EXPECT_EQ(core.supply.last.duration, microseconds(41));
    store(0x1004, 0);
    EXPECT_TRUE(core.supply.failed);
    EXPECT_EQ(cells.word_at(0x1000), 0u);
    EXPECT_EQ(cells.word_at(0x1004), 0xFFFFFFFFu);
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0x1000);
    EXPECT_EQ(core.supply.last.kind, OperationKind::kEraseSector);
    EXPECT_EQ(core.supply.last.unit_bytes, 4096u);
    EXPECT_EQ(cells.word_at(0x1000), 0u);
}

TEST_F(NvmcTest, EraseAllErasesTheWholeFlash)
{
    cells.poke(0, std::array<std::uint8_t, 1>{0});
    cells.poke(data.flash_size_bytes - 1, std::array<std::uint8_t, 1>{0});
    configure(2);
    core.write(registers, nvmc_register::kEraseAll, 1);
    EXPECT_TRUE(cells.is_erased(0, data.flash_size_bytes));
    EXPECT_EQ(core.supply.last.kind, OperationKind::kEraseChip);
}

TEST_F(NvmcTest, PartialErasesTakeEffectWhenTheirTimeAddsUp)
{
    cells.poke(0x2000, std::array<std::uint8_t, 1>{0});
    configure(2);
    for (int slice = 1; slice <= 8; ++slice) {
        core.write(registers, nvmc_register::kErasePagePartial, 0x2000);
    }
    EXPECT_EQ(cells.byte_at(0x2000), 0) << "80 of 85 ms";
    core.write(registers, nvmc_register::kErasePagePartial, 0x2000);
    EXPECT_EQ(cells.byte_at(0x2000), 0xFF);
    EXPECT_EQ(core.supply.operations, 9u) << "the power may fail before every slice";
}

TEST_F(NvmcTest, PowerOnEndsWhateverRan)
{
    configure(2);
    core.write(registers, nvmc_register::kErasePage, 0);
    nvmc.power_on_reset();
    EXPECT_EQ(core.read(registers, nvmc_register::kReady), 1u);
    EXPECT_EQ(core.read(registers, nvmc_register::kConfig), 0u);
}

TEST_F(NvmcTest, APageOfFourKibibytesTakesAbout42MillisecondsToWrite)
{
    configure(1);
    const std::vector<std::uint8_t> page(4096, 0x55);
    const Duration start = core.now;
    AccessContext access = core.access();
    EXPECT_TRUE(
        flash.write_words(0x1000, page, data.register_base + nvmc_register::kReady, 1, access));
    EXPECT_EQ(core.now - start, 1024 * (microseconds(41) + 2 * data.register_access_time));
    EXPECT_EQ(core.supply.asked, 1u) << "one question for a stretch";
}

}  // namespace
}  // namespace brownout::models
