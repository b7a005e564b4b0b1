#include "boot_record.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

namespace brownout::sim {

namespace {

enum CborMajor : std::uint8_t { kByteString = 2, kTextString = 3, kMap = 5 };

constexpr std::size_t kSoftwareTypeBytesMax = 255;

// Head of an item; lengths up to 255 are all that a record needs.
void append_cbor_head(std::vector<std::uint8_t>& out, CborMajor major, std::size_t length)
{
    const auto type = static_cast<std::uint8_t>(major << 5);
    if (length < 24) {
        out.push_back(static_cast<std::uint8_t>(type | length));
    } else {
        out.insert(out.end(),
                   {static_cast<std::uint8_t>(type | 24), static_cast<std::uint8_t>(length)});
    }
}

template <class Content>
void append_cbor_entry(std::vector<std::uint8_t>& out, std::uint8_t key, CborMajor major,
                       const Content& content)
{
    out.push_back(key);  // an unsigned integer below 24
    append_cbor_head(out, major, content.size());
    out.insert(out.end(), content.begin(), content.end());
}

}  // namespace

std::vector<std::uint8_t> boot_record(const std::string& software_type, const boot_version& version,
                                      std::span<const std::uint8_t> signer_id,
                                      std::uint32_t hash_bits)
{
    if (software_type.size() > kSoftwareTypeBytesMax) {
        throw InputError(fmt::format("--boot-record: the software type has {} bytes; it may have "
                                     "{}",
                                     software_type.size(), kSoftwareTypeBytesMax));
    }
    std::vector<std::uint8_t> record;
    append_cbor_head(record, kMap, 5);
    append_cbor_entry(record, 1, kTextString, software_type);
    append_cbor_entry(record, 4, kTextString,
                      fmt::format("{}.{}.{}", version.major, version.minor, version.revision));
    append_cbor_entry(record, 5, kByteString, signer_id);
    append_cbor_entry(record, 6, kTextString, fmt::format("SHA{}", hash_bits));
    append_cbor_entry(record, 2, kByteString, std::vector<std::uint8_t>(hash_bits / 8));
    return record;
}

}  // namespace brownout::sim
