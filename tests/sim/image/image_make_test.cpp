#include "hex_text.hpp"

#include <sim/error.hpp>
#include <sim/image.hpp>

#include <gtest/gtest.h>
#include <openssl/sha.h>

namespace brownout::sim {
namespace {

std::string sha256_hex(const std::vector<std::uint8_t>& bytes)
{
    std::vector<std::uint8_t> digest(32);
    SHA256(bytes.data(), bytes.size(), digest.data());
    return hex_from_bytes(digest);
}

ImageSpec spec_of(const char* seed, std::uint32_t payload_bytes, const char* version)
{
    ImageSpec spec;
    spec.seed = seed;
    spec.payload_bytes = payload_bytes;
    spec.version = parse_version(version).value();
    return spec;
}

// Digests of files made with upstream imgtool from the same payload, version and options.
TEST(ImageMake, WithoutASignatureImagesEqualThoseOfImgtool)
{
    EXPECT_EQ(sha256_hex(make_image(spec_of("vis-a", 20000, "1.0.0"))),
              "1bf2a66e929cc16290c156306f4ef835a8ed2f5d486159d8b88ee1a5c8a52ee3");
    EXPECT_EQ(sha256_hex(make_image(spec_of("vis-a", 20000, "1.2.3+4"))),
              "c36d2f32c7b63745d5c2b4cb972387cbd61423c702d0e1ea5bc3776321fd3b6d");
    ImageSpec large_header = spec_of("vis-a", 20000, "1.0.0");
    large_header.header_bytes = 0x400;
    EXPECT_EQ(sha256_hex(make_image(large_header)),
              "02494946ec669b848bbe7759c7d1ce0acf31e38be4fe4cc5a5a68fa125d5937f");
    ImageSpec counter = spec_of("vis-a", 20000, "1.0.0");
    counter.security_counter = 5;
    EXPECT_EQ(sha256_hex(make_image(counter)),
              "308f54327a8ca18f654e803b80adc77841ff9bec1c2cc11b9d434f8f1319c1f3");
}

TEST(ImageMake, PaddedImagesEqualThoseOfImgtool)
{
    ImageSpec spec = spec_of("vis-b", 24016, "1.1.0");
    spec.padding = ImagePadding{0x10000, 8, false};
    EXPECT_EQ(sha256_hex(make_image(spec)),
              "beb043d9f4b88f1e33cba4a632852104db97b5162d08eae88c639615e70182bb");
    spec.padding = ImagePadding{0x10000, 16, false};
    EXPECT_EQ(sha256_hex(make_image(spec)),
              "d10540644f1b134c8ef64c68c8663784032989846b741dc5aedca78d392041d2");
    ImageSpec confirmed = spec_of("vis-a", 20000, "1.0.0");
    confirmed.padding = ImagePadding{0x10000, 32, true};
    EXPECT_EQ(sha256_hex(make_image(confirmed)),
              "a1875ef951dd1bbae4fcbd282a34c99064ba895e75a6e3e7200ffb6fb5c4ec13");
}

TEST(ImageMake, ThePayloadIsAStreamOfDigests)
{
    const std::vector<std::uint8_t> payload = seeded_payload("v1", 40);
    ASSERT_EQ(payload.size(), 40u);
    EXPECT_EQ(sha256_hex({'v', '1', ':', '0'}), hex_from_bytes(std::span(payload).first(32)));
    EXPECT_EQ(sha256_hex({'v', '1', ':', '1'}).substr(0, 16),
              hex_from_bytes(std::span(payload).subspan(32)));
    EXPECT_TRUE(seeded_payload("v1", 0).empty());
}

TEST(ImageMake, SignedImagesAreTheSameEveryTimeAndVerify)
{
    ImageSpec spec = spec_of("v1", 1000, "1.0.0");
    spec.signature = CRYPTO_ECDSA_P256;
    spec.private_key = std::string(TEST_SCENARIOS_FOLDER) + "/keys/dev-p256.pem";
    const std::vector<std::uint8_t> image = make_image(spec);
    EXPECT_EQ(make_image(spec), image);
    const std::optional<ImageInfo> info = parse_image(image);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->hash_matches);
    ASSERT_EQ(info->tlvs.size(), 3u);
    EXPECT_EQ(info->tlvs[0].type, 0x10);
    EXPECT_EQ(info->tlvs[1].type, 0x01);
    EXPECT_EQ(info->tlvs[2].type, 0x22);
}

TEST(ImageMake, DamageTurnsBitsOver)
{
    ImageSpec spec = spec_of("v1", 100, "1.0.0");
    const std::vector<std::uint8_t> whole = make_image(spec);
    spec.damage = {{0x210, 0x5A}};
    const std::vector<std::uint8_t> damaged = make_image(spec);
    EXPECT_EQ(damaged[0x210], whole[0x210] ^ 0x5A);
    EXPECT_FALSE(parse_image(damaged)->hash_matches);
    spec.damage = {{static_cast<std::uint32_t>(whole.size()), 1}};
    EXPECT_THROW(make_image(spec), InputError);
}

TEST(ImageMake, WhatDoesNotFitIsRefused)
{
    ImageSpec spec = spec_of("v1", 100, "1.0.0");
    const auto image_bytes = static_cast<std::uint32_t>(make_image(spec).size());
    spec.padding = ImagePadding{image_bytes + 24, 8, true};
    EXPECT_EQ(make_image(spec).size(), image_bytes + 24);
    spec.padding = ImagePadding{image_bytes + 23, 8, true};
    EXPECT_THROW(make_image(spec), InputError);
    spec.padding.reset();
    spec.header_bytes = 31;
    EXPECT_THROW(make_image(spec), InputError);
    spec.header_bytes = 32;
    spec.signature = CRYPTO_ECDSA_P256;
    spec.private_key = "/nonexistent.pem";
    EXPECT_THROW(make_image(spec), InputError);
    spec.private_key = std::string(TEST_SCENARIOS_FOLDER) + "/keys/dev-p256.der";  // public
    EXPECT_THROW(make_image(spec), InputError);
}

TEST(ImageVersion, IsReadAndWritten)
{
    EXPECT_EQ(to_string(parse_version("1.2.3").value()), "1.2.3");
    EXPECT_EQ(to_string(parse_version("255.255.65535+4294967295").value()),
              "255.255.65535+4294967295");
    for (const char* const text : {"", "1", "1.2", "1.2.3.4", "256.0.0", "0.0.65536", "1.2.3+",
                                   "1.2.3+4294967296", "-1.0.0", "1.2.3 ", "v1.2.3"}) {
        EXPECT_EQ(parse_version(text).has_value(), false) << text;
    }
}

}  // namespace
}  // namespace brownout::sim
