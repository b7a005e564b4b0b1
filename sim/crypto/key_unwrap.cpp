#include "key_unwrap.hpp"

#include "openssl_handles.hpp"
#include "payload_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace brownout::sim {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kSharedSecretBytes = 32;
constexpr std::size_t kP256PointBytes = 65;
constexpr std::size_t kX25519KeyBytes = 32;
constexpr std::string_view kEciesInfo = "MCUBoot_ECIES_v1";

using ImageKey = std::array<std::uint8_t, CRYPTO_AES_KEY_BYTES_MAX>;
using SharedSecret = std::array<std::uint8_t, kSharedSecretBytes>;

PkeyHandle parse_private_key(Bytes der)
{
    const unsigned char* cursor = der.data();
    return PkeyHandle(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size())));
}

bool unwrap_rsa_oaep(Bytes private_key, Bytes wrapped, std::span<std::uint8_t> image_key)
{
    const PkeyHandle key = parse_private_key(private_key);
    if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_size(key.get()) != 256 ||
        wrapped.size() != 256) {
        return false;
    }
    const PkeyContextHandle context(EVP_PKEY_CTX_new(key.get(), nullptr));
    std::array<std::uint8_t, 256> plain{};
    std::size_t plain_bytes = plain.size();
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) != 1 ||
        EVP_PKEY_decrypt(context.get(), plain.data(), &plain_bytes, wrapped.data(),
                         wrapped.size()) != 1 ||
        plain_bytes != image_key.size()) {
        return false;
    }
    std::copy_n(plain.begin(), plain_bytes, image_key.begin());
    return true;
}

// RFC 3394 with the default initial value.
bool unwrap_aes_kw(Bytes kek, Bytes wrapped, std::span<std::uint8_t> image_key)
{
    if (kek.size() != image_key.size() || wrapped.size() != image_key.size() + 8) {
        return false;
    }
    const CipherHandle cipher(
        EVP_CIPHER_fetch(nullptr, kek.size() == 16 ? "AES-128-WRAP" : "AES-256-WRAP", nullptr));
    const CipherContextHandle context(EVP_CIPHER_CTX_new());
    if (!cipher || !context) {
        return false;
    }
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    std::array<std::uint8_t, CRYPTO_AES_KEY_BYTES_MAX + 16> plain{};
    int plain_bytes = 0;
    if (EVP_DecryptInit_ex2(context.get(), cipher.get(), kek.data(), nullptr, nullptr) != 1 ||
        EVP_DecryptUpdate(context.get(), plain.data(), &plain_bytes, wrapped.data(),
                          static_cast<int>(wrapped.size())) != 1 ||
        static_cast<std::size_t>(plain_bytes) != image_key.size()) {
        return false;
    }
    std::copy_n(plain.begin(), image_key.size(), image_key.begin());
    return true;
}

bool agree(EVP_PKEY* device_private, EVP_PKEY* ephemeral_public, SharedSecret& shared)
{
    const PkeyContextHandle context(EVP_PKEY_CTX_new(device_private, nullptr));
    std::size_t shared_bytes = shared.size();
    return context && EVP_PKEY_derive_init(context.get()) == 1 &&
           EVP_PKEY_derive_set_peer(context.get(), ephemeral_public) == 1 &&
           EVP_PKEY_derive(context.get(), shared.data(), &shared_bytes) == 1 &&
           shared_bytes == shared.size();
}

bool agree_p256(Bytes private_key, Bytes point, SharedSecret& shared)
{
    constexpr std::uint8_t kUncompressed = 0x04;
    const PkeyHandle device = parse_private_key(private_key);
    if (!device || EVP_PKEY_is_a(device.get(), "EC") != 1 || point[0] != kUncompressed) {
        return false;
    }
    const PkeyHandle ephemeral(EVP_PKEY_new());
    return ephemeral && EVP_PKEY_copy_parameters(ephemeral.get(), device.get()) == 1 &&
           EVP_PKEY_set1_encoded_public_key(ephemeral.get(), point.data(), point.size()) == 1 &&
           agree(device.get(), ephemeral.get(), shared);
}

bool agree_x25519(Bytes private_key, Bytes ephemeral_key, SharedSecret& shared)
{
    const PkeyHandle device = parse_private_key(private_key);
    if (!device || EVP_PKEY_is_a(device.get(), "X25519") != 1) {
        return false;
    }
    const PkeyHandle ephemeral(EVP_PKEY_new_raw_public_key(
        EVP_PKEY_X25519, nullptr, ephemeral_key.data(), ephemeral_key.size()));
    return ephemeral && agree(device.get(), ephemeral.get(), shared);
}

