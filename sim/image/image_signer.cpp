#include "image_signer.hpp"

#include "image_digest.hpp"
#include "image_layout.hpp"

#include "crypto/signature_check.hpp"

#include <sim/error.hpp>
#include <sim/scenario_names.hpp>

#include <openssl/err.h>
#include <openssl/rsa.h>

namespace brownout::sim {

namespace {

using namespace image_layout;

struct SignContextDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using SignContext = std::unique_ptr<EVP_MD_CTX, SignContextDeleter>;

bool is_rsa_kind(crypto_signature kind)
{
    return kind == CRYPTO_RSA2048_PSS || kind == CRYPTO_RSA3072_PSS;
}

bool set_pss(EVP_PKEY_CTX* parameters)
{
    return EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// Tries every kind of signature key.
template <class Read>
SigningKey first_kind(Read read)
{
    for (const Named<crypto_signature>& kind : signature_names()) {
        if (kind.value == CRYPTO_SIGNATURE_NONE) {
            continue;
        }
        try {
            return {read(kind.value), kind.value};
        } catch (const InputError&) {
            continue;  // another kind, or no key at all: the caller's sentence
        }
    }
    return {};
}

void require_file(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        throw InputError(Place{path.string()}, "there is no such key file");
    }
}

// What is handed to the signature algorithm, which hashes it unless this is Ed25519.
std::vector<std::uint8_t> message_of(crypto_signature kind, std::span<const std::uint8_t> covered,
                                     std::uint32_t hash_bits, bool pure)
{
    if (kind == CRYPTO_ED25519 && !pure) {
        return image_digest(covered, hash_bits);
    }
    return {covered.begin(), covered.end()};
}

const EVP_MD* algorithm_hash(crypto_signature kind)
{
    return kind == CRYPTO_ED25519 ? nullptr : hash_of_bits(hash_bits_of(kind));
}

}  // namespace

std::uint32_t hash_bits_of(crypto_signature kind)
{
    return kind == CRYPTO_ECDSA_P384 ? 384 : 256;
}

std::uint16_t tlv_of(crypto_signature kind)
{
    switch (kind) {
    case CRYPTO_RSA2048_PSS:
        return kTlvRsa2048;
    case CRYPTO_RSA3072_PSS:
        return kTlvRsa3072;
    case CRYPTO_ED25519:
        return kTlvEd25519;
    default:
        return kTlvEcdsa;
    }
}

SigningKey read_signing_key_file(const std::filesystem::path& path)
{
    require_file(path);
    SigningKey key =
        first_kind([&](crypto_signature kind) { return read_private_key(path, kind); });
    if (!key.key) {
        throw InputError(Place{path.string()},
                         "is not a private key that signs images (rsa-2048, rsa-3072, ecdsa-p256, "
                         "ecdsa-p384 or ed25519; PEM or DER, without a passphrase)");
    }
    return key;
}

SigningKey read_verifying_key_file(const std::filesystem::path& path)
{
    require_file(path);
    SigningKey key = first_kind([&](crypto_signature kind) {
        return public_key_from_bytes(read_public_key(path, kind), kind);
    });
    if (!key.key) {
        key = first_kind([&](crypto_signature kind) { return read_private_key(path, kind); });
    }
    if (!key.key) {
        throw InputError(Place{path.string()},
                         "is not a key of image signatures (rsa-2048, rsa-3072, ecdsa-p256, "
                         "ecdsa-p384 or ed25519; PEM or DER, without a passphrase)");
    }
    return key;
}

std::vector<std::uint8_t> sign_covered(const SigningKey& key, std::span<const std::uint8_t> covered,
                                       std::uint32_t hash_bits, bool pure)
{
    const std::vector<std::uint8_t> message = message_of(key.kind, covered, hash_bits, pure);
    const SignContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    std::size_t length = 0;
    std::vector<std::uint8_t> signature;
    bool ready =
        EVP_DigestSignInit(context.get(), &parameters, algorithm_hash(key.kind), nullptr,
                           key.key.get()) == 1 &&
        (!is_rsa_kind(key.kind) || set_pss(parameters)) &&
        EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) == 1;
    signature.resize(length);
    ready = ready && EVP_DigestSign(context.get(), signature.data(), &length, message.data(),
                                    message.size()) == 1;
    ERR_clear_error();
    if (!ready) {
        throw InputError("OpenSSL cannot sign with this key");
    }
    signature.resize(length);
    return signature;
}

std::size_t longest_signature_bytes(const SigningKey& key)
{
    return static_cast<std::size_t>(EVP_PKEY_get_size(key.key.get()));
}

bool signature_is_good(const SigningKey& key, std::span<const std::uint8_t> covered,
                       std::uint32_t hash_bits, bool pure, std::span<const std::uint8_t> signature)
{
    if (tlv_of(key.kind) == kTlvEcdsa) {
        signature = without_zero_padding(signature).value_or(signature);
    }
    const std::vector<std::uint8_t> message = message_of(key.kind, covered, hash_bits, pure);
    const SignContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    const bool good = EVP_DigestVerifyInit(context.get(), &parameters, algorithm_hash(key.kind),
                                           nullptr, key.key.get()) == 1 &&
                      (!is_rsa_kind(key.kind) || set_pss(parameters)) &&
                      EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                       message.data(), message.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace brownout::sim
