// Signatures of images: RSA-PSS, ECDSA and Ed25519 over a digest.
#pragma once

#include <boot/crypto.h>

#include <cstdint>
#include <span>

namespace brownout::sim {

// CRYPTO_OK only if `signature` is good. Forms of keys and signatures: enum crypto_signature.
int check_signature(crypto_signature kind, std::span<const std::uint8_t> public_key,
                    std::span<const std::uint8_t> digest,
                    std::span<const std::uint8_t> signature) noexcept;

}  // namespace brownout::sim
