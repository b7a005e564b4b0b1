// RFC 3394 4.1 and 4.6 for AES key wrap; RFC 7748 6.1 and the first NIST CAVS vector of P-256 for
// what ECIES agrees on. ECIES payloads are built here from single primitives, with
// an HKDF of our own that is itself checked against RFC 5869 A.1.
#include "crypto_probe.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace brownout::sim {
namespace {

struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Release>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release>;

ByteVector hmac(const EVP_MD* hash, const ByteVector& key, const ByteVector& message)
{
    ByteVector tag(static_cast<std::size_t>(EVP_MD_get_size(hash)));
    HMAC(hash, key.data(), static_cast<int>(key.size()), message.data(), message.size(), tag.data(),
         nullptr);
    return tag;
}

ByteVector hkdf(const EVP_MD* hash, const ByteVector& salt, const ByteVector& secret,
                const ByteVector& info, std::size_t byte_count)
{
    const ByteVector pseudo_random_key = hmac(hash, salt, secret);
    ByteVector keys;
    ByteVector block;
    for (std::uint8_t counter = 1; keys.size() < byte_count; ++counter) {
        block = hmac(hash, pseudo_random_key, joined({block, info, {counter}}));
        keys.insert(keys.end(), block.begin(), block.end());
    }
    keys.resize(byte_count);
    return keys;
}

ByteVector private_der(EVP_PKEY* key)
{
    PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key);
    ByteVector der(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(info, nullptr)));
    unsigned char* cursor = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(info, &cursor);
    PKCS8_PRIV_KEY_INFO_free(info);
    return der;
}

ByteVector public_bytes(EVP_PKEY* key)
{
    unsigned char* encoded = nullptr;
    const std::size_t byte_count = EVP_PKEY_get1_encoded_public_key(key, &encoded);
    ByteVector bytes(encoded, encoded + byte_count);
    OPENSSL_free(encoded);
    return bytes;
}

ByteVector shared_secret(EVP_PKEY* own, EVP_PKEY* peer)
{
    const KeyContext context(EVP_PKEY_CTX_new(own, nullptr));
    ByteVector shared(32);
    std::size_t byte_count = shared.size();
    EVP_PKEY_derive_init(context.get());
    EVP_PKEY_derive_set_peer(context.get(), peer);
    EXPECT_EQ(EVP_PKEY_derive(context.get(), shared.data(), &byte_count), 1);
    return shared;
}

// What agreeing on `secret` makes of `image_key`.
ByteVector wrap_with(const CryptoProbe& probe, const EVP_MD* hash, const ByteVector& secret,
                     const ByteVector& ephemeral, ByteVector image_key)
{
    const auto tag_bytes = static_cast<std::size_t>(EVP_MD_get_size(hash));
    const ByteVector keys = hkdf(hash, ByteVector(tag_bytes), secret, from_text("MCUBoot_ECIES_v1"),
                                 image_key.size() + tag_bytes);
    const crypto_ctr ctr{keys.data(), length_of(image_key)};
    probe.table().ctr(probe.table().context, &ctr, 0, image_key.data(), length_of(image_key));
    const ByteVector hmac_key(keys.end() - static_cast<std::ptrdiff_t>(tag_bytes), keys.end());
    return joined({ephemeral, hmac(hash, hmac_key, image_key), image_key});
}

ByteVector wrap_ecies(const CryptoProbe& probe, const EVP_MD* hash, EVP_PKEY* device,
                      EVP_PKEY* ephemeral, const ByteVector& image_key)
{
    return wrap_with(probe, hash, shared_secret(ephemeral, device), public_bytes(ephemeral),
                     image_key);
}

const ByteVector kImageKey128 = from_hex("00112233445566778899AABBCCDDEEFF");
const ByteVector kImageKey256 =
    from_hex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");

TEST(Hkdf, OfThisTestMatchesRfc5869)
{
    EXPECT_EQ(hkdf(EVP_sha256(), from_hex("000102030405060708090a0b0c"), ByteVector(22, 0x0b),
                   from_hex("f0f1f2f3f4f5f6f7f8f9"), 42),
              from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                       "34007208d5b887185865"));
}

