#include "image_digest.hpp"

#include "image_layout.hpp"

#include <models/assert.hpp>

namespace brownout::sim {

const EVP_MD* hash_of_bits(std::uint32_t bits)
{
    switch (bits) {
    case 256:
        return EVP_sha256();
    case 384:
        return EVP_sha384();
    case 512:
        return EVP_sha512();
    default:
        return nullptr;
    }
}

std::uint32_t hash_bits_of_tlv(std::uint16_t type)
{
    switch (type) {
    case image_layout::kTlvSha256:
        return 256;
    case image_layout::kTlvSha384:
        return 384;
    case image_layout::kTlvSha512:
        return 512;
    default:
        return 0;
    }
}

std::uint16_t tlv_of_hash_bits(std::uint32_t bits)
{
    switch (bits) {
    case 384:
        return image_layout::kTlvSha384;
    case 512:
        return image_layout::kTlvSha512;
    default:
        return image_layout::kTlvSha256;
    }
}

std::vector<std::uint8_t> image_digest(std::span<const std::uint8_t> bytes, std::uint32_t bits)
{
    std::vector<std::uint8_t> digest(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    const EVP_MD* const hash = hash_of_bits(bits);
    BROWNOUT_ASSERT(hash != nullptr);
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, hash, nullptr);
    digest.resize(length);
    return digest;
}

}  // namespace brownout::sim
