#include "signature_check.hpp"

#include "openssl_handles.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string_view>

namespace brownout::sim {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr int kSaltBytes = 32;

// Both parsers take the whole key: bytes behind its end are not part of any key we were given.
PkeyHandle parse_pkcs1_public_key(Bytes der)
{
    const unsigned char* cursor = der.data();
    PkeyHandle key(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &cursor, static_cast<long>(der.size())));
    return cursor == der.data() + der.size() ? std::move(key) : nullptr;
}

PkeyHandle parse_subject_public_key(Bytes der)
{
    const unsigned char* cursor = der.data();
    PkeyHandle key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(der.size())));
    return cursor == der.data() + der.size() ? std::move(key) : nullptr;
}

bool is_on_curve(EVP_PKEY* key, std::string_view curve)
{
    char name[64] = {};
    std::size_t name_length = 0;
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name,
                                          &name_length) == 1 &&
           curve == std::string_view(name, name_length);
}

bool check_ecdsa(Bytes public_key, std::string_view curve, Bytes digest, Bytes padded_signature)
{
    const PkeyHandle key = parse_subject_public_key(public_key);
    const auto signature = without_zero_padding(padded_signature);
    if (!key || !is_on_curve(key.get(), curve) || !signature) {
        return false;
    }
    const PkeyContextHandle context(EVP_PKEY_CTX_new(key.get(), nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_verify(context.get(), signature->data(), signature->size(), digest.data(),
                           digest.size()) == 1;
}

bool check_rsa_pss(Bytes public_key, int modulus_bytes, Bytes digest, Bytes signature)
{
    const PkeyHandle key = parse_pkcs1_public_key(public_key);
    if (!key || EVP_PKEY_get_size(key.get()) != modulus_bytes ||
        signature.size() != static_cast<std::size_t>(modulus_bytes) ||
        digest.size() != static_cast<std::size_t>(CRYPTO_SHA256)) {
        return false;
    }
    const PkeyContextHandle context(EVP_PKEY_CTX_new(key.get(), nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), kSaltBytes) == 1 &&
           EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                           digest.size()) == 1;
}

bool check_ed25519(Bytes public_key, Bytes digest, Bytes signature)
{
    const PkeyHandle key = parse_subject_public_key(public_key);
    if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1) {
        return false;
    }
    const DigestContextHandle context(EVP_MD_CTX_new());
    return context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), digest.data(),
                            digest.size()) == 1;
}

std::optional<bool> check(crypto_signature kind, Bytes public_key, Bytes digest, Bytes signature)
{
    switch (kind) {
    case CRYPTO_SIGNATURE_NONE:
        return std::nullopt;
    case CRYPTO_RSA2048_PSS:
        return check_rsa_pss(public_key, 256, digest, signature);
    case CRYPTO_RSA3072_PSS:
        return check_rsa_pss(public_key, 384, digest, signature);
    case CRYPTO_ECDSA_P256:
        return check_ecdsa(public_key, "prime256v1", digest, signature);
    case CRYPTO_ECDSA_P384:
        return check_ecdsa(public_key, "secp384r1", digest, signature);
    case CRYPTO_ED25519:
        return check_ed25519(public_key, digest, signature);
    }
    return std::nullopt;
}

}  // namespace

std::optional<Bytes> without_zero_padding(Bytes signature)
{
    constexpr std::uint8_t kSequence = 0x30;
    if (signature.size() < 2 || signature[0] != kSequence) {
        return std::nullopt;
    }
    std::size_t head_bytes = 2;
    std::size_t content_bytes = signature[1];
    if (content_bytes == 0x81 && signature.size() > 2) {
        head_bytes = 3;
        content_bytes = signature[2];
    } else if (content_bytes >= 0x80) {
        return std::nullopt;  // indefinite, or longer than any signature we accept
    }
    if (content_bytes > signature.size() - head_bytes) {
        return std::nullopt;
    }
    const Bytes padding = signature.subspan(head_bytes + content_bytes);
    if (!std::all_of(padding.begin(), padding.end(), [](std::uint8_t b) { return b == 0; })) {
        return std::nullopt;
    }
    return signature.first(head_bytes + content_bytes);
}

int check_signature(crypto_signature kind, Bytes public_key, Bytes digest, Bytes signature) noexcept
{
    const std::optional<bool> good = check(kind, public_key, digest, signature);
    ERR_clear_error();  // OpenSSL keeps a queue of what it disliked; nobody reads it
    if (!good) {
        return CRYPTO_EUNSUPPORTED;
    }
    return *good ? CRYPTO_OK : CRYPTO_EBAD;
}

}  // namespace brownout::sim
