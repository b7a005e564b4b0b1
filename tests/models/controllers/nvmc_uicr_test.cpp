// UICR, non-secure pages, endurance, slices under a failing supply, a clock that is off, and the
// registers that no driver of ours uses.
#include "support/nvmc_bench.hpp"

#include <models/spu.hpp>

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

using UicrNames = std::vector<std::string>;

class UicrOf : public testing::TestWithParam<const Soc*> {
protected:
    std::uint32_t word(std::uint32_t offset) { return bench.core.read(bench.nvmc.uicr(), offset); }
    void store(std::uint32_t offset, std::uint32_t value)
    {
        bench.core.write(bench.nvmc.uicr(), offset, value);
        bench.wait();
    }
    void start(std::uint32_t register_offset)
    {
        bench.configure(nvmc_mode::kEen);
        bench.core.write(bench.nvmc.registers(), register_offset, 1);
        bench.wait();
    }
    const UicrNames broken() { return bench.core.rules.names(); }

    NvmcBench bench{*GetParam()};
};

TEST_P(UicrOf, IsWrittenLikeFlashWithWenAlone)
{
    EXPECT_EQ(bench.data.uicr_address, GetParam()->information.uicr_address);
    store(0x14, 0x12345678);
    EXPECT_EQ(broken(), UicrNames{"nvmc-write-not-enabled"});
    EXPECT_EQ(word(0x14), 0xFFFFFFFFu);
    bench.configure(nvmc_mode::kWen);
    store(0x14, 0xFFFF00FF);
    store(0x14, 0x0FF0FFFF);
    EXPECT_EQ(word(0x14), 0x0FF000FFu);
    EXPECT_EQ(word(0x18), 0xFFFFFFFFu);
    bench.expect_busy_for(bench.data.word_write_time,
                          [&] { bench.core.write(bench.nvmc.uicr(), 0x18, 0); });
    store(0x1A, 0);
    EXPECT_EQ(broken().back(), "nvmc-word-stores-only");
    EXPECT_TRUE(bench.cells.is_erased(0, bench.data.flash_size_bytes));
}

TEST_P(UicrOf, IsErasedByItsOwnRegisterWhereTheChipHasItAndByEraseAll)
{
    bench.configure(nvmc_mode::kWen);
    store(0x14, 0);
    bench.set_bytes(0x1000);
    start(nvmc_register::kEraseUicr);
    EXPECT_EQ(word(0x14), bench.data.has_erase_page ? 0xFFFFFFFFu : 0u);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0u) << "ERASEUICR leaves the flash alone";
    bench.configure(nvmc_mode::kWen);
    store(0x14, 0);
    start(nvmc_register::kEraseAll);
    EXPECT_EQ(word(0x14), 0xFFFFFFFFu);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0xFFFFFFFFu);
    EXPECT_TRUE(bench.part.kept.empty()) << "erased registers are those of a new chip";
    EXPECT_TRUE(broken().empty());
}

TEST_P(UicrOf, IsNeverErasedAsAPage)
{
    bench.configure(nvmc_mode::kWen);
    store(0, 0);
    bench.configure(nvmc_mode::kEen);
    if (bench.data.has_erase_page) {
        bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePage,
                         bench.data.uicr_address);
    } else {
        store(0, 0xFFFFFFFF);
    }
    EXPECT_EQ(broken(), UicrNames{"nvmc-erase-address"});
    EXPECT_EQ(word(0), 0u);
    bench.configure(nvmc_mode::kRen);
    bench.core.write(bench.nvmc.registers(), nvmc_register::kEraseUicr, 1);
    EXPECT_EQ(word(0), 0u);
    EXPECT_EQ(broken().size(), bench.data.has_erase_page ? 2u : 1u);
}

TEST_P(UicrOf, KeepsItsWordsOverAResetAndLosesNothingToAPowerCut)
{
    bench.configure(nvmc_mode::kWen);
    store(0, 0xA5A5A5A5);
    bench.part.lose_power();
    bench.nvmc.power_on_reset();
    EXPECT_EQ(word(0), 0xA5A5A5A5u);
    bench.core.supply.fails_at = bench.core.supply.operations;
    bench.configure(nvmc_mode::kWen);
    bench.core.write(bench.nvmc.uicr(), 4, 0);
    EXPECT_TRUE(bench.core.supply.failed);
    EXPECT_EQ(bench.core.supply.last.kind, OperationKind::kWriteStatus);
    EXPECT_EQ(word(4), 0xFFFFFFFFu);
    start(nvmc_register::kEraseAll);
    EXPECT_EQ(word(0), 0xA5A5A5A5u) << "the power failed before the erase too";
}

