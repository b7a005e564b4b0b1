// SHA-256, SHA-384 and SHA-512 with one reused context.
#pragma once

#include "openssl_handles.hpp"

#include <boot/crypto.h>

#include <cstdint>
#include <span>

namespace brownout::sim {

class MessageDigest {
public:
    MessageDigest();

    // False: not a hash we know. Forgets whatever was begun before.
    bool begin(crypto_hash hash) noexcept;
    void update(std::span<const std::uint8_t> bytes) noexcept;
    // Writes as many bytes as the hash is long.
    void finish(std::uint8_t* digest) noexcept;

private:
    const EVP_MD* find(crypto_hash hash) const noexcept;

    DigestHandle sha256_;
    DigestHandle sha384_;
    DigestHandle sha512_;
    DigestContextHandle context_;
};

}  // namespace brownout::sim
