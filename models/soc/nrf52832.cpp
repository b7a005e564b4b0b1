// nRF52832 (xxAA: 512 KiB of flash): devices.md 1 and 2.
#include "soc/nrf52_common.hpp"

namespace brownout::models {

namespace {

constexpr SpimInstance kNrf52832Spims[] = {
    {0, 0x4000'3000, 8'000'000, 8}, {1, 0x4000'4000, 8'000'000, 8}, {2, 0x4002'3000, 8'000'000, 8}};

Soc make_nrf52832()
{
    Soc soc;
    soc.name = "nrf52832";
    soc.chip = "nRF52832";
    soc.cpu_hz = 64'000'000;
    soc.nvmc.write_source = "nRF52832 PS, NVMC, Writing to flash (devices.md 1.5, 1.6)";
    soc.nvmc.erase_source = "nRF52832 PS, NVMC, Erasing a page in flash (devices.md 1.3)";
    soc.nvmc.flash_size_bytes = 512 * 1024;  // MDK
    soc.nvmc.has_ready_next = false;         // SVD, and so on for the registers
    soc.nvmc.has_erase_pcr0 = true;
    soc.nvmc.has_partial_erase = false;
    soc.nvmc.halts_cpu = true;            // PS: during writes and erases
    soc.nvmc.writes_per_word_max = 0;     // the parameter exists, its value was not found
    soc.nvmc.writes_per_block_max = 181;  // nWRITE,BLOCK of 512 bytes (PS, threads 15798, 26382)
    soc.nvmc.word_write_time = microseconds(338);     // max, SoftDevice specification
    soc.nvmc.page_erase_time = microseconds(89'700);  // max, likewise
    soc.nvmc.all_erase_time = microseconds(295'300);  // from memory (unchecked)
    soc.nvmc.has_anomaly_242 = false;                 // errata list
    soc.ram_address = nrf52::kRamAddress;
    soc.ram_size_bytes = 64 * 1024;
    soc.ram_blocks = {{{0x2000'0000, 0x2000, 8}, {}}};
    soc.spims = kNrf52832Spims;
    soc.information = nrf52::information(0x52832);
    soc.power_address = nrf52::kPowerAddress;
    soc.pofcon_address = nrf52::kPofconAddress;
    return soc;
}

}  // namespace

const Soc soc::nrf52832 = make_nrf52832();

}  // namespace brownout::models
