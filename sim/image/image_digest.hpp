// Hashes by their number of bits, and which one belongs to a key.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <span>
#include <vector>

namespace brownout::sim {

// nullptr: none of 256, 384, 512.
const EVP_MD* hash_of_bits(std::uint32_t bits);
// Of a hash TLV; 0: it is none.
std::uint32_t hash_bits_of_tlv(std::uint16_t type);
std::uint16_t tlv_of_hash_bits(std::uint32_t bits);
std::vector<std::uint8_t> image_digest(std::span<const std::uint8_t> bytes, std::uint32_t bits);

}  // namespace brownout::sim
