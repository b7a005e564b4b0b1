// What hash_ranges() was asked, with every firmware pointer resolved, and its computation.
#pragma once

#include "content_key.hpp"
#include "message_digest.hpp"
#include "payload_cipher.hpp"

#include <boot/crypto.h>
#include <models/flash_array.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace brownout::sim {

// Header, payload, protected TLVs; one to spare.
inline constexpr std::uint32_t kHashRangesMax = 4;
inline constexpr std::uint32_t kHashPieceBytes = 4096;

// One range: memory-mapped flash, RAM, or an area that only its driver can read.
struct HashSource {
    const models::FlashArray* array = nullptr;
    std::uint64_t array_offset_bytes = 0;
    std::span<const std::uint8_t> memory;
    const flash_area* area = nullptr;
    std::uint32_t area_offset_bytes = 0;

    std::uint32_t byte_count = 0;
    std::array<std::uint8_t, CRYPTO_AES_KEY_BYTES_MAX> key{};
    std::uint32_t key_bytes = 0;  // 0: not encrypted

    bool is_direct() const { return area == nullptr; }
};

struct HashRequest {
    crypto_hash hash = CRYPTO_SHA256;
    std::array<HashSource, kHashRangesMax> sources{};
    std::uint32_t source_count = 0;

    bool is_direct() const;
    // Of content and keys; only for a request whose sources are all direct.
    models::Digest128 content_key(ContentKey& key) const;
};

// The working objects of a computation, kept by the provider because a call that is abandoned
// cannot give anything back.
class HashWorker {
public:
    bool begin(crypto_hash hash) noexcept { return digest_.begin(hash); }
    // False: the key has no AES length.
    bool begin_source(const HashSource& source) noexcept;
    // The whole of a direct source, after begin_source().
    void add_direct(const HashSource& source) noexcept;
    // The next bytes of a source, which may be overwritten (decrypted in place).
    void add_piece(const HashSource& source, std::span<std::uint8_t> piece) noexcept;
    void finish(std::uint8_t* digest) noexcept { digest_.finish(digest); }

private:
    MessageDigest digest_;
    PayloadCipher cipher_;
    std::array<std::uint8_t, kHashPieceBytes> piece_{};
};

}  // namespace brownout::sim
