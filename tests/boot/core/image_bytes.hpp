// Builds images byte by byte, right or wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::boot_test {

using Bytes = std::vector<std::uint8_t>;

inline void append_u16(Bytes& bytes, std::uint32_t value)
{
    bytes.push_back(static_cast<std::uint8_t>(value));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
}

inline void append_u32(Bytes& bytes, std::uint32_t value)
{
    append_u16(bytes, value & 0xFFFF);
    append_u16(bytes, value >> 16);
}

struct HeaderFields {
    std::uint32_t magic = 0x96F3B83D;
    std::uint32_t header_bytes = 32;
    std::uint32_t protected_bytes = 0;
    std::uint32_t payload_bytes = 16;
    std::uint32_t flags = 0;
};

inline Bytes header_bytes(const HeaderFields& fields)
{
    Bytes bytes;
    append_u32(bytes, fields.magic);
    append_u32(bytes, 0x20000000);
    append_u16(bytes, fields.header_bytes);
    append_u16(bytes, fields.protected_bytes);
    append_u32(bytes, fields.payload_bytes);
    append_u32(bytes, fields.flags);
    bytes.insert(bytes.end(), {1, 2});
    append_u16(bytes, 3);
    append_u32(bytes, 4);
    append_u32(bytes, 0);
    return bytes;
}

inline Bytes entry(std::uint32_t type, const Bytes& payload)
{
    Bytes bytes;
    append_u16(bytes, type);
    append_u16(bytes, static_cast<std::uint32_t>(payload.size()));
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

// A TLV area with its info around the entries.
inline Bytes tlv_area(std::uint32_t magic, const std::vector<Bytes>& entries)
{
    Bytes inside;
    for (const Bytes& one : entries) {
        inside.insert(inside.end(), one.begin(), one.end());
    }
    Bytes bytes;
    append_u16(bytes, magic);
    append_u16(bytes, static_cast<std::uint32_t>(inside.size() + 4));
    bytes.insert(bytes.end(), inside.begin(), inside.end());
    return bytes;
}

// Header, 16 payload bytes, protected area (if it has entries), unprotected area.
inline Bytes image_bytes(const std::vector<Bytes>& protected_entries,
                         const std::vector<Bytes>& entries)
{
    const Bytes guarded = protected_entries.empty() ? Bytes() : tlv_area(0x6908, protected_entries);
    Bytes image = header_bytes({.protected_bytes = static_cast<std::uint32_t>(guarded.size())});
    image.insert(image.end(), 16, 0x5A);
    image.insert(image.end(), guarded.begin(), guarded.end());
    const Bytes open = tlv_area(0x6907, entries);
    image.insert(image.end(), open.begin(), open.end());
    return image;
}

}  // namespace brownout::boot_test
