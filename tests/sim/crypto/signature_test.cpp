// Vectors: RFC 6979 A.2.5 and A.2.6 (ECDSA), RFC 8032 7.1 test 3 (Ed25519). RSA-PSS signatures are
// made here with OpenSSL's signing side.
#include "crypto_probe.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace brownout::sim {
namespace {

const ByteVector kP256Key =
    joined({from_hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
            from_hex("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                     "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")});
const ByteVector kP256R =
    from_hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716");
const ByteVector kP256S =
    from_hex("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");

const ByteVector kP384Key =
    joined({from_hex("3076301006072a8648ce3d020106052b8104002203620004"),
            from_hex("EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64"
                     "DEF8F0EA9055866064A254515480BC138015D9B72D7D57244EA8EF9AC0C62189"
                     "6708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720")});
const ByteVector kP384R =
    from_hex("94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
             "81A648152E44ACF96E36DD1E80FABE46");
const ByteVector kP384S =
    from_hex("99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
             "A329C145786E679E7B82C71A38628AC8");

ByteVector tagged(std::uint8_t tag, const ByteVector& content)
{
    return joined({{tag, static_cast<std::uint8_t>(content.size())}, content});
}

// INTEGER of a number whose top bit may be set.
ByteVector integer(const ByteVector& number)
{
    return tagged(0x02, number[0] >= 0x80 ? joined({{0x00}, number}) : number);
}

ByteVector sequence(const ByteVector& r, const ByteVector& s)
{
    return tagged(0x30, joined({integer(r), integer(s)}));
}

ByteVector sample_digest(const CryptoProbe& probe, crypto_hash hash)
{
    return probe.hash(hash, from_text("sample"));
}

TEST(Ecdsa, AcceptsThePublishedSignatures)
{
    const CryptoProbe probe;
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, sample_digest(probe, CRYPTO_SHA256),
                           sequence(kP256R, kP256S)),
              CRYPTO_OK);
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P384, kP384Key, sample_digest(probe, CRYPTO_SHA384),
                           sequence(kP384R, kP384S)),
              CRYPTO_OK);
}

TEST(Ecdsa, ToleratesZeroPaddingOnly)
{
    const CryptoProbe probe;
    const ByteVector digest = sample_digest(probe, CRYPTO_SHA256);
    ByteVector padded = sequence(kP256R, kP256S);
    padded.resize(padded.size() + 2);
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, digest, padded), CRYPTO_OK);
    padded.back() = 1;
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, digest, padded), CRYPTO_EBAD);
}

TEST(Ecdsa, RefusesEverySingleFlippedBit)
{
    const CryptoProbe probe;
    const ByteVector digest = sample_digest(probe, CRYPTO_SHA256);
    const ByteVector good = sequence(kP256R, kP256S);
    for (std::size_t i = 0; i < good.size(); ++i) {
        ByteVector bad = good;
        bad[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
        EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, digest, bad), CRYPTO_EBAD) << i;
    }
    ByteVector other_digest = digest;
    other_digest[31] ^= 1;
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, other_digest, good), CRYPTO_EBAD);
}

TEST(Ecdsa, RefusesMalformedDer)
{
    const CryptoProbe probe;
    const ByteVector digest = sample_digest(probe, CRYPTO_SHA256);
    const ByteVector good = sequence(kP256R, kP256S);
    const ByteVector body(good.begin() + 2, good.end());
    const auto body_bytes = static_cast<std::uint8_t>(body.size());
    const ByteVector zero = {0x02, 0x01, 0x00};
    const std::pair<const char*, ByteVector> cases[] = {
        {"empty", {}},
        {"tag alone", {0x30}},
        {"truncated", ByteVector(good.begin(), good.end() - 1)},
        {"set instead of sequence", tagged(0x31, body)},
        {"indefinite length", joined({{0x30, 0x80}, body, {0x00, 0x00}})},
        {"long form of a short length", joined({{0x30, 0x81, body_bytes}, body})},
        {"four length bytes", joined({{0x30, 0x84, 0x00, 0x00, 0x00, body_bytes}, body})},
        {"length past the end", joined({{0x30, 0x7F}, body})},
        {"r without its leading zero", tagged(0x30, joined({tagged(2, kP256R), integer(kP256S)}))},
        {"r with one zero too many",
         tagged(0x30, joined({tagged(2, joined({{0, 0}, kP256R})), integer(kP256S)}))},
        {"only r", tagged(0x30, integer(kP256R))},
        {"a third integer", tagged(0x30, joined({body, zero}))},
        {"r = 0", tagged(0x30, joined({zero, integer(kP256S)}))},
        {"s = 0", tagged(0x30, joined({integer(kP256R), zero}))},
        {"r and s exchanged", sequence(kP256S, kP256R)},
    };
    for (const auto& [name, signature] : cases) {
        EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, digest, signature), CRYPTO_EBAD)
            << name;
    }
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, digest, ByteVector(5000)), CRYPTO_EBAD);
}

TEST(Ecdsa, RefusesKeysThatAreNotWhatTheKindSays)
{
    const CryptoProbe probe;
    const ByteVector digest = sample_digest(probe, CRYPTO_SHA256);
    const ByteVector good = sequence(kP256R, kP256S);
    ByteVector off_curve = kP256Key;
    off_curve.back() ^= 1;
    ByteVector longer = kP256Key;
    longer.push_back(0);
    const ByteVector shorter(kP256Key.begin(), kP256Key.end() - 1);
    for (const ByteVector& key : {kP384Key, off_curve, longer, shorter, ByteVector{}}) {
        EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, key, digest, good), CRYPTO_EBAD);
    }
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P384, kP256Key, digest, good), CRYPTO_EBAD);
    EXPECT_EQ(probe.verify(CRYPTO_ED25519, kP256Key, digest, good), CRYPTO_EBAD);
    EXPECT_EQ(probe.verify(CRYPTO_SIGNATURE_NONE, kP256Key, digest, good), CRYPTO_EUNSUPPORTED);
}