INSTANTIATE_TEST_SUITE_P(EverySoc, UicrOf, testing::ValuesIn(all_socs()),
                         [](const testing::TestParamInfo<const Soc*>& test) {
                             return std::string(test.param->name);
                         });

// One 16 KiB region of flash is non-secure.
struct NonSecureBench : NvmcBench {
    static constexpr std::uint32_t kRegion = 0x4000;

    explicit NonSecureBench(const Soc& of) : NvmcBench(of)
    {
        nvmc.set_security(&spu);
        core.write(spu, spu_register::kFlashRegionPerm + 4, spu_register::kRead);
    }
    void configure_non_secure(std::uint32_t mode)
    {
        core.write(nvmc.registers(), nvmc_register::kConfigNs, mode);
    }
    Spu spu{0x20000000};
};

TEST(NvmcConfigNs, StandsForConfigInNonSecurePagesAndNowhereElse)
{
    NonSecureBench bench(soc::nrf5340_application);
    bench.configure(nvmc_mode::kWen);
    bench.store(NonSecureBench::kRegion, 0);
    bench.store(NonSecureBench::kRegion - 4, 0);
    EXPECT_EQ(bench.core.rules.names(), UicrNames{"nvmc-write-not-enabled"});
    EXPECT_NE(bench.core.rules.seen[0].text.find("CONFIGNS"), std::string::npos);
    bench.configure(nvmc_mode::kRen);
    bench.configure_non_secure(nvmc_mode::kWen);
    EXPECT_EQ(bench.read(nvmc_register::kConfigNs), nvmc_mode::kWen);
    bench.store(NonSecureBench::kRegion, 0x11111111);
    bench.store(2 * NonSecureBench::kRegion, 0);
    EXPECT_EQ(bench.core.rules.seen.size(), 2u) << "the region behind it is secure again";
    EXPECT_EQ(bench.cells.word_at(NonSecureBench::kRegion), 0x11111111u);
    EXPECT_EQ(bench.cells.word_at(2 * NonSecureBench::kRegion), 0xFFFFFFFFu);

    bench.configure(nvmc_mode::kEen);
    bench.store(NonSecureBench::kRegion, 0xFFFFFFFF);
    EXPECT_EQ(bench.cells.word_at(NonSecureBench::kRegion), 0x11111111u) << "it is Wen there";
    bench.configure_non_secure(nvmc_mode::kEen);
    bench.store(NonSecureBench::kRegion, 0xFFFFFFFF);
    EXPECT_EQ(bench.cells.word_at(NonSecureBench::kRegion), 0xFFFFFFFFu);
    bench.configure_non_secure(nvmc_mode::kPEen);
    EXPECT_EQ(bench.read(nvmc_register::kConfigNs), 0u) << "it has no PEen";
    bench.nvmc.power_on_reset();
    EXPECT_EQ(bench.read(nvmc_register::kConfigNs), 0u);
}

TEST(NvmcConfigNs, IsNotServedAsABlockWhereSomeWordsWouldBeRefused)
{
    NonSecureBench bench(soc::nrf5340_application);
    const std::vector<std::uint8_t> words(64, 0);
    const std::uint32_t ready = bench.data.register_base + nvmc_register::kReadyNext;
    bench.configure(nvmc_mode::kWen);
    AccessContext access = bench.core.access();
    EXPECT_FALSE(bench.nvmc.memory().write_words(0x3FE0, words, ready, 1, access));
    bench.spu.reset();
    EXPECT_TRUE(bench.nvmc.memory().write_words(0x3FE0, words, ready, 1, access));
}

TEST(NvmcConfigNs, IsNoRegisterOfTheOthersAndEraseAllDoesNotAskIt)
{
    NonSecureBench bench(soc::nrf5340_network);
    bench.configure_non_secure(nvmc_mode::kWen);
    EXPECT_EQ(bench.read(nvmc_register::kConfigNs), 0u);
    bench.configure(nvmc_mode::kWen);
    bench.store(NonSecureBench::kRegion, 0);
    EXPECT_EQ(bench.cells.word_at(NonSecureBench::kRegion), 0u);

    NonSecureBench application(soc::nrf5340_application);
    application.set_bytes(0);
    application.configure_non_secure(nvmc_mode::kEen);
    application.core.write(application.nvmc.registers(), nvmc_register::kEraseAll, 1);
    EXPECT_EQ(application.core.rules.names(), UicrNames{"nvmc-erase-not-enabled"});
    application.configure(nvmc_mode::kEen);
    application.core.write(application.nvmc.registers(), nvmc_register::kEraseAll, 1);
    EXPECT_EQ(application.cells.word_at(0), 0xFFFFFFFFu);
}

