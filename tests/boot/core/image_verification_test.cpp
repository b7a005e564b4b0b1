// Rules of validation, with a crypto table that makes digests and signatures easy to write: every
// digest is 0x11..., except that of a key, which is the key's first byte; a signature is good if
// its first byte is 1.
#include "core_bench.hpp"
#include "image_bytes.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

using namespace brownout::boot_test;

constexpr std::uint32_t kVendorType = 0x00A0;
const std::uint8_t kKey[] = {0xC1, 2, 3};

class ImageVerification : public testing::Test {
protected:
    ImageVerification()
    {
        bench_.crypto.hash_ranges = [](void*, crypto_hash hash, const crypto_range*, std::uint32_t,
                                       std::uint8_t* digest) {
            std::memset(digest, 0x11, hash);
            return 0;
        };
        bench_.crypto.hash_bytes = [](void*, crypto_hash hash, const void* bytes, std::uint32_t,
                                      std::uint8_t* digest) {
            std::memset(digest, *static_cast<const std::uint8_t*>(bytes), hash);
            return 0;
        };
        bench_.crypto.verify = [](void*, crypto_signature, const std::uint8_t*, std::uint32_t,
                                  const std::uint8_t*, std::uint32_t, const std::uint8_t* signature,
                                  std::uint32_t) { return signature[0] == 1 ? 0 : -1; };
    }

    void sign()
    {
        bench_.config.signature = CRYPTO_ED25519;
        bench_.config.signing_key_count = 1;
        bench_.config.signing_keys[0] = {kKey, sizeof kKey};
    }

    bool verify(const std::vector<Bytes>& protected_entries, const std::vector<Bytes>& entries)
    {
        bench_.poke(bench_.primary(), 0, image_bytes(protected_entries, entries));
        const image_source source = {bench_.io.table(), bench_.primary(), 0};
        EXPECT_EQ(image_header_read(&source, &bench_.pair()->slots[SLOT_PRIMARY].header), 0);
        return verify_image(bench_.pair(), SLOT_PRIMARY);
    }

    static Bytes digest(std::uint8_t byte = 0x11) { return entry(TLV_SHA256, Bytes(32, byte)); }
    static Bytes key_hash(std::uint8_t byte = 0xC1, std::size_t length = 32)
    {
        return entry(TLV_KEYHASH, Bytes(length, byte));
    }
    static Bytes signature(std::uint8_t first, std::size_t length = 64)
    {
        Bytes bytes(length, 0);
        bytes[0] = first;
        return entry(TLV_ED25519, bytes);
    }

    CoreBench bench_{{}};
};

TEST_F(ImageVerification, NeedsTheRightDigest)
{
    EXPECT_TRUE(verify({}, {digest()}));
    EXPECT_FALSE(verify({}, {digest(0x12)}));
    EXPECT_FALSE(verify({}, {}));
    EXPECT_FALSE(verify({}, {entry(TLV_SHA256, Bytes(31, 0x11))}));
    EXPECT_FALSE(verify({}, {digest(), digest(0x12)})) << "every digest entry counts";
}

TEST_F(ImageVerification, AllowsUnknownTypesOnlyInTheProtectedArea)
{
    EXPECT_TRUE(verify({entry(kVendorType, {1})}, {digest()}));
    EXPECT_FALSE(verify({}, {entry(kVendorType, {1}), digest()}));
    EXPECT_TRUE(verify({}, {entry(TLV_ENC_X25519, Bytes(80)), digest()}));
    EXPECT_FALSE(verify({}, {entry(TLV_ENC_X25519_SHA512, Bytes(112)), digest()}));
    bench_.config.tlv_allow_list = false;
    EXPECT_TRUE(verify({}, {entry(kVendorType, {1}), digest()}));
}

TEST_F(ImageVerification, NeedsASignatureByASelectedKey)
{
    sign();
    EXPECT_TRUE(verify({}, {digest(), key_hash(), signature(1)}));
    EXPECT_FALSE(verify({}, {digest(), key_hash(), signature(0)}));
    EXPECT_FALSE(verify({}, {digest(), signature(1)})) << "no key selected: ignored";
    EXPECT_FALSE(verify({}, {digest(), key_hash(0xC2), signature(1)})) << "unknown key";
    EXPECT_FALSE(verify({}, {digest(), key_hash(), signature(1, 63)}));
    EXPECT_FALSE(verify({}, {digest()}));
}

TEST_F(ImageVerification, MatchesAKeyOverTheStatedLengthAlone)
{
    sign();
    EXPECT_TRUE(verify({}, {digest(), key_hash(0xC1, 4), signature(1)}));
    EXPECT_TRUE(verify({}, {digest(), key_hash(0xC1, 0), signature(1)}));
    EXPECT_FALSE(verify({}, {digest(), key_hash(0xC1, 33), signature(1)}));
}

TEST_F(ImageVerification, LetsTheLastEvaluatedSignatureDecide)
{
    sign();
    EXPECT_FALSE(verify({}, {digest(), key_hash(), signature(1), key_hash(), signature(0)}));
    EXPECT_TRUE(verify({}, {digest(), key_hash(), signature(0), key_hash(), signature(1)}));
    EXPECT_TRUE(verify({}, {digest(), key_hash(), signature(1), signature(0)}))
        << "a key serves one signature";
}

TEST_F(ImageVerification, LimitsTheImageSizeInclusively)
{
    BenchPlan plan;
    plan.strategy = BOOT_OVERWRITE_ONLY;
    plan.primary_sectors = 1;
    CoreBench bench(plan);
    bench.crypto = bench_.crypto;
    const std::uint32_t limit = 4096 - 40;
    for (const std::uint32_t total : {limit, limit + 1}) {
        const std::uint32_t payload = total - 32 - 40;
        Bytes image = header_bytes({.payload_bytes = payload});
        image.insert(image.end(), payload, 0);
        const Bytes tlvs = tlv_area(TLV_INFO_MAGIC, {digest()});
        image.insert(image.end(), tlvs.begin(), tlvs.end());
        bench.poke(bench.primary(), 0, image);
        const image_source source = {bench.io.table(), bench.primary(), 0};
        ASSERT_EQ(image_header_read(&source, &bench.pair()->slots[SLOT_PRIMARY].header), 0);
        EXPECT_EQ(verify_image(bench.pair(), SLOT_PRIMARY), total == limit);
    }
}

}  // namespace