TEST(AesKeyWrap, MatchesRfc3394)
{
    const CryptoProbe probe;
    const ByteVector kek128 = from_hex("000102030405060708090A0B0C0D0E0F");
    const ByteVector wrapped128 = from_hex("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
    EXPECT_EQ(probe.unwrap(CRYPTO_WRAP_AES_KW, kek128, wrapped128, 16), kImageKey128);
    const ByteVector kek256 =
        from_hex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
    const ByteVector wrapped256 = from_hex("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326"
                                           "CBC7F0E71A99F43BFB988B9B7A02DD21");
    EXPECT_EQ(probe.unwrap(CRYPTO_WRAP_AES_KW, kek256, wrapped256, 32), kImageKey256);
}

TEST(AesKeyWrap, RefusesDamagedAndMisfittingKeys)
{
    const CryptoProbe probe;
    const ByteVector kek = from_hex("000102030405060708090A0B0C0D0E0F");
    const ByteVector wrapped = from_hex("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        ByteVector damaged = wrapped;
        damaged[i] ^= 0x80;
        EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_AES_KW, kek, damaged, 16).empty()) << i;
    }
    EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_AES_KW, kek, wrapped, 32).empty());
    EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_AES_KW, ByteVector(24), wrapped, 16).empty());
    EXPECT_TRUE(
        probe.unwrap(CRYPTO_WRAP_AES_KW, kek, ByteVector(wrapped.begin(), wrapped.end() - 1), 16)
            .empty());
    EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_NONE, kek, wrapped, 16).empty());
    EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_AES_KW, kek, wrapped, 24).empty());
}

// No trace exists of AES-256 with either curve.
TEST(Ecies, AgreesOnThePublishedSecretOfRfc7748)
{
    const CryptoProbe probe;
    const ByteVector bob =
        joined({from_hex("302e020100300506032b656e04220420"),
                from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")});
    const ByteVector alice =
        from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    const ByteVector secret =
        from_hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    EXPECT_EQ(probe.unwrap(CRYPTO_WRAP_ECIES_X25519, bob,
                           wrap_with(probe, EVP_sha256(), secret, alice, kImageKey256), 32),
              kImageKey256);
    EXPECT_EQ(probe.unwrap(CRYPTO_WRAP_ECIES_X25519_SHA512, bob,
                           wrap_with(probe, EVP_sha512(), secret, alice, kImageKey256), 32),
              kImageKey256);
}

TEST(Ecies, AgreesOnThePublishedSecretOfTheNistP256Vectors)
{
    const CryptoProbe probe;
    const ByteVector device = joined(
        {from_hex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420"),
         from_hex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"),
         from_hex("a14403420004"),
         from_hex("ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230"
                  "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141")});
    const ByteVector peer =
        from_hex("04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
                 "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac");
    const ByteVector secret =
        from_hex("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
    EXPECT_EQ(probe.unwrap(CRYPTO_WRAP_ECIES_P256, device,
                           wrap_with(probe, EVP_sha256(), secret, peer, kImageKey256), 32),
              kImageKey256);
}

struct EciesKind {
    crypto_key_wrap wrap;
    const char* key_type;
    const EVP_MD* hash;
};

class EciesOf : public testing::TestWithParam<EciesKind> {
protected:
    static Key generate()
    {
        const std::string type = GetParam().key_type;
        return Key(type == "EC" ? EVP_EC_gen("P-256")
                                : EVP_PKEY_Q_keygen(nullptr, nullptr, type.c_str()));
    }
};

TEST_P(EciesOf, RecoversKeysOfBothLengths)
{
    const CryptoProbe probe;
    const Key device = generate();
    const Key ephemeral = generate();
    for (const ByteVector& image_key : {kImageKey128, kImageKey256}) {
        const ByteVector wrapped =
            wrap_ecies(probe, GetParam().hash, device.get(), ephemeral.get(), image_key);
        EXPECT_EQ(
            probe.unwrap(GetParam().wrap, private_der(device.get()), wrapped, length_of(image_key)),
            image_key);
        EXPECT_TRUE(probe
                        .unwrap(GetParam().wrap, private_der(ephemeral.get()), wrapped,
                                length_of(image_key))
                        .empty());
    }
}

TEST_P(EciesOf, RefusesDamageAnywhere)
{
    const CryptoProbe probe;
    const Key device = generate();
    const Key ephemeral = generate();
    const ByteVector device_key = private_der(device.get());
    const ByteVector wrapped =
        wrap_ecies(probe, GetParam().hash, device.get(), ephemeral.get(), kImageKey128);
    // The top bit of an X25519 key is ignored by definition, so another one is flipped.
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        ByteVector damaged = wrapped;
        damaged[i] ^= 0x01;
        EXPECT_TRUE(probe.unwrap(GetParam().wrap, device_key, damaged, 16).empty()) << i;
    }
    ByteVector longer = wrapped;
    longer.push_back(0);
    EXPECT_TRUE(probe.unwrap(GetParam().wrap, device_key, longer, 16).empty());
    EXPECT_TRUE(probe.unwrap(GetParam().wrap, device_key, wrapped, 32).empty());
    EXPECT_TRUE(probe.unwrap(GetParam().wrap, {}, wrapped, 16).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EciesOf,
    testing::Values(EciesKind{CRYPTO_WRAP_ECIES_P256, "EC", EVP_sha256()},
                    EciesKind{CRYPTO_WRAP_ECIES_X25519, "X25519", EVP_sha256()},
                    EciesKind{CRYPTO_WRAP_ECIES_X25519_SHA512, "X25519", EVP_sha512()}));

ByteVector wrap_oaep(EVP_PKEY* key, const ByteVector& image_key, const EVP_MD* hash)
{
    const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    ByteVector wrapped(256);
    std::size_t byte_count = wrapped.size();
    EVP_PKEY_encrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), hash);
    EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), hash);
    EXPECT_EQ(EVP_PKEY_encrypt(context.get(), wrapped.data(), &byte_count, image_key.data(),
                               image_key.size()),
              1);
    return wrapped;
}