TEST(Ed25519, AcceptsThePublishedSignatureAlone)
{
    const CryptoProbe probe;
    const ByteVector key =
        from_hex("302a300506032b6570032100"
                 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    ByteVector signature =
        from_hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
    EXPECT_EQ(probe.verify(CRYPTO_ED25519, key, from_hex("af82"), signature), CRYPTO_OK);
    EXPECT_EQ(probe.verify(CRYPTO_ED25519, key, from_hex("af83"), signature), CRYPTO_EBAD);
    signature.push_back(0);
    EXPECT_EQ(probe.verify(CRYPTO_ED25519, key, from_hex("af82"), signature), CRYPTO_EBAD);
}

struct RsaKey {
    explicit RsaKey(unsigned bits) : key(EVP_RSA_gen(bits)) {}
    ~RsaKey() { EVP_PKEY_free(key); }
    RsaKey(const RsaKey&) = delete;
    RsaKey& operator=(const RsaKey&) = delete;

    ByteVector public_der() const
    {
        ByteVector der(static_cast<std::size_t>(i2d_PublicKey(key, nullptr)));
        unsigned char* cursor = der.data();
        i2d_PublicKey(key, &cursor);
        return der;
    }

    ByteVector sign_pss(const ByteVector& digest, int salt_bytes, const EVP_MD* mgf1_hash) const
    {
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
        ByteVector signature(512);
        std::size_t signature_bytes = signature.size();
        EXPECT_EQ(EVP_PKEY_sign_init(context), 1);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, mgf1_hash);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt_bytes);
        EXPECT_EQ(EVP_PKEY_sign(context, signature.data(), &signature_bytes, digest.data(),
                                digest.size()),
                  1);
        EVP_PKEY_CTX_free(context);
        signature.resize(signature_bytes);
        return signature;
    }

    EVP_PKEY* key;
};

TEST(RsaPss, AcceptsSaltsOf32BytesWithSha256Alone)
{
    const CryptoProbe probe;
    const RsaKey rsa(2048);
    const ByteVector key = rsa.public_der();
    const ByteVector digest = probe.hash(CRYPTO_SHA256, from_text("image"));
    const ByteVector good = rsa.sign_pss(digest, 32, EVP_sha256());
    EXPECT_EQ(probe.verify(CRYPTO_RSA2048_PSS, key, digest, good), CRYPTO_OK);
    for (const int salt_bytes : {0, 20, 31, 33, 64}) {
        EXPECT_EQ(probe.verify(CRYPTO_RSA2048_PSS, key, digest,
                               rsa.sign_pss(digest, salt_bytes, EVP_sha256())),
                  CRYPTO_EBAD)
            << salt_bytes;
    }
    EXPECT_EQ(probe.verify(CRYPTO_RSA2048_PSS, key, digest, rsa.sign_pss(digest, 32, EVP_sha1())),
              CRYPTO_EBAD);
    ByteVector flipped = good;
    flipped[100] ^= 0x10;
    EXPECT_EQ(probe.verify(CRYPTO_RSA2048_PSS, key, digest, flipped), CRYPTO_EBAD);
    EXPECT_EQ(probe.verify(CRYPTO_RSA3072_PSS, key, digest, good), CRYPTO_EBAD);
    EXPECT_EQ(probe.verify(CRYPTO_RSA2048_PSS, key, ByteVector(48), good), CRYPTO_EBAD);
}

TEST(RsaPss, Verifies3072BitKeys)
{
    const CryptoProbe probe;
    const RsaKey rsa(3072);
    const ByteVector digest = probe.hash(CRYPTO_SHA256, from_text("image"));
    const ByteVector good = rsa.sign_pss(digest, 32, EVP_sha256());
    EXPECT_EQ(probe.verify(CRYPTO_RSA3072_PSS, rsa.public_der(), digest, good), CRYPTO_OK);
    EXPECT_EQ(probe.verify(CRYPTO_RSA2048_PSS, rsa.public_der(), digest, good), CRYPTO_EBAD);
}

TEST(Verify, RememberedVerdictsCostAndSayTheSame)
{
    const CryptoProbe remembering;
    CryptoOptions forgetful;
    forgetful.remember = false;
    const CryptoProbe computing({}, forgetful);
    const ByteVector digest(32, 0x5A);
    for (int round = 0; round < 3; ++round) {
        for (const CryptoProbe* probe : {&remembering, &computing}) {
            EXPECT_EQ(probe->verify(CRYPTO_ECDSA_P256, kP256Key, digest, sequence(kP256R, kP256S)),
                      CRYPTO_EBAD);
        }
        EXPECT_EQ(remembering.cycles(), computing.cycles());
    }
    EXPECT_EQ(remembering.cycles(), 3u * CryptoCosts{}.verify_cycles);
}

TEST(Verify, KeepsInputsApartWhateverTheirLengths)
{
    const CryptoProbe probe;
    const ByteVector digest = sample_digest(probe, CRYPTO_SHA256);
    const ByteVector good = sequence(kP256R, kP256S);
    ASSERT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, digest, good), CRYPTO_OK);
    // The same bytes in a row, cut at another place.
    ByteVector shorter(digest.begin(), digest.end() - 1);
    const ByteVector longer = joined({{digest.back()}, good});
    EXPECT_EQ(probe.verify(CRYPTO_ECDSA_P256, kP256Key, shorter, longer), CRYPTO_EBAD);
}

}  // namespace
}  // namespace brownout::sim
