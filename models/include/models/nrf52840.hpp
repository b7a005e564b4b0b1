// The memory map of the nRF52840.
//
// Reference: MDK memory header, SVD file and nRF52840 Product Specification v1.7, 4.2.
// Modelled: flash, NVMC, RAM. Everything else on the chip answers with a bus fault.
#pragma once

#include <models/nvmc.hpp>

#include <cstdint>

namespace brownout::models::nrf52840 {

constexpr std::uint32_t kCpuHz = 64'000'000;
constexpr std::uint32_t kFlashAddress = 0x0000'0000;
constexpr std::uint32_t kFlashSizeBytes = 1024 * 1024;
constexpr std::uint32_t kFlashPageBytes = 4096;
constexpr std::uint32_t kRamAddress = 0x2000'0000;
constexpr std::uint32_t kRamSizeBytes = 256 * 1024;
constexpr std::uint32_t kNvmcAddress = 0x4001'E000;

// The NVMC with `register_access_cycles` CPU cycles per access.
NvmcData nvmc_data(std::uint32_t register_access_cycles = 2);

// The RAM block (AHB slave) that holds an address: 0..7 of 8 KiB each, 8 for the rest.
constexpr std::uint32_t ram_block(std::uint32_t address)
{
    const std::uint32_t offset = address - kRamAddress;
    return offset < 0x1'0000 ? offset >> 13 : 8;
}

}  // namespace brownout::models::nrf52840
