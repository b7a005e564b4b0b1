// Signatures of images: RSA-PSS, ECDSA and Ed25519 over a digest.
#pragma once

#include <boot/crypto.h>

#include <cstdint>
#include <optional>
#include <span>

namespace brownout::sim {

// CRYPTO_OK only if `signature` is good. Forms of keys and signatures: enum crypto_signature.
int check_signature(crypto_signature kind, std::span<const std::uint8_t> public_key,
                    std::span<const std::uint8_t> digest,
                    std::span<const std::uint8_t> signature) noexcept;

// The DER SEQUENCE at the start of an ECDSA signature when nothing but zeroes follow it: old
// signers padded signatures to their longest form. Nothing: it is no such signature.
std::optional<std::span<const std::uint8_t>>
without_zero_padding(std::span<const std::uint8_t> signature);

}  // namespace brownout::sim
