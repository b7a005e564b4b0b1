// What differs between the NVMCs of the SoCs: times at both sides of each edge, how an erase
// starts, limits of writes, the buffered word, the power-fail comparator.
#include "support/nvmc_bench.hpp"

#include <models/power_fail.hpp>

#include <vector>

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;

// The figures of devices.md 1.4, written out again.
struct NvmcTimes {
    const Soc* soc;
    Duration word;
    Duration page;
    Duration all;
    std::int64_t slices_of_1_ms;  // 0: no partial erase
};

class NvmcOf : public testing::TestWithParam<NvmcTimes> {};

TEST_P(NvmcOf, IsBusyForTheTimesOfItsDataSheet)
{
    NvmcBench bench(*GetParam().soc);
    bench.configure(nvmc_mode::kWen);
    bench.expect_busy_for(GetParam().word, [&] { bench.store(0x1000, 0x12345678); });
    EXPECT_EQ(bench.cells.word_at(0x1000), 0x12345678u);
    bench.expect_busy_for(GetParam().page, [&] { bench.erase_page(0x1000); });
    EXPECT_TRUE(bench.cells.is_erased(0x1000, bench.data.page_bytes));
    bench.set_bytes(0);
    bench.expect_busy_for(GetParam().all, [&] {
        bench.core.write(bench.nvmc.registers(), nvmc_register::kEraseAll, 1);
    });
    EXPECT_TRUE(bench.cells.is_erased(0, bench.data.flash_size_bytes));
    EXPECT_TRUE(bench.core.rules.seen.empty());
}

TEST_P(NvmcOf, EraseAllNeedsEen)
{
    NvmcBench bench(*GetParam().soc);
    bench.set_bytes(0);
    for (const std::uint32_t mode : {nvmc_mode::kRen, nvmc_mode::kWen}) {
        bench.configure(mode);
        bench.core.write(bench.nvmc.registers(), nvmc_register::kEraseAll, 1);
    }
    EXPECT_EQ(bench.core.rules.names(), Names(2, "nvmc-erase-not-enabled"));
    EXPECT_EQ(bench.cells.word_at(0), 0u);
}

TEST_P(NvmcOf, ErasesInSlicesThatAddUp)
{
    NvmcBench bench(*GetParam().soc);
    if (GetParam().slices_of_1_ms == 0) {
        EXPECT_FALSE(bench.data.has_partial_erase);
        return;
    }
    bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePagePartialCfg, 1);
    bench.set_bytes(0x1000);
    for (std::int64_t slice = 1; slice < GetParam().slices_of_1_ms; ++slice) {
        const Duration before = bench.core.now;
        bench.erase_slice(0x1000);
        bench.core.poll(bench.nvmc.registers(), nvmc_register::kReady, 1, 1);
        ASSERT_GE(bench.core.now - before, milliseconds(1));
    }
    EXPECT_EQ(bench.cells.word_at(0x1000), 0u) << "one slice is missing";
    bench.configure(nvmc_mode::kWen);
    EXPECT_TRUE(bench.core.rules.seen.empty());
    bench.store(0x1004, 0);
    EXPECT_EQ(bench.core.rules.names(), Names{"nvmc-partly-erased-page"});
    bench.erase_slice(0x1000);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0xFFFFFFFFu);
    bench.core.poll(bench.nvmc.registers(), nvmc_register::kReady, 1, 1);
    bench.configure(nvmc_mode::kWen);
    bench.store(0x1004, 0);
    EXPECT_EQ(bench.core.rules.seen.size(), 1u);
}

TEST_P(NvmcOf, NeedsTheRightModeForASlice)
{
    NvmcBench bench(*GetParam().soc);
    bench.set_bytes(0x1000);
    bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePagePartialCfg, 127);
    bench.configure(nvmc_mode::kRen);
    if (bench.data.has_erase_page) {
        bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePagePartial, 0x1000);
        const bool has_register = bench.data.has_partial_erase;
        EXPECT_EQ(bench.core.rules.seen.size(), has_register ? 1u : 0u);
    } else {
        bench.store(0x1000, 0xFFFFFFFF);
        EXPECT_EQ(bench.core.rules.names(), Names{"nvmc-write-not-enabled"});
    }
    EXPECT_EQ(bench.cells.word_at(0x1000), 0u);
}

