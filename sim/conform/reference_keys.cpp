#include "reference_keys.hpp"

#include "crypto/key_forms.hpp"
#include "gzip_file.hpp"

#include <models/assert.hpp>
#include <sim/error.hpp>

namespace brownout::sim {

namespace {

constexpr std::size_t kKeyFileBytesMax = 16384;

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path)
{
    const std::string text = read_whole_file(path, kKeyFileBytesMax);
    return {text.begin(), text.end()};
}

// RSA keys are recorded as SubjectPublicKeyInfo; firmware embeds them as PKCS#1.
std::vector<std::uint8_t> read_rsa_key(const std::filesystem::path& path)
{
    const auto key = rsa_key_as_pkcs1(read_bytes(path));
    if (!key) {
        throw InputError(Place{path.string()}, "The file is no RSA public key in DER form.");
    }
    return *key;
}

std::vector<std::uint8_t> read_base64_key(const std::filesystem::path& path)
{
    const auto key = decode_base64(read_whole_file(path, kKeyFileBytesMax));
    if (!key) {
        throw InputError(Place{path.string()}, "The file is no key in base64 form.");
    }
    return *key;
}

}  // namespace

std::vector<std::uint8_t> read_signing_key(const std::filesystem::path& folder,
                                           crypto_signature kind)
{
    switch (kind) {
    case CRYPTO_SIGNATURE_NONE:
        return {};
    case CRYPTO_RSA2048_PSS:
        return read_rsa_key(folder / "sign-rsa2048-pub.der");
    case CRYPTO_RSA3072_PSS:
        return read_rsa_key(folder / "sign-rsa3072-pub.der");
    case CRYPTO_ECDSA_P256:
        return read_bytes(folder / "sign-ec256-pub.der");
    case CRYPTO_ECDSA_P384:
        return read_bytes(folder / "sign-ec384-pub.der");
    case CRYPTO_ED25519:
        return read_bytes(folder / "sign-ed25519-pub.der");
    }
    BROWNOUT_ASSERT(!"a kind of signature without a key");
    return {};
}

std::vector<std::uint8_t> read_encryption_key(const std::filesystem::path& folder,
                                              crypto_key_wrap kind)
{
    switch (kind) {
    case CRYPTO_WRAP_NONE:
        return {};
    case CRYPTO_WRAP_RSA2048_OAEP:
        return read_bytes(folder / "enc-rsa2048-priv.der");
    case CRYPTO_WRAP_AES_KW:
        return read_base64_key(folder / "enc-aes128kw.b64");
    case CRYPTO_WRAP_ECIES_P256:
        return read_bytes(folder / "enc-ec256-priv.der");
    case CRYPTO_WRAP_ECIES_X25519:
    case CRYPTO_WRAP_ECIES_X25519_SHA512:
        return read_bytes(folder / "enc-x25519-priv.der");
    }
    BROWNOUT_ASSERT(!"a kind of encryption without a key");
    return {};
}

}  // namespace brownout::sim
