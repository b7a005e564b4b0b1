#include <models/acl.hpp>
#include <models/flash_protection.hpp>

namespace brownout::models {

void ProtectedFlash::write32(std::uint32_t offset, std::uint32_t value,
                             AccessContext& access) noexcept
{
    const std::uint32_t address = address_ + offset;
    if (const FlashProtectionRule* const rule = protection_.refuses_store(address)) {
        access.rules.violated({rule->rule, flash_.name(), address, rule->text, rule->source});
        return;
    }
    flash_.write32(offset, value, access);
}

void ProtectedFlash::write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                                 AccessContext& access) noexcept
{
    const std::uint32_t address = address_ + offset;
    if (const FlashProtectionRule* const rule = protection_.refuses_store(address)) {
        access.rules.violated({rule->rule, flash_.name(), address, rule->text, rule->source});
        return;
    }
    flash_.write_bytes(offset, source, access);
}

// One protected word, and the caller's word loop meets the rule where it is broken.
bool ProtectedFlash::write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                                 std::uint32_t ready_address, std::uint32_t ready_mask,
                                 AccessContext& access) noexcept
{
    for (std::uint32_t at = 0; at < words.size(); at += 4) {
        if (protection_.refuses_store(address_ + offset + at) != nullptr) {
            return false;
        }
    }
    return flash_.write_words(offset, words, ready_address, ready_mask, access);
}

const FlashProtectionRule* NvmcWithAcl::refuses_store(std::uint32_t address) const noexcept
{
    static constexpr FlashProtectionRule kRule{
        "acl-write-protected",
        "nvmc: a store to flash that an ACL entry protects until the next reset: refused",
        "nRF5340 PS, ACL (from memory, unverified)"};
    for (std::size_t entry = 0; entry < words_.size(); entry += 4) {
        const bool is_inside = address - words_[entry] < words_[entry + 1];
        if ((words_[entry + 2] & kNoWrite) != 0 && is_inside) {
            return &kRule;
        }
    }
    return nullptr;
}

}  // namespace brownout::models
