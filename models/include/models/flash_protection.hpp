// On-chip flash whose stores a protection unit may refuse: the ACL of the nRF5340's network core,
// the SPU of its application core.
//
// Reference: devices.md 1, ncs.md 2.2; what a refused store does is from memory of the product
// specification (unverified).
// Modelled: a store that a unit protects from, be it a word to program or the one that erases a
// page, is a violation and changes nothing.
// Not modelled: read protection, the event and the fault that go with it, ERASEALL.
#pragma once

#include <models/bus.hpp>

namespace brownout::models {

// What keeps a store away.
struct FlashProtectionRule {
    std::string_view rule;    // "acl-write-protected"
    std::string_view text;    // one sentence
    std::string_view source;  // where it stands
};

class FlashProtection {
public:
    // nullptr: the word at this device address may be stored to.
    virtual const FlashProtectionRule* refuses_store(std::uint32_t address) const noexcept = 0;

protected:
    ~FlashProtection() = default;
};

class ProtectedFlash final : public BusTarget {
public:
    // All must outlive this; `address` is that of offset 0.
    ProtectedFlash(BusTarget& flash, const FlashProtection& protection, std::uint32_t address)
        : flash_(flash), protection_(protection), address_(address)
    {
    }

    std::string_view name() const noexcept override { return flash_.name(); }
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override
    {
        return flash_.read32(offset, access);
    }
    void write32(std::uint32_t offset, std::uint32_t value,
                 AccessContext& access) noexcept override;
    std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                       std::uint32_t expected, Duration now) noexcept override
    {
        return flash_.settles_at(offset, mask, expected, now);
    }
    void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                    AccessContext& access) noexcept override
    {
        flash_.read_bytes(offset, destination, access);
    }
    void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                     AccessContext& access) noexcept override;
    bool write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                     std::uint32_t ready_address, std::uint32_t ready_mask,
                     AccessContext& access) noexcept override;

private:
    BusTarget& flash_;
    const FlashProtection& protection_;
    std::uint32_t address_;
};

}  // namespace brownout::models
