// Making images. The order of TLVs is imgtool's: hash, key hash, signature.
#include "ecdsa_rfc6979.hpp"
#include "image_layout.hpp"
#include "key_file.hpp"
#include "vectored_payload.hpp"

#include <sim/error.hpp>
#include <sim/image.hpp>

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>

namespace brownout::sim {

namespace {

using namespace image_layout;
using Bytes = std::vector<std::uint8_t>;
using Digest = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;

Digest sha256(std::span<const std::uint8_t> bytes)
{
    Digest digest{};
    SHA256(bytes.data(), bytes.size(), digest.data());
    return digest;
}

void append(Bytes& bytes, std::span<const std::uint8_t> more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

void append_tlv(Bytes& area, std::uint16_t type, std::span<const std::uint8_t> payload)
{
    append_u16(area, type);
    append_u16(area, static_cast<std::uint16_t>(payload.size()));
    append(area, payload);
}

// An area of TLVs with its head; empty if there are no entries.
Bytes tlv_area(std::uint16_t magic, const Bytes& entries)
{
    Bytes area;
    append_u16(area, magic);
    append_u16(area, static_cast<std::uint16_t>(kTlvHeadBytes + entries.size()));
    append(area, entries);
    return area;
}

void append_version(Bytes& bytes, const boot_version& version)
{
    bytes.push_back(version.major);
    bytes.push_back(version.minor);
    append_u16(bytes, version.revision);
    append_u32(bytes, version.build);
}

Bytes protected_area(const ImageSpec& spec)
{
    Bytes entries;
    if (spec.security_counter) {
        Bytes counter;
        append_u32(counter, *spec.security_counter);
        append_tlv(entries, kTlvSecurityCounter, counter);
    }
    for (const NeededImage& dependency : spec.dependencies) {
        Bytes needed;
        append_u32(needed, dependency.image_index);  // one byte, and three of padding
        append_version(needed, dependency.version);
        append_tlv(entries, kTlvDependency, needed);
    }
    return entries.empty() ? Bytes{} : tlv_area(kProtectedTlvInfoMagic, entries);
}

Bytes header_area(const ImageSpec& spec, std::size_t protected_bytes)
{
    Bytes header;
    append_u32(header, kHeaderMagic);
    append_u32(header, spec.load_address);
    append_u16(header, static_cast<std::uint16_t>(spec.header_bytes));
    append_u16(header, static_cast<std::uint16_t>(protected_bytes));
    append_u32(header, spec.payload_bytes);
    append_u32(header, spec.flags);
    append_version(header, spec.version);
    append_u32(header, 0);
    header.resize(spec.header_bytes, 0xFF);
    return header;
}

Bytes signed_entries(const ImageSpec& spec, const Digest& digest)
{
    Bytes entries;
    append_tlv(entries, kTlvSha256, digest);
    if (spec.signature == CRYPTO_SIGNATURE_NONE) {
        return entries;
    }
    if (spec.signature != CRYPTO_ECDSA_P256) {
        throw InputError("images are generated with ecdsa-p256 or without a signature only");
    }
    const KeyPointer key = read_private_key(spec.private_key, spec.signature);
    append_tlv(entries, kTlvKeyHash, sha256(public_key_bytes(key.get(), spec.signature)));
    append_tlv(entries, kTlvEcdsa, ecdsa_p256_sign(key.get(), digest));
    return entries;
}

// Magic at the very end, image_ok one alignment before it, everything else erased.
void pad(Bytes& image, const ImagePadding& padding)
{
    const std::uint32_t align = padding.max_align_bytes;
    if (align != 8 && align != 16 && align != 32) {
        throw InputError(fmt::format("padding: alignment is 8, 16 or 32, not {}", align));
    }
    Bytes magic;
    if (align == 8) {
        append(magic, kTrailerMagic);
    } else {
        append_u16(magic, static_cast<std::uint16_t>(align));
        append(magic, kTrailerMagicAligned);
    }
    const std::uint32_t magic_area_bytes = std::max(align, 16u);
    const std::uint32_t trailer_bytes_min = magic_area_bytes + align;
    if (image.size() + trailer_bytes_min > padding.slot_bytes) {
        throw InputError(fmt::format("padding: the image of {} bytes and its trailer do not fit "
                                     "into a slot of {} bytes",
                                     image.size(), padding.slot_bytes));
    }
    image.resize(padding.slot_bytes, 0xFF);
    std::copy(magic.begin(), magic.end(), image.end() - 16);
    if (padding.permanent) {
        image[padding.slot_bytes - magic_area_bytes - align] = 0x01;
    }
}

}  // namespace

Bytes seeded_payload(std::string_view seed, std::uint32_t byte_count)
{
    Bytes payload;
    payload.reserve(std::size_t{byte_count} + SHA256_DIGEST_LENGTH);
    for (std::uint64_t counter = 0; payload.size() < byte_count; ++counter) {
        const std::string text = fmt::format("{}:{}", seed, counter);
        append(payload,
               sha256(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())));
    }
    payload.resize(byte_count);
    return payload;
}

Bytes make_image(const ImageSpec& spec)
{
    if (spec.header_bytes < kHeaderBytes || spec.header_bytes > 0xFFFF) {
        throw InputError(
            fmt::format("header_bytes is {}, not from 32 to 65535", spec.header_bytes));
    }
    const Bytes protected_tlvs = protected_area(spec);
    Bytes image = header_area(spec, protected_tlvs.size());
    append(image, payload_with_vectors(spec));
    append(image, protected_tlvs);
    append(image, tlv_area(kTlvInfoMagic, signed_entries(spec, sha256(image))));
    if (spec.padding) {
        pad(image, *spec.padding);
    }
    for (const ImageDamage& damage : spec.damage) {
        if (damage.offset_bytes >= image.size()) {
            throw InputError(fmt::format("damage at offset 0x{:X}, behind the end of the image "
                                         "(0x{:X} bytes)",
                                         damage.offset_bytes, image.size()));
        }
        image[damage.offset_bytes] ^= damage.xor_mask;
    }
    return image;
}

}  // namespace brownout::sim
