// What the two cores of the nRF5340 have in common: the NVMC and the layout of FICR.
#pragma once

#include <models/soc.hpp>

namespace brownout::models::nrf5340 {

// Erase by store, READYNEXT with a buffered word, PEen (PS nRF5340, NVMC; SVD).
inline NvmcData nvmc(std::uint32_t register_base, std::uint32_t flash_address,
                     std::uint32_t flash_size_bytes, std::uint32_t page_bytes)
{
    NvmcData data;
    data.write_source = "nRF5340 PS, NVMC, Writing to flash (devices.md 1.5, 1.6)";
    data.erase_source = "nRF5340 PS, NVMC, Erasing a page (devices.md 1.3)";
    data.register_base = register_base;
    data.flash_address = flash_address;
    data.flash_size_bytes = flash_size_bytes;
    data.page_bytes = page_bytes;
    data.has_erase_page = false;
    data.buffers_next_word = true;
    data.word_write_time = microseconds(43);      // max, PS
    data.page_erase_time = microseconds(87'500);  // max, PS
    data.all_erase_time = milliseconds(173);      // max, PS
    data.partial_erase_sum = milliseconds(87);    // vendor's slice count
    data.has_anomaly_242 = false;                 // not in the errata list of this chip
    return data;
}

// FICR offsets: from memory of the product specification (unchecked).
inline InformationRegisters information(std::uint32_t ficr_address, std::uint32_t uicr_address)
{
    InformationRegisters registers;
    registers.ficr_address = ficr_address;
    registers.uicr_address = uicr_address;  // MDK
    registers.info_offset = 0x20C;
    registers.page_size_offset = 0x220;
    registers.device_id_offset = 0x204;
    registers.part = 0x5340;
    return registers;
}

}  // namespace brownout::models::nrf5340
