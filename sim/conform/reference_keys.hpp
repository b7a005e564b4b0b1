// The test keys of a reference set, in the forms that boot/crypto.h asks for.
#pragma once

#include <boot/crypto.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace brownout::sim {

// InputError: no such file, or not a key of its kind. Empty for CRYPTO_SIGNATURE_NONE.
std::vector<std::uint8_t> read_signing_key(const std::filesystem::path& keys_folder,
                                           crypto_signature kind);
// The private key that unwraps image keys. Empty for CRYPTO_WRAP_NONE.
std::vector<std::uint8_t> read_encryption_key(const std::filesystem::path& keys_folder,
                                              crypto_key_wrap kind);

}  // namespace brownout::sim