TEST(RsaOaep, RecoversTheKeyWithSha256Alone)
{
    const CryptoProbe probe;
    const Key key(EVP_RSA_gen(2048));
    const ByteVector der = private_der(key.get());
    ByteVector wrapped = wrap_oaep(key.get(), kImageKey128, EVP_sha256());
    EXPECT_EQ(probe.unwrap(CRYPTO_WRAP_RSA2048_OAEP, der, wrapped, 16), kImageKey128);
    EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_RSA2048_OAEP, der, wrapped, 32).empty());
    EXPECT_TRUE(probe
                    .unwrap(CRYPTO_WRAP_RSA2048_OAEP, der,
                            wrap_oaep(key.get(), kImageKey128, EVP_sha1()), 16)
                    .empty());
    wrapped[200] ^= 1;
    EXPECT_TRUE(probe.unwrap(CRYPTO_WRAP_RSA2048_OAEP, der, wrapped, 16).empty());
}

TEST(UnwrapKey, RememberedKeysCostTheSame)
{
    const CryptoProbe remembering;
    CryptoOptions forgetful;
    forgetful.remember = false;
    const CryptoProbe computing({}, forgetful);
    const ByteVector kek = from_hex("000102030405060708090A0B0C0D0E0F");
    const ByteVector wrapped = from_hex("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(remembering.unwrap(CRYPTO_WRAP_AES_KW, kek, wrapped, 16), kImageKey128);
        EXPECT_EQ(computing.unwrap(CRYPTO_WRAP_AES_KW, kek, wrapped, 16), kImageKey128);
        EXPECT_EQ(remembering.cycles(), computing.cycles());
    }
    EXPECT_GT(remembering.cycles(), 0u);
}

}  // namespace
}  // namespace brownout::sim
