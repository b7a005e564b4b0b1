// nRF52840: devices.md 1 and 2; the times behind the defaults of NvmcData.
#include "soc/nrf52_common.hpp"

#include <models/nrf52840.hpp>
#include <models/qspi.hpp>

namespace brownout::models {

namespace {

constexpr SpimInstance kNrf52840Spims[] = {{0, 0x4000'3000, 8'000'000, 16},
                                           {1, 0x4000'4000, 8'000'000, 16},
                                           {2, 0x4002'3000, 8'000'000, 16},
                                           {3, 0x4002'F000, 32'000'000, 16}};

const QspiData kNrf52840Qspi;  // the defaults are those of this chip

Soc make_nrf52840()
{
    Soc soc;  // the NVMC defaults are those of this chip
    soc.name = "nrf52840";
    soc.chip = "nRF52840";
    soc.cpu_hz = nrf52840::kCpuHz;
    soc.ram_address = nrf52840::kRamAddress;
    soc.ram_size_bytes = nrf52840::kRamSizeBytes;
    soc.ram_blocks = {{{0x2000'0000, 0x2000, 8}, {0x2001'0000, 0x3'0000, 1}}};
    soc.spims = kNrf52840Spims;
    soc.information = nrf52::information(0x52840);
    soc.power_address = nrf52::kPowerAddress;
    soc.pofcon_address = nrf52::kPofconAddress;
    soc.qspi = &kNrf52840Qspi;
    return soc;
}

}  // namespace

const Soc soc::nrf52840 = make_nrf52840();

NvmcData nrf52840::nvmc_data(std::uint32_t register_access_cycles)
{
    return soc::nrf52840.nvmc_with(register_access_cycles);
}

}  // namespace brownout::models
