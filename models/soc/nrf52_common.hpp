// What the chips of the nRF52 series have in common: addresses of POWER, FICR and UICR.
#pragma once

#include <models/soc.hpp>

namespace brownout::models::nrf52 {

constexpr std::uint32_t kPowerAddress = 0x4000'0000;   // SVD
constexpr std::uint32_t kPofconAddress = 0x4000'0510;  // SVD, devices.md 1.7
constexpr std::uint32_t kRamAddress = 0x2000'0000;     // MDK memory header

// FICR offsets: from memory of the product specification (unchecked).
inline InformationRegisters information(std::uint32_t part)
{
    InformationRegisters registers;
    registers.ficr_address = 0x1000'0000;
    registers.uicr_address = 0x1000'1000;  // MDK
    registers.info_offset = 0x100;
    registers.page_size_offset = 0x010;
    registers.device_id_offset = 0x060;
    registers.part = part;
    return registers;
}

}  // namespace brownout::models::nrf52