TEST(NvmcEndurance, IsReportedWithTheFirstErasePastIt)
{
    NvmcBench bench(soc::nrf52840);
    NvmcData data = bench.data;
    data.erase_cycles_max = 3;
    Nvmc nvmc(data, 0);
    nvmc.attach(bench.cells);
    nvmc.power_on_reset();
    bench.core.write(nvmc.registers(), nvmc_register::kConfig, nvmc_mode::kEen);
    const auto erase = [&](std::uint32_t page) {
        bench.core.write(nvmc.registers(), nvmc_register::kErasePage, page);
    };
    for (int i = 0; i < 3; ++i) {
        erase(0x1000);
    }
    erase(0x2000);
    EXPECT_TRUE(bench.core.rules.seen.empty());
    erase(0x1000);
    EXPECT_EQ(bench.core.rules.names(), UicrNames{"nvmc-endurance"});
    EXPECT_EQ(bench.core.rules.seen[0].address, 0x1000u);
    EXPECT_EQ(bench.cells.erase_count(0x1000), 4u) << "it is performed";
}

TEST(NvmcSlices, ThatThePowerCutsShortDoNotCount)
{
    NvmcBench bench(soc::nrf52840);
    bench.set_bytes(0x1000);
    bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePagePartialCfg, 50);
    bench.core.supply.fails_at = 1;
    bench.erase_slice(0x1000);
    bench.erase_slice(0x1000);
    EXPECT_TRUE(bench.core.supply.failed);
    EXPECT_EQ(bench.core.supply.last.kind, OperationKind::kEraseSector);
    EXPECT_EQ(bench.core.supply.last.duration, milliseconds(50));
    EXPECT_EQ(bench.cells.word_at(0x1000), 0u) << "100 ms would have been enough";
}

TEST(NvmcClock, ThatIsOffStretchesEveryTimeThatIsMadeFromIt)
{
    const NvmcData nominal = soc::nrf52840.nvmc_with(2);
    EXPECT_EQ(at_clock(nominal, 64'000'000).page_erase_time, nominal.page_erase_time);
    const NvmcData slow = at_clock(nominal, 58'880'000);  // 8 % slow
    EXPECT_EQ(slow.word_write_time.count(), nominal.word_write_time.count() * 100 / 92);
    EXPECT_EQ(slow.all_erase_time.count(), nominal.all_erase_time.count() * 100 / 92);
    EXPECT_LT(at_clock(nominal, 69'120'000).page_erase_time, nominal.page_erase_time);

    // As many slices are needed as ever: their time stretches too.
    NvmcBench bench(soc::nrf52840);
    Nvmc nvmc(slow, 0);
    nvmc.attach(bench.cells);
    nvmc.power_on_reset();
    bench.set_bytes(0x1000);
    bench.core.write(nvmc.registers(), nvmc_register::kConfig, nvmc_mode::kEen);
    for (int slice = 1; slice <= 9; ++slice) {
        EXPECT_EQ(bench.cells.word_at(0x1000), 0u) << slice;
        bench.core.write(nvmc.registers(), nvmc_register::kErasePagePartial, 0x1000);
    }
    EXPECT_EQ(bench.cells.word_at(0x1000), 0xFFFFFFFFu);
}

TEST(NvmcOfNrf52840, ReadsReadyNextAsReadyAndTakesNoWordAhead)
{
    NvmcBench bench(soc::nrf52840);
    bench.configure(nvmc_mode::kWen);
    bench.store(0, 0);
    const Duration start = bench.core.now;
    EXPECT_EQ(bench.read(nvmc_register::kReadyNext), 0u);
    bench.store(4, 0);
    EXPECT_EQ(bench.core.supply.last.start, start + bench.data.word_write_time);
    EXPECT_GE(bench.core.now, start + bench.data.word_write_time) << "the store waited";
}

TEST(NvmcOfNrf52832, HasTheOldNameOfErasePageAndNeitherReadyNextNorPartialErase)
{
    NvmcBench bench(soc::nrf52832);
    bench.set_bytes(0x1000);
    bench.configure(nvmc_mode::kEen);
    bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePagePartial, 0x1000);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0u);
    EXPECT_EQ(bench.read(nvmc_register::kReadyNext), 0u);
    EXPECT_EQ(bench.read(nvmc_register::kErasePagePartialCfg), 0u);
    bench.core.write(bench.nvmc.registers(), nvmc_register::kErasePcr0, 0x1000);
    EXPECT_EQ(bench.cells.word_at(0x1000), 0xFFFFFFFFu);

    NvmcBench newer(soc::nrf52840);
    newer.set_bytes(0x1000);
    newer.configure(nvmc_mode::kEen);
    newer.core.write(newer.nvmc.registers(), nvmc_register::kErasePcr0, 0x1000);
    EXPECT_EQ(newer.cells.word_at(0x1000), 0u) << "dropped from this chip";
}

}  // namespace
}  // namespace brownout::models
