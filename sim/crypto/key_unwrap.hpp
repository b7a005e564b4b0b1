// Image keys: recovered from the payload of the key TLV of an encrypted image.
#pragma once

#include <boot/crypto.h>

#include <cstdint>
#include <span>

namespace brownout::sim {

// Fills `image_key` (16 or 32 bytes) and returns CRYPTO_OK; leaves it alone otherwise. Forms of the
// private key: enum crypto_key_wrap. The wrapped key must have exactly the length of its kind.
int recover_image_key(crypto_key_wrap kind, std::span<const std::uint8_t> private_key,
                      std::span<const std::uint8_t> wrapped,
                      std::span<std::uint8_t> image_key) noexcept;

}  // namespace brownout::sim
