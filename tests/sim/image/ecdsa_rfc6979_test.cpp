// The test vectors of RFC 6979, A.2.5: ECDSA, curve P-256, with SHA-256.
#include "hex_text.hpp"
#include "image/ecdsa_rfc6979.hpp"

#include <gtest/gtest.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <memory>

namespace brownout::sim {
namespace {

constexpr const char* kPrivateKey =
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

struct Vector {
    const char* message;
    const char* nonce;
    const char* r;
    const char* s;
};

constexpr Vector kVectors[] = {
    {"sample", "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
     "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
    {"test", "d16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0",
     "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
     "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"}};

std::array<std::uint8_t, 32> array_from_hex(std::string text)
{
    text.insert(0, 64 - text.size(), '0');
    std::array<std::uint8_t, 32> result{};
    const std::vector<std::uint8_t> bytes = bytes_of_hex_text(text);
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
}

std::array<std::uint8_t, 32> digest_of(const std::string& message)
{
    std::array<std::uint8_t, 32> digest{};
    SHA256(reinterpret_cast<const std::uint8_t*>(message.data()), message.size(), digest.data());
    return digest;
}

std::string number_hex(const BIGNUM* number)
{
    std::array<std::uint8_t, 32> bytes{};
    BN_bn2binpad(number, bytes.data(), 32);
    return hex_from_bytes(bytes);
}

TEST(EcdsaRfc6979, NoncesEqualThePublishedOnes)
{
    for (const Vector& vector : kVectors) {
        EXPECT_EQ(rfc6979_nonce_p256(array_from_hex(kPrivateKey), digest_of(vector.message)),
                  array_from_hex(vector.nonce))
            << vector.message;
    }
}

TEST(EcdsaRfc6979, SignaturesEqualThePublishedOnes)
{
    // ECPrivateKey of RFC 5915 with the curve and without the public key.
    const std::vector<std::uint8_t> der =
        bytes_of_hex_text(std::string("30310201010420") + kPrivateKey + "a00a06082a8648ce3d030107");
    const unsigned char* cursor = der.data();
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size())), EVP_PKEY_free);
    ASSERT_NE(key, nullptr);
    for (const Vector& vector : kVectors) {
        const std::vector<std::uint8_t> encoded =
            ecdsa_p256_sign(key.get(), digest_of(vector.message));
        const unsigned char* start = encoded.data();
        const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> signature(
            d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(encoded.size())), ECDSA_SIG_free);
        ASSERT_NE(signature, nullptr);
        EXPECT_EQ(number_hex(ECDSA_SIG_get0_r(signature.get())), vector.r);
        EXPECT_EQ(number_hex(ECDSA_SIG_get0_s(signature.get())), vector.s);
    }
}

}  // namespace
}  // namespace brownout::sim
