// Access control lists (ACL) of the nRF5340's network core, which share the NVMC's block.
//
// Reference: ncs.md 2.2 and F52; offsets from memory of the product specification (unverified).
// Modelled: ADDR, SIZE and PERM of 8 entries; an entry takes values until its PERM is written, and
// then keeps them until reset; write protection of the flash that an entry covers
// (models/flash_protection.hpp).
// Not modelled: read protection; that ADDR and SIZE take multiples of a page only.
#pragma once

#include <models/bus.hpp>
#include <models/flash_protection.hpp>

#include <array>

namespace brownout::models {

// The NVMC's registers with the ACL behind them.
class NvmcWithAcl final : public BusTarget, public FlashProtection {
public:
    static constexpr std::uint32_t kFirstOffset = 0x800;
    static constexpr std::uint32_t kEntries = 8;
    static constexpr std::uint32_t kNoWrite = 1u << 1;  // of PERM

    explicit NvmcWithAcl(BusTarget& nvmc) : nvmc_(nvmc) {}

    void reset() { words_.fill(0); }

    const FlashProtectionRule* refuses_store(std::uint32_t address) const noexcept override;

    std::string_view name() const noexcept override { return nvmc_.name(); }
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override
    {
        const std::size_t at = index(offset);
        return at < words_.size() ? words_[at] : nvmc_.read32(offset, access);
    }
    void write32(std::uint32_t offset, std::uint32_t value, AccessContext& access) noexcept override
    {
        const std::size_t at = index(offset);
        if (at >= words_.size()) {
            nvmc_.write32(offset, value, access);
        } else if (words_[at - at % 4 + 2] == 0) {
            words_[at] = value;
        }
    }
    std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                       std::uint32_t expected, Duration now) noexcept override
    {
        return nvmc_.settles_at(offset, mask, expected, now);
    }

private:
    static std::size_t index(std::uint32_t offset) { return (offset - kFirstOffset) / 4; }

    BusTarget& nvmc_;
    std::array<std::uint32_t, std::size_t{4} * kEntries> words_{};  // ADDR, SIZE, PERM, unused
};

}  // namespace brownout::models
