// Wrapping an image key for a device: the payload of the key TLV of an encrypted image.
#pragma once

#include <boot/crypto.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace brownout::sim {

struct WrappedImageKey {
    crypto_key_wrap kind = CRYPTO_WRAP_NONE;
    std::vector<std::uint8_t> bytes;
};

// `path`: the device's public key (RSA-2048, P-256, X25519; PEM or DER), or its AES key of the
// length of `image_key`, in base64. Everything but the length is random. InputError: another key.
WrappedImageKey wrap_image_key(const std::filesystem::path& path,
                               std::span<const std::uint8_t> image_key, bool hmac_sha512);

// A private key in the form that recover_image_key() wants: PKCS#8 DER, or the bytes of an AES key.
std::vector<std::uint8_t> read_unwrapping_key(const std::filesystem::path& path);

// Type of the TLV of this kind, and back; CRYPTO_WRAP_NONE for other types.
std::uint16_t tlv_of_key_wrap(crypto_key_wrap kind);
crypto_key_wrap key_wrap_of_tlv(std::uint16_t type);

}  // namespace brownout::sim
