#include <models/spu.hpp>

#include <algorithm>

namespace brownout::models {

namespace {

using namespace spu_register;

constexpr std::uint32_t kPermissionBits = 0x117;  // EXECUTE, WRITE, READ, SECATTR, LOCK

}  // namespace

void Spu::reset()
{
    external_domain_ = 0;
    ram_regions_.fill(kRead | kWrite | kSecure | 1u);
    flash_regions_.fill(kRead | kWrite | kSecure | 1u);
}

std::uint64_t Spu::locked_flash_regions() const noexcept
{
    std::uint64_t regions = 0;
    for (std::size_t i = 0; i < flash_regions_.size(); ++i) {
        const bool is_locked = (flash_regions_[i] & (kWrite | kLock)) == kLock;
        regions |= is_locked ? std::uint64_t{1} << i : 0;
    }
    return regions;
}

void Spu::lock_flash_regions(std::uint64_t regions) noexcept
{
    for (std::size_t i = 0; i < flash_regions_.size(); ++i) {
        if ((regions >> i & 1u) != 0) {
            flash_regions_[i] = (flash_regions_[i] & ~kWrite) | kLock;
        }
    }
}

const FlashProtectionRule* Spu::refuses_store(std::uint32_t address) const noexcept
{
    static constexpr FlashProtectionRule kRule{
        "spu-write-protected",
        "nvmc: a store to a flash region that the SPU makes read-only until the next reset: "
        "refused",
        "nRF5340 PS, SPU, FLASHREGION[n].PERM (from memory, unverified)"};
    const std::uint32_t region = address / kFlashRegionBytes;
    return region < kFlashRegions && (flash_regions_[region] & kWrite) == 0 ? &kRule : nullptr;
}

std::uint32_t* Spu::word(std::uint32_t offset) noexcept
{
    if (offset == kExtDomain0Perm) {
        return &external_domain_;
    }
    const std::uint32_t into_flash = offset - kFlashRegionPerm;
    if (offset >= kFlashRegionPerm && into_flash / 4 < kFlashRegions) {
        return &flash_regions_[into_flash / 4];
    }
    const std::uint32_t into = offset - kRamRegionPerm;
    return offset >= kRamRegionPerm && into / 4 < kRamRegions ? &ram_regions_[into / 4] : nullptr;
}

std::uint32_t Spu::read32(std::uint32_t offset, AccessContext&) noexcept
{
    const std::uint32_t* const at = word(offset);
    return at != nullptr ? *at : 0;
}

void Spu::write32(std::uint32_t offset, std::uint32_t value, AccessContext&) noexcept
{
    std::uint32_t* const at = word(offset);
    if (at != nullptr && (*at & kLock) == 0) {
        *at = value & kPermissionBits;
    }
}

bool Spu::is_secure(std::uint32_t flash_offset) const noexcept
{
    const std::uint32_t region = flash_offset / kFlashRegionBytes;
    return region >= kFlashRegions || (flash_regions_[region] & kSecure) != 0;
}

bool Spu::all_secure() const noexcept
{
    return std::all_of(flash_regions_.begin(), flash_regions_.end(),
                       [](std::uint32_t permission) { return (permission & kSecure) != 0; });
}

std::string_view Spu::refusal(Master master, std::uint32_t address, bool is_write) const noexcept
{
    std::uint32_t permission = kRead | kWrite | kSecure;  // of flash
    const std::uint32_t region = (address - ram_address_) / kRamRegionBytes;
    if (address >= ram_address_ && region < kRamRegions) {
        permission = ram_regions_[region];
    }
    const bool is_secure = master == Master::kApplicationCore || (external_domain_ & kSecure) != 0;
    if (!is_secure && (permission & kSecure) != 0) {
        return "the SPU keeps the network core out: its domain is not secure";
    }
    if ((permission & (is_write ? kWrite : kRead)) == 0) {
        return is_write ? "the SPU makes this region read-only" : "the SPU makes it unreadable";
    }
    return {};
}

}  // namespace brownout::models
