// ECDSA over P-256 with SHA-256 and the deterministic nonce of RFC 6979, so that a generated image
// is the same on every run. Not hardened against side channels: for test keys only.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

struct evp_pkey_st;

namespace brownout::sim {

// DER signature over a SHA-256 digest. `private_key` is a P-256 key pair.
std::vector<std::uint8_t> ecdsa_p256_sign(evp_pkey_st* private_key,
                                          std::span<const std::uint8_t, 32> digest);

// The nonce alone, for private scalar `x` (32 bytes, big endian); for the tests against the RFC.
std::array<std::uint8_t, 32> rfc6979_nonce_p256(std::span<const std::uint8_t, 32> x,
                                                std::span<const std::uint8_t, 32> digest);

}  // namespace brownout::sim
