// Bus masters that use RAM while a SPIM fetches from it (CPU, radio), as a fitted rate.
//
// Source: field reports of anomaly 198 (ncs.md case C): uploads over Bluetooth at 10 KiB/s spoil
// at least one of the 800 pages of an image nearly always, at 3 KiB/s hardly ever. Nothing is known
// about the exact condition, so the rate is a parameter and no derivation.
#pragma once

#include <models/soc.hpp>
#include <models/spim.hpp>

namespace brownout::models {

class FittedRamActivity final : public RamActivity {
public:
    // `busy_slaves`: bit n is set if others use RAM slave n of `soc` (which must outlive this).
    // `probability`: of a collision per transfer from such a slave, 0 to 1.
    FittedRamActivity(const Soc& soc, std::uint32_t busy_slaves, double probability)
        : soc_(soc), busy_slaves_(busy_slaves), probability_(probability)
    {
    }

    double collision_probability(std::uint32_t address, std::uint32_t byte_count, Duration,
                                 Duration) noexcept override
    {
        const bool touched = uses(address) || uses(address + byte_count - 1);
        return touched ? probability_ : 0;
    }

private:
    bool uses(std::uint32_t address) const
    {
        const int slave = soc_.ram_block(address);
        return slave >= 0 && (busy_slaves_ >> slave & 1u) != 0;
    }

    const Soc& soc_;
    std::uint32_t busy_slaves_;
    double probability_;
};

}  // namespace brownout::models
