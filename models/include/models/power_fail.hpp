// The power-fail comparator (POF): compares the supply with a threshold of POFCON.
//
// Reference: devices.md 1.7 (SVD of POFCON; anomaly 242 and thread 106440 for what the NVMC does).
// Modelled: VDD against THRESHOLD. Not modelled: THRESHOLDVDDH and the high-voltage input, POFWARN
// as an interrupt, hysteresis, a supply that changes during a run.
#pragma once

#include <cstdint>

namespace brownout::models {

struct PowerFailComparator {
    std::uint32_t supply_millivolts = 3000;  // VDD, an input
    std::uint32_t pofcon = 0;                // bit 0 POF, bits 4:1 THRESHOLD

    // Bit 0 of POFCON: the comparator is on.
    bool enabled() const { return (pofcon & 1u) != 0; }
    // THRESHOLD 4..15 is 1.7 V..2.8 V in steps of 0.1 V (SVD); below 4 it is reserved: 1.7 V.
    std::uint32_t threshold_millivolts() const
    {
        const std::uint32_t code = (pofcon >> 1) & 0xFu;
        return 1700 + (code > 4 ? code - 4 : 0) * 100;
    }
    // The supply is below the threshold: POFWARN, and the NVMC starts nothing.
    bool warns() const { return enabled() && supply_millivolts < threshold_millivolts(); }

    // The POFCON value for a threshold in steps of 100 mV from 1700 to 2800.
    static std::uint32_t pofcon_for(std::uint32_t threshold_millivolts)
    {
        return 1u | ((threshold_millivolts - 1700) / 100 + 4) << 1;
    }
};

}  // namespace brownout::models
