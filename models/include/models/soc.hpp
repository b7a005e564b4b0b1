// SoCs as data: memory maps, RAM blocks, flash controllers and what else distinguishes one chip
// from another. One file per SoC in models/soc/.
//
// Reference: devices.md 1.1, 1.2, 2.1, 2.5, 3.1 (SVD files and memory headers of the MDK); FICR
// offsets and values marked there are quoted from memory (unchecked).
#pragma once

#include <models/nvmc.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace brownout::models {

struct QspiData;

// Equal AHB slaves of RAM, one after the other.
struct RamBlockRun {
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
    std::uint32_t count = 0;
};

// A SPIM with what its instance can do.
struct SpimInstance {
    std::uint32_t number = 0;
    std::uint32_t register_base = 0;
    std::uint32_t frequency_max_hz = 0;
    unsigned maxcnt_bits = 0;         // 8: 255 bytes a transfer, 16: 65535
    bool has_dedicated_pins = false;  // for its highest frequency, see SpimData
};

// Where the factory and user registers are and what boot code finds in them.
struct InformationRegisters {
    std::uint32_t ficr_address = 0;
    std::uint32_t uicr_address = 0;
    std::uint32_t info_offset = 0;  // of INFO.PART in FICR; VARIANT, PACKAGE, RAM, FLASH follow
    std::uint32_t page_size_offset = 0;  // of CODEPAGESIZE in FICR; CODESIZE follows
    std::uint32_t device_id_offset = 0;  // of DEVICEID[0]
    std::uint32_t part = 0;              // INFO.PART, 0x52840
};

struct Soc {
    std::string_view name;  // as boards call it: "nrf52840", "nrf5340_application"
    std::string_view chip;  // for people
    std::uint32_t cpu_hz = 0;
    NvmcData nvmc;
    std::uint32_t ram_address = 0;
    std::uint32_t ram_size_bytes = 0;
    std::array<RamBlockRun, 2> ram_blocks;
    std::span<const SpimInstance> spims;
    InformationRegisters information;
    std::uint32_t power_address = 0;     // POWER or RESET: RESETREAS, EVENTS_POFWARN
    std::uint32_t pofcon_address = 0;    // 0: no power-fail comparator
    bool has_network_force_off = false;  // RESET.NETWORK.FORCEOFF
    const QspiData* qspi = nullptr;      // nullptr: no QSPI

    // Which AHB slave of RAM holds `address`, numbered from 0; -1: none.
    int ram_block(std::uint32_t address) const;
    // The NVMC with `register_access_cycles` CPU cycles per access.
    NvmcData nvmc_with(std::uint32_t register_access_cycles) const;
};

namespace soc {
extern const Soc nrf52832;
extern const Soc nrf52833;
extern const Soc nrf52840;
extern const Soc nrf5340_application;
extern const Soc nrf5340_network;
}  // namespace soc

std::span<const Soc* const> all_socs();
// nullptr: there is none of this name.
const Soc* find_soc(std::string_view name);

}  // namespace brownout::models
