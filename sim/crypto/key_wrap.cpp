#include "key_wrap.hpp"

#include "key_forms.hpp"
#include "openssl_handles.hpp"
#include "payload_cipher.hpp"

#include "scenario/yaml_tree.hpp"

#include <sim/error.hpp>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace brownout::sim {

namespace {

using WrapBytes = std::vector<std::uint8_t>;
using WrapView = std::span<const std::uint8_t>;

constexpr std::size_t kWrapKeyFileBytesMax = 64 * 1024;
constexpr std::string_view kWrapInfo = "MCUBoot_ECIES_v1";
constexpr std::pair<std::uint16_t, crypto_key_wrap> kWrapTlvs[] = {
    {0x30, CRYPTO_WRAP_RSA2048_OAEP},        {0x31, CRYPTO_WRAP_AES_KW},
    {0x32, CRYPTO_WRAP_ECIES_P256},          {0x33, CRYPTO_WRAP_ECIES_X25519},
    {0x34, CRYPTO_WRAP_ECIES_X25519_SHA512},
};

void require_openssl(bool done)
{
    if (!done) {
        ERR_clear_error();
        throw InputError("OpenSSL cannot wrap an image key with this key");
    }
}

struct WrapBioDeleter {
    void operator()(BIO* bio) const { BIO_free(bio); }
};

int no_wrap_passphrase(char*, int, int, void*)
{
    return -1;
}

std::unique_ptr<BIO, WrapBioDeleter> bio_of(const std::string& text)
{
    return std::unique_ptr<BIO, WrapBioDeleter>(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

PkeyHandle public_key_of(const std::string& text)
{
    PkeyHandle key(PEM_read_bio_PUBKEY(bio_of(text).get(), nullptr, no_wrap_passphrase, nullptr));
    if (!key) {
        const auto* cursor = reinterpret_cast<const unsigned char*>(text.data());
        key.reset(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(text.size())));
    }
    ERR_clear_error();
    return key;
}

PkeyHandle private_key_of(const std::string& text)
{
    PkeyHandle key(
        PEM_read_bio_PrivateKey(bio_of(text).get(), nullptr, no_wrap_passphrase, nullptr));
    if (!key) {
        const auto* cursor = reinterpret_cast<const unsigned char*>(text.data());
        key.reset(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(text.size())));
    }
    ERR_clear_error();
    return key;
}

WrapBytes wrap_rsa(EVP_PKEY* key, WrapView image_key)
{
    const PkeyContextHandle context(EVP_PKEY_CTX_new(key, nullptr));
    WrapBytes wrapped(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
    std::size_t length = wrapped.size();
    require_openssl(context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
                    EVP_PKEY_encrypt(context.get(), wrapped.data(), &length, image_key.data(),
                                     image_key.size()) == 1);
    wrapped.resize(length);
    return wrapped;
}

WrapBytes wrap_aes(WrapView kek, WrapView image_key)
{
    const CipherHandle cipher(
        EVP_CIPHER_fetch(nullptr, kek.size() == 16 ? "AES-128-WRAP" : "AES-256-WRAP", nullptr));
    const CipherContextHandle context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    WrapBytes wrapped(image_key.size() + 16);
    int length = 0;
    require_openssl(
        EVP_EncryptInit_ex2(context.get(), cipher.get(), kek.data(), nullptr, nullptr) == 1 &&
        EVP_EncryptUpdate(context.get(), wrapped.data(), &length, image_key.data(),
                          static_cast<int>(image_key.size())) == 1);
    wrapped.resize(static_cast<std::size_t>(length));
    return wrapped;
}

// Public half of the ephemeral key as it lies in the TLV: 65 bytes of a point, 32 of X25519.
WrapBytes encoded_public(EVP_PKEY* key)
{
    unsigned char* encoded = nullptr;
    const std::size_t length = EVP_PKEY_get1_encoded_public_key(key, &encoded);
    WrapBytes bytes(encoded, encoded + length);
    OPENSSL_free(encoded);
    return bytes;
}

WrapBytes agreed_keys(EVP_PKEY* ephemeral, EVP_PKEY* device, const EVP_MD* hash,
                      std::size_t byte_count)
{
    const PkeyContextHandle agreement(EVP_PKEY_CTX_new(ephemeral, nullptr));
    std::array<std::uint8_t, 32> shared{};
    std::size_t shared_bytes = shared.size();
    require_openssl(agreement && EVP_PKEY_derive_init(agreement.get()) == 1 &&
                    EVP_PKEY_derive_set_peer(agreement.get(), device) == 1 &&
                    EVP_PKEY_derive(agreement.get(), shared.data(), &shared_bytes) == 1);
    const PkeyContextHandle derivation(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
    WrapBytes keys(byte_count);
    require_openssl(derivation && EVP_PKEY_derive_init(derivation.get()) == 1 &&
                    EVP_PKEY_CTX_set_hkdf_md(derivation.get(), hash) == 1 &&
                    EVP_PKEY_CTX_set1_hkdf_key(derivation.get(), shared.data(),
                                               static_cast<int>(shared_bytes)) == 1 &&
                    EVP_PKEY_CTX_add1_hkdf_info(
                        derivation.get(), reinterpret_cast<const unsigned char*>(kWrapInfo.data()),
                        static_cast<int>(kWrapInfo.size())) == 1 &&
                    EVP_PKEY_derive(derivation.get(), keys.data(), &byte_count) == 1);
    return keys;
}

// Ephemeral public key, tag over the encrypted key, encrypted key.
WrapBytes wrap_ecies(EVP_PKEY* device, const EVP_MD* hash, WrapView image_key)
{
    const PkeyHandle ephemeral(EVP_PKEY_is_a(device, "X25519") == 1
                                   ? EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")
                                   : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    require_openssl(ephemeral != nullptr);
    const auto tag_bytes = static_cast<std::size_t>(EVP_MD_get_size(hash));
    const WrapBytes keys = agreed_keys(ephemeral.get(), device, hash, image_key.size() + tag_bytes);
    WrapBytes encrypted(image_key.begin(), image_key.end());
    PayloadCipher cipher;
    require_openssl(cipher.begin(std::span(keys).first(image_key.size()), 0));
    cipher.apply(encrypted);
    const WrapView hmac_key = std::span(keys).last(tag_bytes);
    WrapBytes tag(tag_bytes);
    require_openssl(HMAC(hash, hmac_key.data(), static_cast<int>(hmac_key.size()), encrypted.data(),
                         encrypted.size(), tag.data(), nullptr) != nullptr);
    WrapBytes wrapped = encoded_public(ephemeral.get());
    wrapped.insert(wrapped.end(), tag.begin(), tag.end());
    wrapped.insert(wrapped.end(), encrypted.begin(), encrypted.end());
    return wrapped;
}

}  // namespace

WrappedImageKey wrap_image_key(const std::filesystem::path& path, WrapView image_key,
                               bool hmac_sha512)
{
    const std::string text = read_text_file(path.string(), kWrapKeyFileBytesMax);
    const PkeyHandle key = public_key_of(text);
    if (key && EVP_PKEY_is_a(key.get(), "RSA") == 1 && EVP_PKEY_get_bits(key.get()) == 2048) {
        return {CRYPTO_WRAP_RSA2048_OAEP, wrap_rsa(key.get(), image_key)};
    }
    if (key && EVP_PKEY_is_a(key.get(), "X25519") == 1) {
        return {hmac_sha512 ? CRYPTO_WRAP_ECIES_X25519_SHA512 : CRYPTO_WRAP_ECIES_X25519,
                wrap_ecies(key.get(), hmac_sha512 ? EVP_sha512() : EVP_sha256(), image_key)};
    }
    if (key && EVP_PKEY_is_a(key.get(), "EC") == 1 && EVP_PKEY_get_bits(key.get()) == 256) {
        return {CRYPTO_WRAP_ECIES_P256, wrap_ecies(key.get(), EVP_sha256(), image_key)};
    }
    const auto kek = decode_base64(text);
    if (!key && kek && kek->size() == image_key.size()) {
        return {CRYPTO_WRAP_AES_KW, wrap_aes(*kek, image_key)};
    }
    throw InputError(Place{path.string()},
                     "is not a public key that image keys are wrapped with (rsa-2048, ecdsa-p256 "
                     "or x25519; PEM or DER), nor an AES key of the length of the image key in "
                     "base64");
}

WrapBytes read_unwrapping_key(const std::filesystem::path& path)
{
    const std::string text = read_text_file(path.string(), kWrapKeyFileBytesMax);
    const PkeyHandle key = private_key_of(text);
    if (!key) {
        const auto kek = decode_base64(text);
        if (kek && (kek->size() == 16 || kek->size() == 32)) {
            return *kek;
        }
        throw InputError(Place{path.string()},
                         "is not a private key (PEM or DER, without a passphrase), nor an AES key "
                         "of 16 or 32 bytes in base64");
    }
    unsigned char* encoded = nullptr;
    const int length = i2d_PrivateKey(key.get(), &encoded);
    require_openssl(length > 0);
    WrapBytes bytes(encoded, encoded + length);
    OPENSSL_free(encoded);
    return bytes;
}

std::uint16_t tlv_of_key_wrap(crypto_key_wrap kind)
{
    for (const auto& [type, of] : kWrapTlvs) {
        if (of == kind) {
            return type;
        }
    }
    return 0;
}

crypto_key_wrap key_wrap_of_tlv(std::uint16_t type)
{
    for (const auto& [of, kind] : kWrapTlvs) {
        if (of == type) {
            return kind;
        }
    }
    return CRYPTO_WRAP_NONE;
}

}  // namespace brownout::sim
