// nRF52833: devices.md 1 and 2.
#include "soc/nrf52_common.hpp"

namespace brownout::models {

namespace {

constexpr SpimInstance kNrf52833Spims[] = {{0, 0x4000'3000, 8'000'000, 16},
                                           {1, 0x4000'4000, 8'000'000, 16},
                                           {2, 0x4002'3000, 8'000'000, 16},
                                           {3, 0x4002'F000, 32'000'000, 16}};

Soc make_nrf52833()
{
    Soc soc;
    soc.name = "nrf52833";
    soc.chip = "nRF52833";
    soc.cpu_hz = 64'000'000;
    soc.nvmc.write_source = "nRF52833 PS, NVMC, Writing to flash (devices.md 1.5, 1.6)";
    soc.nvmc.erase_source = "nRF52833 PS, NVMC, Erasing a page in flash (devices.md 1.3)";
    soc.nvmc.flash_size_bytes = 512 * 1024;           // MDK
    soc.nvmc.has_erase_pcr0 = true;                   // SVD
    soc.nvmc.word_write_time = microseconds(42);      // BSIM
    soc.nvmc.page_erase_time = microseconds(87'500);  // BSIM
    soc.nvmc.all_erase_time = milliseconds(173);      // BSIM
    soc.nvmc.partial_erase_sum = milliseconds(87);    // vendor's slice count
    soc.nvmc.has_anomaly_242 = false;                 // errata list
    soc.ram_address = nrf52::kRamAddress;
    soc.ram_size_bytes = 128 * 1024;
    soc.ram_blocks = {{{0x2000'0000, 0x2000, 8}, {0x2001'0000, 0x1'0000, 1}}};  // derived
    soc.spims = kNrf52833Spims;
    soc.information = nrf52::information(0x52833);
    soc.power_address = nrf52::kPowerAddress;
    soc.pofcon_address = nrf52::kPofconAddress;
    return soc;
}

}  // namespace

const Soc soc::nrf52833 = make_nrf52833();

}  // namespace brownout::models
