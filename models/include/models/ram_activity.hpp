// Bus masters that use RAM while a SPIM fetches from it (CPU, radio), as a fitted rate.
//
// Source: field reports of anomaly 198 (ncs.md case C): uploads over Bluetooth at 10 KiB/s spoil
// at least one of the 800 pages of an image nearly always, at 3 KiB/s hardly ever. Nothing is known
// about the exact condition, so the rate is a parameter and no derivation.
//
// Modelled: who uses which RAM slaves, always or only while bytes come in and are unpacked; that a
// slave is kept for the DMA by the work-around of nrfx. Not modelled: single accesses of the CPU or
// of the radio.
#pragma once

#include <models/soc.hpp>
#include <models/spim.hpp>
#include <models/uarte.hpp>

namespace brownout::models {

class FittedRamActivity final : public RamActivity {
public:
    // `busy_slaves`: bit n is set if others use RAM slave n of `soc` (which must outlive this).
    // `probability`: of a collision per transfer from such a slave, 0 to 1.
    FittedRamActivity(const Soc& soc, std::uint32_t busy_slaves, double probability)
        : soc_(soc), busy_slaves_(busy_slaves), probability_(probability)
    {
    }

    // From now on others use RAM only while bytes come in to `receiver` and are unpacked. Not
    // owned.
    void only_while_receiving(const Uarte& receiver) { receiver_ = &receiver; }

    // Slaves that nobody else gets at, bit n for slave n, read at each transfer. Not owned.
    void heed_locks(const std::uint32_t& locked_slaves) { locked_slaves_ = &locked_slaves; }

    double collision_probability(std::uint32_t address, std::uint32_t byte_count, Duration from,
                                 Duration until) noexcept override
    {
        const bool touched = uses(address) || uses(address + byte_count - 1);
        const bool active = receiver_ == nullptr || receiver_->was_receiving(from, until);
        return touched && active ? probability_ : 0;
    }

private:
    bool uses(std::uint32_t address) const
    {
        const int slave = soc_.ram_block(address);
        const std::uint32_t locked = locked_slaves_ == nullptr ? 0 : *locked_slaves_;
        return slave >= 0 && ((busy_slaves_ & ~locked) >> slave & 1u) != 0;
    }

    const Soc& soc_;
    std::uint32_t busy_slaves_;
    double probability_;
    const Uarte* receiver_ = nullptr;
    const std::uint32_t* locked_slaves_ = nullptr;
};

// The undocumented register with which nrfx works around anomaly 198 of the nRF52840: bit n keeps
// RAM slave n for the SPIM (devices.md 2.4: a bitmap of 8 KiB blocks, bit 8 for all above 64 KiB).
class RamLockRegister final : public BusTarget {
public:
    static constexpr std::uint32_t kAddress = 0x4000'0E00;
    static constexpr std::uint32_t kBlockBytes = 4;

    const std::uint32_t& locked_slaves() const { return locked_; }
    void reset() { locked_ = 0; }

    std::string_view name() const noexcept override { return "ram lock"; }
    std::uint32_t read32(std::uint32_t, AccessContext&) noexcept override { return locked_; }
    void write32(std::uint32_t, std::uint32_t value, AccessContext&) noexcept override
    {
        locked_ = value & 0x1FFu;
    }

private:
    std::uint32_t locked_ = 0;
};

}  // namespace brownout::models
