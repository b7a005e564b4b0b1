// One signature over an image, of any kind that the image format knows.
#pragma once

#include "key_file.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace brownout::sim {

// A private key of a kind that signs images. InputError: none of them.
struct SigningKey {
    KeyPointer key;
    crypto_signature kind = CRYPTO_SIGNATURE_NONE;
};
SigningKey read_signing_key_file(const std::filesystem::path& path);

// A public key, from a file that holds it or its private half.
SigningKey read_verifying_key_file(const std::filesystem::path& path);

// 256 or 384: what the hash TLV must be for this kind; Ed25519 takes 512 too.
std::uint32_t hash_bits_of(crypto_signature kind);
std::uint16_t tlv_of(crypto_signature kind);

// `covered`: header, payload, protected TLVs. Ed25519 signs their digest, or themselves if `pure`.
std::vector<std::uint8_t> sign_covered(const SigningKey& key, std::span<const std::uint8_t> covered,
                                       std::uint32_t hash_bits, bool pure);
// ECDSA signatures differ in length by chance: the most that this key makes.
std::size_t longest_signature_bytes(const SigningKey& key);
bool signature_is_good(const SigningKey& key, std::span<const std::uint8_t> covered,
                       std::uint32_t hash_bits, bool pure, std::span<const std::uint8_t> signature);

}  // namespace brownout::sim
