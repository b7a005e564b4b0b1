// Key files: PEM or DER, read with OpenSSL.
#pragma once

#include <boot/crypto.h>

#include <openssl/evp.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace brownout::sim {

struct KeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, KeyDeleter>;

// Bytes of the public key in the form that boot/crypto.h wants for this kind. InputError naming the
// file: unreadable, not a public key, another kind of key.
std::vector<std::uint8_t> read_public_key(const std::filesystem::path& path, crypto_signature kind);

// InputError naming the file: unreadable, encrypted, not a private key of this kind.
KeyPointer read_private_key(const std::filesystem::path& path, crypto_signature kind);

// The public half of a key, as read_public_key() returns it.
std::vector<std::uint8_t> public_key_bytes(EVP_PKEY* key, crypto_signature kind);

// The key in that form as an OpenSSL key; nullptr if it is none of this kind.
KeyPointer public_key_from_bytes(std::span<const std::uint8_t> bytes, crypto_signature kind);

}  // namespace brownout::sim
