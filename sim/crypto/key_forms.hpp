// Keys in other forms than boot/crypto.h asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace brownout::sim {

// An RSA public key as PKCS#1 DER, from SubjectPublicKeyInfo DER. nullopt: it is no such key.
std::optional<std::vector<std::uint8_t>> rsa_key_as_pkcs1(std::span<const std::uint8_t> info_der);

// nullopt: not base64, or nothing in it. Line ends are passed over.
std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace brownout::sim
