// Identities of vendor and class: a UUID as it is written, or the one that a name stands for.
#include <sim/image_tool.hpp>

#include <openssl/evp.h>

#include <array>

namespace brownout::sim {

namespace {

constexpr std::size_t kUuidBytes = 16;

// RFC 4122, appendix C: the name space of domain names.
constexpr std::array<std::uint8_t, kUuidBytes> kDomainNames = {
    0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

// RFC 4122, 4.3: version 5, SHA-1 of name space and name.
std::vector<std::uint8_t> uuid_of_name(std::span<const std::uint8_t> name_space,
                                       const std::string& name)
{
    std::vector<std::uint8_t> hashed(name_space.begin(), name_space.end());
    hashed.insert(hashed.end(), name.begin(), name.end());
    std::vector<std::uint8_t> uuid(EVP_MAX_MD_SIZE);
    EVP_Digest(hashed.data(), hashed.size(), uuid.data(), nullptr, EVP_sha1(), nullptr);
    uuid.resize(kUuidBytes);
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x50);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);
    return uuid;
}

// Empty: `text` is no UUID.
std::vector<std::uint8_t> uuid_of_digits(const std::string& text)
{
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_separator = text.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
        if (is_separator != (text[i] == '-')) {
            return {};
        }
        digits += is_separator ? "" : text.substr(i, 1);
    }
    if (digits.size() != 2 * kUuidBytes ||
        digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
        return {};
    }
    std::vector<std::uint8_t> uuid;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        uuid.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
    }
    return uuid;
}

}  // namespace

std::vector<std::uint8_t> vendor_id(const std::string& text)
{
    const std::vector<std::uint8_t> uuid = uuid_of_digits(text);
    return uuid.empty() ? uuid_of_name(kDomainNames, text) : uuid;
}

std::vector<std::uint8_t> class_id(const std::string& text, std::span<const std::uint8_t> vendor)
{
    const std::vector<std::uint8_t> uuid = uuid_of_digits(text);
    return uuid.empty() && !vendor.empty() ? uuid_of_name(vendor, text) : uuid;
}

}  // namespace brownout::sim
