#include "key_file.hpp"

#include <sim/error.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <fstream>

namespace brownout::sim {

namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;

struct BioDeleter {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPointer = std::unique_ptr<BIO, BioDeleter>;

// Never asks on the terminal: an encrypted key simply fails to load.
int no_passphrase(char*, int, int, void*)
{
    return -1;
}

std::vector<std::uint8_t> key_file_bytes(const std::filesystem::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    std::vector<std::uint8_t> bytes(kKeyFileBytesMax + 1);
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    if (!stream.is_open() || stream.bad()) {
        throw InputError(Place{path.string()}, "cannot be read");
    }
    if (bytes.size() > kKeyFileBytesMax) {
        throw InputError(Place{path.string()}, "is too large for a key");
    }
    return bytes;
}

BioPointer bio_over(std::span<const std::uint8_t> bytes)
{
    return BioPointer(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

bool is_curve(const EVP_PKEY* key, const char* curve)
{
    std::array<char, 64> name{};
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(),
                                          nullptr) == 1 &&
           std::string_view(name.data()) == curve;
}

bool is_kind(const EVP_PKEY* key, crypto_signature kind)
{
    switch (kind) {
    case CRYPTO_RSA2048_PSS:
        return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) == 2048;
    case CRYPTO_RSA3072_PSS:
        return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) == 3072;
    case CRYPTO_ECDSA_P256:
        return is_curve(key, "prime256v1");
    case CRYPTO_ECDSA_P384:
        return is_curve(key, "secp384r1");
    case CRYPTO_ED25519:
        return EVP_PKEY_is_a(key, "ED25519") == 1;
    case CRYPTO_SIGNATURE_NONE:
        break;
    }
    return false;
}

bool is_rsa(crypto_signature kind)
{
    return kind == CRYPTO_RSA2048_PSS || kind == CRYPTO_RSA3072_PSS;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const char* half, crypto_signature kind)
{
    ERR_clear_error();
    throw InputError(Place{path.string()}, fmt::format("is not a {} key for {} (PEM or DER, "
                                                       "without a passphrase)",
                                                       half, name_of(signature_names(), kind)));
}

}  // namespace

std::vector<std::uint8_t> public_key_bytes(EVP_PKEY* key, crypto_signature kind)
{
    unsigned char* encoded = nullptr;
    const int length = is_rsa(kind) ? i2d_PublicKey(key, &encoded) : i2d_PUBKEY(key, &encoded);
    if (length <= 0) {
        throw InputError("OpenSSL cannot encode a public key");
    }
    std::vector<std::uint8_t> bytes(encoded, encoded + length);
    OPENSSL_free(encoded);
    return bytes;
}

KeyPointer public_key_from_bytes(std::span<const std::uint8_t> bytes, crypto_signature kind)
{
    const unsigned char* cursor = bytes.data();
    const auto length = static_cast<long>(bytes.size());
    KeyPointer key(is_rsa(kind) ? d2i_PublicKey(EVP_PKEY_RSA, nullptr, &cursor, length)
                                : d2i_PUBKEY(nullptr, &cursor, length));
    ERR_clear_error();
    return key && is_kind(key.get(), kind) ? std::move(key) : nullptr;
}

std::vector<std::uint8_t> read_public_key(const std::filesystem::path& path, crypto_signature kind)
{
    const std::vector<std::uint8_t> bytes = key_file_bytes(path);
    KeyPointer key(PEM_read_bio_PUBKEY(bio_over(bytes).get(), nullptr, no_passphrase, nullptr));
    if (!key) {
        const unsigned char* cursor = bytes.data();
        key.reset(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(bytes.size())));
    }
    if (!key && is_rsa(kind)) {
        key = public_key_from_bytes(bytes, kind);
    }
    if (!key) {  // a private key holds its public half
        key.reset(PEM_read_bio_PrivateKey(bio_over(bytes).get(), nullptr, no_passphrase, nullptr));
    }
    if (!key || !is_kind(key.get(), kind)) {
        refuse(path, "public", kind);
    }
    ERR_clear_error();
    return public_key_bytes(key.get(), kind);
}

KeyPointer read_private_key(const std::filesystem::path& path, crypto_signature kind)
{
    const std::vector<std::uint8_t> bytes = key_file_bytes(path);
    KeyPointer key(PEM_read_bio_PrivateKey(bio_over(bytes).get(), nullptr, no_passphrase, nullptr));
    if (!key) {
        const unsigned char* cursor = bytes.data();
        key.reset(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(bytes.size())));
    }
    if (!key || !is_kind(key.get(), kind)) {
        refuse(path, "private", kind);
    }
    ERR_clear_error();
    return key;
}

}  // namespace brownout::sim
