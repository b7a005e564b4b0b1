// The system protection unit (SPU) of the nRF5340's application core, as far as the network core's
// update uses it.
//
// Reference: ncs.md 2.1, 2.2; register offsets and bits from memory of the product specification
// (unverified).
// Modelled: EXTDOMAIN[0].PERM (whether accesses of the network core count as secure);
// RAMREGION[n].PERM (read, write, secure, lock) for 8 KiB regions; FLASHREGION[n].PERM (write,
// secure, lock) for 16 KiB regions: what the application core may write, and for which pages the
// NVMC asks CONFIGNS.
// Not modelled: execute permission, reads of flash regions and the network core's writes to them,
// an application core that is not secure, non-secure callables, peripherals, events.
#pragma once

#include <models/bus.hpp>
#include <models/flash_protection.hpp>
#include <models/nvmc.hpp>

#include <array>
#include <cstdint>

namespace brownout::models {

namespace spu_register {
constexpr std::uint32_t kExtDomain0Perm = 0x440;   // bit 4 SECATTR, bit 8 LOCK
constexpr std::uint32_t kFlashRegionPerm = 0x600;  // bit 1 WRITE, 2 READ, 4 SECATTR, 8 LOCK
constexpr std::uint32_t kRamRegionPerm = 0x700;    // likewise
constexpr std::uint32_t kBlockBytes = 0x1000;
constexpr std::uint32_t kRamRegions = 64;
constexpr std::uint32_t kRamRegionBytes = 0x2000;
constexpr std::uint32_t kFlashRegions = 64;
constexpr std::uint32_t kFlashRegionBytes = 0x4000;
constexpr std::uint32_t kWrite = 1u << 1;
constexpr std::uint32_t kRead = 1u << 2;
constexpr std::uint32_t kSecure = 1u << 4;
constexpr std::uint32_t kLock = 1u << 8;
}  // namespace spu_register

class Spu final : public BusTarget, public FlashProtection, public FlashSecurity {
public:
    explicit Spu(std::uint32_t ram_address) : ram_address_(ram_address) { reset(); }

    void reset();
    // As the start-up code of an application does: the network core's accesses are secure.
    void trust_network_core() { external_domain_ = spu_register::kSecure; }

    // Flash regions that are read-only and locked, bit n: region n. Restoring them stands for the
    // hand-over from a bootloader to an application, which no reset lies between.
    std::uint64_t locked_flash_regions() const noexcept;
    void lock_flash_regions(std::uint64_t regions) noexcept;
    const FlashProtectionRule* refuses_store(std::uint32_t address) const noexcept override;

    enum class Master { kApplicationCore, kNetworkCore };
    // Why an access is refused; empty: it is not.
    std::string_view refusal(Master master, std::uint32_t address, bool is_write) const noexcept;

    bool is_secure(std::uint32_t flash_offset) const noexcept override;
    bool all_secure() const noexcept override;

    std::string_view name() const noexcept override { return "spu"; }
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
    void write32(std::uint32_t offset, std::uint32_t value,
                 AccessContext& access) noexcept override;

private:
    std::uint32_t* word(std::uint32_t offset) noexcept;

    std::uint32_t ram_address_;
    std::uint32_t external_domain_ = 0;
    std::array<std::uint32_t, spu_register::kRamRegions> ram_regions_{};
    std::array<std::uint32_t, spu_register::kFlashRegions> flash_regions_{};
};

// What a master sees of a target behind the SPU.
class SpuGuard final : public BusTarget {
public:
    // All must outlive this; `address` is that of offset 0.
    SpuGuard(const Spu& spu, Spu::Master master, BusTarget& inner, std::uint32_t address)
        : spu_(spu), master_(master), inner_(inner), address_(address)
    {
    }

    std::string_view name() const noexcept override { return inner_.name(); }
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override
    {
        return inner_.read32(offset, access);
    }
    void write32(std::uint32_t offset, std::uint32_t value, AccessContext& access) noexcept override
    {
        inner_.write32(offset, value, access);
    }
    void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                    AccessContext& access) noexcept override
    {
        inner_.read_bytes(offset, destination, access);
    }
    void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                     AccessContext& access) noexcept override
    {
        inner_.write_bytes(offset, source, access);
    }
    std::string_view refuses(std::uint32_t offset, bool is_write) const noexcept override
    {
        return spu_.refusal(master_, address_ + offset, is_write);
    }

private:
    const Spu& spu_;
    Spu::Master master_;
    BusTarget& inner_;
    std::uint32_t address_;
};

}  // namespace brownout::models
