// Constants of the MCUboot image format and little-endian helpers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace brownout::sim::image_layout {

inline constexpr std::uint32_t kHeaderMagic = 0x96F3B83D;
inline constexpr std::uint32_t kHeaderBytes = 32;
inline constexpr std::uint16_t kTlvInfoMagic = 0x6907;
inline constexpr std::uint16_t kProtectedTlvInfoMagic = 0x6908;
inline constexpr std::uint32_t kTlvHeadBytes = 4;  // of an area and of an entry

inline constexpr std::uint16_t kTlvKeyHash = 0x01;
inline constexpr std::uint16_t kTlvSha256 = 0x10;
inline constexpr std::uint16_t kTlvSha384 = 0x11;
inline constexpr std::uint16_t kTlvSha512 = 0x12;
inline constexpr std::uint16_t kTlvRsa2048 = 0x20;
inline constexpr std::uint16_t kTlvEcdsa = 0x22;
inline constexpr std::uint16_t kTlvRsa3072 = 0x23;
inline constexpr std::uint16_t kTlvEd25519 = 0x24;
inline constexpr std::uint16_t kTlvDependency = 0x40;
inline constexpr std::uint32_t kDependencyBytes = 12;  // image, three of padding, version
inline constexpr std::uint16_t kTlvSecurityCounter = 0x50;

// Flags of encrypted payloads: their plain bytes, and so their hash, are not in the file.
inline constexpr std::uint32_t kFlagsEncrypted = 0x04 | 0x08;

// Trailer magic for a maximum alignment of 8; larger ones begin with the alignment instead.
inline constexpr std::array<std::uint8_t, 16> kTrailerMagic = {
    0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F, 0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};
inline constexpr std::array<std::uint8_t, 14> kTrailerMagicAligned = {
    0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D, 0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A};

inline std::uint16_t u16_at(std::span<const std::uint8_t> bytes, std::size_t offset)
{
    return static_cast<std::uint16_t>(bytes[offset] | (bytes[offset + 1] << 8));
}

inline std::uint32_t u32_at(std::span<const std::uint8_t> bytes, std::size_t offset)
{
    return u16_at(bytes, offset) | (std::uint32_t{u16_at(bytes, offset + 2)} << 16);
}

inline void append_u16(std::vector<std::uint8_t>& bytes, std::uint16_t value)
{
    bytes.push_back(static_cast<std::uint8_t>(value & 0xFF));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
}

inline void append_u32(std::vector<std::uint8_t>& bytes, std::uint32_t value)
{
    append_u16(bytes, static_cast<std::uint16_t>(value & 0xFFFF));
    append_u16(bytes, static_cast<std::uint16_t>(value >> 16));
}

}  // namespace brownout::sim::image_layout
