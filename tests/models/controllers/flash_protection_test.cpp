// Flash that the ACL of the network core, or the SPU of the application core, protects.
#include "support/probes.hpp"

#include <models/acl.hpp>
#include <models/nvmc.hpp>
#include <models/soc.hpp>
#include <models/spu.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace brownout::models {
namespace {

// The network core's controller behind its ACL.
struct AclBench {
    AclBench()
    {
        nvmc.attach(cells);
        nvmc.power_on_reset();
        configure(nvmc_mode::kWen);
    }

    void configure(std::uint32_t mode)
    {
        core.write(nvmc.registers(), nvmc_register::kConfig, mode);
    }
    void set_acl(std::uint32_t entry, std::uint32_t address, std::uint32_t size)
    {
        const std::uint32_t base = NvmcWithAcl::kFirstOffset + 16 * entry;
        core.write(acl, base, address);
        core.write(acl, base + 4, size);
        core.write(acl, base + 8, NvmcWithAcl::kNoWrite);
    }
    void store(std::uint32_t address, std::uint32_t value)
    {
        core.write(flash, address - data.flash_address, value);
    }

    NvmcData data = soc::nrf5340_network.nvmc_with(2);
    FlashArray cells{Nvmc::geometry(data)};
    Nvmc nvmc{data, 0};
    NvmcWithAcl acl{nvmc.registers()};
    ProtectedFlash flash{nvmc.memory(), acl, data.flash_address};
    ProbeCore core;
};

TEST(FlashProtection, AnAclEntryRefusesStoresFromItsFirstByteToItsLast)
{
    AclBench bench;
    const std::uint32_t first = bench.data.flash_address + 0x800;
    bench.set_acl(0, first, 0x1000);
    bench.store(first - 4, 0);
    bench.store(first + 0x1000, 0);
    EXPECT_TRUE(bench.core.rules.seen.empty());
    bench.store(first, 0);
    bench.store(first + 0xFFC, 0);
    EXPECT_EQ(bench.core.rules.names(),
              (std::vector<std::string>{"acl-write-protected", "acl-write-protected"}));
    EXPECT_TRUE(bench.cells.is_erased(0x800, 0x1000));
    EXPECT_FALSE(bench.cells.is_erased(0x7FC, 4));
    EXPECT_FALSE(bench.cells.is_erased(0x1800, 4));
}

TEST(FlashProtection, AProtectedPageCannotBeErasedUntilTheReset)
{
    AclBench bench;
    bench.store(bench.data.flash_address, 0);
    bench.set_acl(1, bench.data.flash_address, 0x800);
    bench.configure(nvmc_mode::kEen);
    bench.store(bench.data.flash_address, 0xFFFFFFFF);
    EXPECT_FALSE(bench.cells.is_erased(0, 4));
    EXPECT_EQ(bench.core.rules.names(), (std::vector<std::string>{"acl-write-protected"}));
    bench.acl.reset();
    bench.store(bench.data.flash_address, 0xFFFFFFFF);
    EXPECT_TRUE(bench.cells.is_erased(0, 4));
}

TEST(FlashProtection, AnAclEntryKeepsWhatItHasOnceItsPermissionIsWritten)
{
    AclBench bench;
    bench.set_acl(0, bench.data.flash_address, 0x800);
    bench.set_acl(0, bench.data.flash_address, 0);
    EXPECT_NE(bench.acl.refuses_store(bench.data.flash_address), nullptr);
}

// A block that begins in front of a protected region is written up to it.
TEST(FlashProtection, ABlockIsWrittenAsFarAsItMayBe)
{
    AclBench bench;
    bench.set_acl(0, bench.data.flash_address + 8, 0x800);
    const std::array<std::uint8_t, 16> words{};
    AccessContext access = bench.core.access();
    EXPECT_FALSE(bench.flash.write_words(0, words, 0, 0, access));  // the caller's word loop does
    EXPECT_TRUE(bench.cells.is_erased(0, 16));
}

TEST(FlashProtection, TheSpuLocksRegionsOfSixteenKibibytes)
{
    ProbeCore core;
    Spu spu(0x2000'0000);
    EXPECT_EQ(spu.refuses_store(0), nullptr);
    core.write(spu, spu_register::kFlashRegionPerm + 4, spu_register::kRead | spu_register::kLock);
    core.write(spu, spu_register::kFlashRegionPerm + 4, spu_register::kWrite);  // locked: too late
    EXPECT_EQ(spu.refuses_store(0x3FFF), nullptr);
    ASSERT_NE(spu.refuses_store(0x4000), nullptr);
    EXPECT_EQ(spu.refuses_store(0x4000)->rule, "spu-write-protected");
    EXPECT_NE(spu.refuses_store(0x7FFF), nullptr);
    EXPECT_EQ(spu.refuses_store(0x8000), nullptr);
    EXPECT_EQ(spu.locked_flash_regions(), 2u);
    spu.reset();
    EXPECT_EQ(spu.locked_flash_regions(), 0u);
    spu.lock_flash_regions(1);
    EXPECT_NE(spu.refuses_store(0), nullptr);
    EXPECT_EQ(spu.refuses_store(0x4000), nullptr);
}

}  // namespace
}  // namespace brownout::models
