// AES-CTR of image payloads: the counter block of payload byte q is 12 zero bytes, then q / 16 as
// a big-endian 32-bit number.
#pragma once

#include "openssl_handles.hpp"

#include <cstdint>
#include <span>

namespace brownout::sim {

class PayloadCipher {
public:
    PayloadCipher();

    // False: the key is neither 16 nor 32 bytes long. Forgets whatever was begun before.
    bool begin(std::span<const std::uint8_t> key, std::uint32_t payload_offset_bytes) noexcept;
    // Encrypts or decrypts in place, going on where the last call ended.
    void apply(std::span<std::uint8_t> bytes) noexcept;

private:
    CipherHandle aes128_;
    CipherHandle aes256_;
    CipherContextHandle context_;
};

}  // namespace brownout::sim