INSTANTIATE_TEST_SUITE_P(EverySoc, NvmcOf,
                         testing::Values(NvmcTimes{&soc::nrf52832, microseconds(338),
                                                   microseconds(89'700), microseconds(295'300), 0},
                                         NvmcTimes{&soc::nrf52833, microseconds(42),
                                                   microseconds(87'500), milliseconds(173), 87},
                                         NvmcTimes{&soc::nrf52840, microseconds(41),
                                                   milliseconds(85), milliseconds(169), 85},
                                         NvmcTimes{&soc::nrf5340_application, microseconds(43),
                                                   microseconds(87'500), milliseconds(173), 87},
                                         NvmcTimes{&soc::nrf5340_network, microseconds(43),
                                                   microseconds(87'500), milliseconds(173), 87}),
                         [](const testing::TestParamInfo<NvmcTimes>& test) {
                             return std::string(test.param.soc->name);
                         });

TEST(NvmcOfNrf5340, HasNoErasePageRegister)
{
    NvmcBench bench(soc::nrf5340_application);
    bench.set_bytes(0x1000);
    bench.configure(nvmc_mode::kEen);
    bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePage, 0x1000);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0u);
    bench.store(0x1000, 0xFFFFFFFF);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0xFFFFFFFFu);
}

TEST(NvmcOfNrf5340, ErasesOnlyWithAllOnesToTheFirstWordOfAPage)
{
    NvmcBench bench(soc::nrf5340_network);
    bench.set_bytes(0x800);
    bench.configure(nvmc_mode::kEen);
    bench.store(0x800, 0xFFFFFFFE);
    bench.store(0x804, 0xFFFFFFFF);
    EXPECT_EQ(bench.core.rules.names(), (Names{"nvmc-erase-value", "nvmc-erase-address"}));
    EXPECT_EQ(bench.core.rules.seen[1].address, 0x0100'0804u);
    EXPECT_EQ(bench.cells.word_at(0x800), 0u);
    bench.store(0x800, 0xFFFFFFFF);
    EXPECT_EQ(bench.cells.word_at(0x800), 0xFFFFFFFFu);
    EXPECT_EQ(bench.core.supply.last.unit_bytes, 2048u);
}

TEST(NvmcOfNrf5340, TakesAWordAheadAndNoMore)
{
    NvmcBench bench(soc::nrf5340_application);
    const Duration word = bench.data.word_write_time;
    bench.configure(nvmc_mode::kWen);
    bench.store(0, 0);
    const Duration start = bench.core.now;
    EXPECT_EQ(bench.core.read(bench.nvmc.registers(), nvmc_register::kReadyNext), 1u);
    bench.store(4, 0);
    EXPECT_LT(bench.core.now, start + word) << "the second word did not wait";
    EXPECT_EQ(bench.core.supply.last.start, start + word);
    bench.core.now = start + word - bench.data.register_access_time - picoseconds(1);
    EXPECT_EQ(bench.core.read(bench.nvmc.registers(), nvmc_register::kReadyNext), 0u);
    bench.core.now = start + word - bench.data.register_access_time;
    EXPECT_EQ(bench.core.read(bench.nvmc.registers(), nvmc_register::kReadyNext), 1u);
    bench.store(8, 0);
    bench.store(12, 0);
    EXPECT_EQ(bench.core.now, start + 2 * word) << "the fourth waited for the third to begin";
    bench.erase_page(0x1000);
    EXPECT_EQ(bench.core.supply.last.start, start + 4 * word) << "an erase waits for them all";
    bench.configure(nvmc_mode::kWen);
    bench.store(16, 0);
    EXPECT_EQ(bench.core.supply.last.start, start + 4 * word + bench.data.page_erase_time);
}

TEST(NvmcOfNrf52832, Takes181WordsIntoABlockAndReportsThe182nd)
{
    NvmcBench bench(soc::nrf52832);
    bench.configure(nvmc_mode::kWen);
    for (std::uint32_t write = 0; write < 181; ++write) {
        bench.store(0x1200 + 4 * (write % 128), 0);
    }
    EXPECT_TRUE(bench.core.rules.seen.empty());
    bench.store(0x1400, 0);
    bench.store(0x11FC, 0);
    EXPECT_TRUE(bench.core.rules.seen.empty()) << "neighbours have counts of their own";
    bench.store(0x1204, 0);
    ASSERT_EQ(bench.core.rules.names(), Names{"nvmc-block-write-count"});
    EXPECT_EQ(bench.core.rules.seen[0].address, 0x1204u);
    bench.erase_page(0x1000);
    bench.configure(nvmc_mode::kWen);
    for (std::uint32_t write = 0; write < 181; ++write) {
        bench.store(0x1200, 0);
    }
    EXPECT_EQ(bench.core.rules.seen.size(), 1u) << "an erase starts the count again";
    bench.store(0x1200, 0);
    EXPECT_EQ(bench.core.rules.seen.size(), 2u);
}

TEST(NvmcSupply, BelowThePofThresholdNothingStarts)
{
    NvmcBench bench(soc::nrf52833);
    PowerFailComparator comparator;
    bench.nvmc.watch(&comparator);
    comparator.pofcon = PowerFailComparator::pofcon_for(2700);
    comparator.supply_millivolts = 2700;
    bench.configure(nvmc_mode::kWen);
    bench.store(0, 0);
    EXPECT_EQ(bench.cells.word_at(0), 0u) << "at the threshold the supply is good";
    comparator.supply_millivolts = 2699;
    bench.store(4, 0);
    bench.store(8, 0);
    bench.erase_page(0);
    EXPECT_EQ(bench.cells.word_at(0), 0u);
    EXPECT_EQ(bench.cells.word_at(4), 0xFFFFFFFFu);
    EXPECT_EQ(bench.core.rules.names(), Names{"nvmc-power-warning"}) << "said once a run";
    EXPECT_LT(bench.core.now, kNever);
    comparator.pofcon = 0;
    bench.configure(nvmc_mode::kWen);
    bench.store(4, 0);
    EXPECT_EQ(bench.cells.word_at(4), 0u) << "without the comparator nobody looks";
}

TEST(NvmcSupply, Anomaly242HangsTheCpuWhereTheChipHasIt)
{
    for (const bool has_anomaly : {true, false}) {
        NvmcBench bench(soc::nrf52840);
        NvmcData data = bench.data;
        data.has_anomaly_242 = has_anomaly;
        Nvmc nvmc(data, 0);
        nvmc.attach(bench.cells);
        nvmc.power_on_reset();
        PowerFailComparator comparator;
        comparator.pofcon = PowerFailComparator::pofcon_for(2800);
        comparator.supply_millivolts = 2700;
        nvmc.watch(&comparator);
        bench.core.write(nvmc.registers(), nvmc_register::kConfig, nvmc_mode::kWen);
        bench.core.write(nvmc.memory(), 0, 0);
        EXPECT_EQ(bench.core.now >= kNever, has_anomaly);
        EXPECT_EQ(bench.cells.word_at(0), 0xFFFFFFFFu);
    }
}

}  // namespace
}  // namespace brownout::models