// HKDF (RFC 5869) with an empty salt.
bool derive_keys(const EVP_MD* hash, const SharedSecret& shared, std::span<std::uint8_t> keys)
{
    const PkeyContextHandle context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
    std::size_t key_bytes = keys.size();
    return context && EVP_PKEY_derive_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_hkdf_md(context.get(), hash) == 1 &&
           EVP_PKEY_CTX_set1_hkdf_key(context.get(), shared.data(),
                                      static_cast<int>(shared.size())) == 1 &&
           EVP_PKEY_CTX_add1_hkdf_info(context.get(),
                                       reinterpret_cast<const unsigned char*>(kEciesInfo.data()),
                                       static_cast<int>(kEciesInfo.size())) == 1 &&
           EVP_PKEY_derive(context.get(), keys.data(), &key_bytes) == 1 && key_bytes == keys.size();
}

using Agreement = bool (*)(Bytes private_key, Bytes ephemeral, SharedSecret& shared);

// Payload: ephemeral public key, HMAC tag over the encrypted key, encrypted key.
bool unwrap_ecies(Agreement agreement, std::size_t ephemeral_bytes, const EVP_MD* hash,
                  Bytes private_key, Bytes wrapped, std::span<std::uint8_t> image_key)
{
    const auto tag_bytes = static_cast<std::size_t>(EVP_MD_get_size(hash));
    if (wrapped.size() != ephemeral_bytes + tag_bytes + image_key.size()) {
        return false;
    }
    const Bytes tag = wrapped.subspan(ephemeral_bytes, tag_bytes);
    const Bytes encrypted_key = wrapped.last(image_key.size());
    SharedSecret shared{};
    std::array<std::uint8_t, CRYPTO_AES_KEY_BYTES_MAX + EVP_MAX_MD_SIZE> keys{};
    const auto used_keys = std::span(keys).first(image_key.size() + tag_bytes);
    if (!agreement(private_key, wrapped.first(ephemeral_bytes), shared) ||
        !derive_keys(hash, shared, used_keys)) {
        return false;
    }
    const Bytes hmac_key = used_keys.last(tag_bytes);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> expected_tag{};
    if (HMAC(hash, hmac_key.data(), static_cast<int>(hmac_key.size()), encrypted_key.data(),
             encrypted_key.size(), expected_tag.data(), nullptr) == nullptr ||
        CRYPTO_memcmp(expected_tag.data(), tag.data(), tag_bytes) != 0) {
        return false;
    }
    PayloadCipher cipher;
    if (!cipher.begin(used_keys.first(image_key.size()), 0)) {
        return false;
    }
    std::copy(encrypted_key.begin(), encrypted_key.end(), image_key.begin());
    cipher.apply(image_key);
    return true;
}

int unwrap(crypto_key_wrap kind, Bytes private_key, Bytes wrapped, std::span<std::uint8_t> key)
{
    const auto verdict = [](bool good) -> int { return good ? CRYPTO_OK : CRYPTO_EBAD; };
    switch (kind) {
    case CRYPTO_WRAP_NONE:
        return CRYPTO_EUNSUPPORTED;
    case CRYPTO_WRAP_RSA2048_OAEP:
        return verdict(unwrap_rsa_oaep(private_key, wrapped, key));
    case CRYPTO_WRAP_AES_KW:
        return verdict(unwrap_aes_kw(private_key, wrapped, key));
    case CRYPTO_WRAP_ECIES_P256:
        return verdict(
            unwrap_ecies(agree_p256, kP256PointBytes, EVP_sha256(), private_key, wrapped, key));
    case CRYPTO_WRAP_ECIES_X25519:
        return verdict(
            unwrap_ecies(agree_x25519, kX25519KeyBytes, EVP_sha256(), private_key, wrapped, key));
    case CRYPTO_WRAP_ECIES_X25519_SHA512:
        return verdict(
            unwrap_ecies(agree_x25519, kX25519KeyBytes, EVP_sha512(), private_key, wrapped, key));
    }
    return CRYPTO_EUNSUPPORTED;
}

}  // namespace

int recover_image_key(crypto_key_wrap kind, Bytes private_key, Bytes wrapped,
                      std::span<std::uint8_t> image_key) noexcept
{
    if (image_key.size() != 16 && image_key.size() != 32) {
        return CRYPTO_EUNSUPPORTED;
    }
    ImageKey recovered{};
    const auto recovered_key = std::span(recovered).first(image_key.size());
    const int result = unwrap(kind, private_key, wrapped, recovered_key);
    ERR_clear_error();
    if (result == CRYPTO_OK) {
        std::copy(recovered_key.begin(), recovered_key.end(), image_key.begin());
    }
    return result;
}

}  // namespace brownout::sim
