#include "support/probes.hpp"

#include <models/soc.hpp>
#include <models/soc_registers.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace brownout::models {
namespace {

// Reads and writes registers by address, through a bus.
struct SocBench {
    explicit SocBench(const Soc& soc) : registers(soc, picoseconds(31'250))
    {
        registers.map(core.bus);
        registers.reset(ResetKind::kPowerOn);
    }
    std::uint32_t read(std::uint32_t address)
    {
        const BusRange* range = core.bus.find(address);
        return range == nullptr ? 0xBAD0BAD0 : core.read(*range->target, address - range->address);
    }
    void write(std::uint32_t address, std::uint32_t value)
    {
        const BusRange* range = core.bus.find(address);
        ASSERT_NE(range, nullptr);
        core.write(*range->target, address - range->address, value);
    }

    ProbeCore core;
    SocRegisters registers;
};

TEST(Soc, IsFoundByName)
{
    for (const Soc* soc : all_socs()) {
        EXPECT_EQ(find_soc(soc->name), soc);
        EXPECT_GT(soc->cpu_hz, 0u);
    }
    EXPECT_EQ(find_soc("nrf52841"), nullptr);
}

TEST(Soc, RamBlocksAreThoseOfTheMemoryHeaders)
{
    EXPECT_EQ(soc::nrf52840.ram_block(0x20000000), 0);
    EXPECT_EQ(soc::nrf52840.ram_block(0x20001FFF), 0);
    EXPECT_EQ(soc::nrf52840.ram_block(0x20002000), 1);
    EXPECT_EQ(soc::nrf52840.ram_block(0x2000FFFF), 7);
    EXPECT_EQ(soc::nrf52840.ram_block(0x20010000), 8);
    EXPECT_EQ(soc::nrf52840.ram_block(0x2003FFFF), 8);
    EXPECT_EQ(soc::nrf52840.ram_block(0x20040000), -1);
    EXPECT_EQ(soc::nrf52840.ram_block(0x1FFFFFFF), -1);
    EXPECT_EQ(soc::nrf52832.ram_block(0x20010000), -1);
    EXPECT_EQ(soc::nrf5340_application.ram_block(0x2007FFFF), 7);
    EXPECT_EQ(soc::nrf5340_network.ram_block(0x21004000), 1);
    EXPECT_EQ(soc::nrf5340_network.ram_block(0x20000000), -1);
}

TEST(Soc, RamBlocksCoverTheRam)
{
    for (const Soc* soc : all_socs()) {
        EXPECT_GE(soc->ram_block(soc->ram_address), 0) << soc->name;
        EXPECT_GE(soc->ram_block(soc->ram_address + soc->ram_size_bytes - 1), 0) << soc->name;
        EXPECT_EQ(soc->ram_block(soc->ram_address + soc->ram_size_bytes), -1) << soc->name;
    }
}

TEST(SocRegisters, FicrTellsWhatTheChipIs)
{
    for (const Soc* soc : all_socs()) {
        SocBench bench(*soc);
        const InformationRegisters& at = soc->information;
        EXPECT_EQ(bench.read(at.ficr_address + at.info_offset), at.part) << soc->name;
        EXPECT_EQ(bench.read(at.ficr_address + at.info_offset + 16),
                  soc->nvmc.flash_size_bytes / 1024);
        EXPECT_EQ(bench.read(at.ficr_address + at.page_size_offset) *
                      bench.read(at.ficr_address + at.page_size_offset + 4),
                  soc->nvmc.flash_size_bytes);
        EXPECT_EQ(bench.read(at.uicr_address), 0xFFFFFFFFu);
        bench.write(at.uicr_address, 0);
        EXPECT_EQ(bench.core.rules.names(), std::vector<std::string>{"information-read-only"});
        EXPECT_EQ(bench.read(at.uicr_address), 0xFFFFFFFFu);
    }
}

TEST(SocRegisters, ResetReasonIsClearedByOnes)
{
    SocBench bench(soc::nrf52840);
    EXPECT_EQ(bench.read(0x40000400), 0u) << "power-on has no reason";
    bench.registers.reset(ResetKind::kSystemReset);
    EXPECT_EQ(bench.read(0x40000400), 4u);
    bench.write(0x40000400, 1);
    EXPECT_EQ(bench.read(0x40000400), 4u);
    bench.write(0x40000400, 4);
    EXPECT_EQ(bench.read(0x40000400), 0u);
}

TEST(SocRegisters, TheNetworkCoreIsHeldUntilItIsReleased)
{
    SocBench bench(soc::nrf5340_application);
    EXPECT_TRUE(bench.registers.holds_network_core());
    EXPECT_EQ(bench.read(0x50005614), 1u);
    bench.write(0x50005614, 0);
    EXPECT_FALSE(bench.registers.holds_network_core());
    bench.registers.reset(ResetKind::kSystemReset);
    EXPECT_TRUE(bench.registers.holds_network_core());
}

TEST(SocRegisters, PofconIsWhereEachChipHasIt)
{
    const struct {
        const Soc* soc;
        std::uint32_t address;
    } chips[] = {{&soc::nrf52832, 0x40000510}, {&soc::nrf5340_application, 0x50004510}};
    for (const auto& chip : chips) {
        SocBench bench(*chip.soc);
        bench.registers.comparator().supply_millivolts = 1999;
        bench.write(chip.address, PowerFailComparator::pofcon_for(1900));
        EXPECT_FALSE(bench.registers.comparator().warns());
        EXPECT_EQ(bench.read(chip.soc->power_address + soc_register::kEventsPofWarn), 0u);
        bench.write(chip.address, PowerFailComparator::pofcon_for(2000));
        EXPECT_TRUE(bench.registers.comparator().warns());
        EXPECT_EQ(bench.read(chip.soc->power_address + soc_register::kEventsPofWarn), 1u);
        EXPECT_EQ(bench.read(chip.address), PowerFailComparator::pofcon_for(2000));
    }
    EXPECT_EQ(PowerFailComparator{.pofcon = PowerFailComparator::pofcon_for(2800)}.pofcon, 0x1Fu);
}

}  // namespace
}  // namespace brownout::models
