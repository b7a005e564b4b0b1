// An NVMC of a SoC with its flash, its UICR and a core that uses it.
#pragma once

#include "support/probes.hpp"

#include <models/nvmc.hpp>
#include <models/part_state.hpp>
#include <models/soc.hpp>

#include <array>

namespace brownout::models {

struct NvmcBench {
    explicit NvmcBench(const Soc& of) : data(of.nvmc_with(2)), cells(Nvmc::geometry(data))
    {
        nvmc.attach(cells);
        nvmc.attach_uicr(part);
        nvmc.power_on_reset();
    }

    void configure(std::uint32_t mode)
    {
        core.write(nvmc.registers(), nvmc_register::kConfig, mode);
    }
    void store(std::uint32_t offset, std::uint32_t value)
    {
        core.write(nvmc.memory(), offset, value);
    }
    void erase_page(std::uint32_t offset)
    {
        configure(nvmc_mode::kEen);
        if (data.has_erase_page) {
            core.write(nvmc.registers(), nvmc_register::kErasePage, data.flash_address + offset);
        } else {
            store(offset, 0xFFFFFFFF);
        }
    }
    void erase_slice(std::uint32_t offset)
    {
        if (data.has_erase_page) {
            configure(nvmc_mode::kEen);
            core.write(nvmc.registers(), nvmc_register::kErasePagePartial,
                       data.flash_address + offset);
        } else {
            configure(nvmc_mode::kPEen);
            store(offset, 0xFFFFFFFF);
        }
    }
    std::uint32_t read(std::uint32_t register_offset)
    {
        return core.read(nvmc.registers(), register_offset);
    }
    void wait() { core.poll(nvmc.registers(), nvmc_register::kReady, 1, 1); }
    void set_bytes(std::uint32_t offset) { cells.poke(offset, std::array<std::uint8_t, 4>{}); }
    // When what `act` starts, starts; it lasts until `duration` later, to the picosecond.
    template <class Act>
    void expect_busy_for(Duration duration, Act act)
    {
        act();
        const Duration start = core.supply.last.start;
        if (data.halts_cpu) {
            EXPECT_EQ(core.now, start + duration) << "the CPU is halted until the end";
            return;
        }
        EXPECT_EQ(core.now, start);
        core.now = start + duration - data.register_access_time - picoseconds(1);
        EXPECT_EQ(core.read(nvmc.registers(), nvmc_register::kReady), 0u);
        core.now = start + duration - data.register_access_time;
        EXPECT_EQ(core.read(nvmc.registers(), nvmc_register::kReady), 1u);
    }

    NvmcData data;
    FlashArray cells;
    PartState part;  // UICR
    Nvmc nvmc{data, 0};
    ProbeCore core;
};

}  // namespace brownout::models
