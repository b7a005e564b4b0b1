#include <sim/image.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace brownout::sim {
namespace {

std::vector<std::uint8_t> file_bytes(const std::string& name)
{
    std::ifstream stream(std::string(TEST_SCENARIOS_FOLDER) + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<std::uint8_t> small_image()
{
    ImageSpec spec;
    spec.seed = "x";
    spec.payload_bytes = 64;
    spec.header_bytes = 32;
    spec.security_counter = 1;
    return make_image(spec);
}

std::string why_not(const std::vector<std::uint8_t>& bytes)
{
    std::string why;
    return parse_image(bytes, &why) ? "it is an image" : why;
}

TEST(ImageParse, AnImgtoolImageIsUnderstood)
{
    const std::vector<std::uint8_t> bytes = file_bytes("tutorial/images/app-1.0.0.signed.bin");
    const std::optional<ImageInfo> info = parse_image(bytes);
    ASSERT_TRUE(info);
    EXPECT_EQ(to_string(info->version), "1.0.0");
    EXPECT_EQ(info->header_bytes, 0x200u);
    EXPECT_EQ(info->payload_bytes, 20000u);
    EXPECT_EQ(info->total_bytes, bytes.size());
    EXPECT_TRUE(info->hash_present);
    EXPECT_TRUE(info->hash_matches);
    EXPECT_NE(info->tlv(0x22), nullptr);
    EXPECT_EQ(info->tlv(0x50), nullptr);
}

TEST(ImageParse, ASignatureMatchesItsKeyAndNoOther)
{
    std::vector<std::uint8_t> bytes = file_bytes("tutorial/images/app-1.0.0.signed.bin");
    const std::vector<std::uint8_t> key = file_bytes("tutorial/keys/sign-p256.der");
    const ImageInfo info = parse_image(bytes).value();
    EXPECT_TRUE(image_signature_matches(bytes, info, CRYPTO_ECDSA_P256, key));
    EXPECT_FALSE(
        image_signature_matches(bytes, info, CRYPTO_ECDSA_P256, file_bytes("keys/dev-p256.der")));
    EXPECT_FALSE(image_signature_matches(bytes, info, CRYPTO_ED25519, key));
    EXPECT_FALSE(image_signature_matches(bytes, info, CRYPTO_ECDSA_P256, {}));
    bytes[0x300] ^= 1;
    EXPECT_FALSE(image_signature_matches(bytes, info, CRYPTO_ECDSA_P256, key));
    EXPECT_FALSE(parse_image(bytes)->hash_matches);
}

TEST(ImageParse, EveryShorterImageIsRefusedWithASentence)
{
    const std::vector<std::uint8_t> whole = small_image();
    ASSERT_EQ(why_not(whole), "it is an image");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::vector<std::uint8_t> cut(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_NE(why_not(cut), "it is an image") << length;
        EXPECT_FALSE(why_not(cut).empty());
    }
    std::vector<std::uint8_t> longer = whole;
    longer.resize(longer.size() + 100, 0xFF);
    EXPECT_EQ(parse_image(longer)->total_bytes, whole.size());
}

TEST(ImageParse, LengthsThatLeaveTheImageAreRefused)
{
    const std::size_t protected_start = 32 + 64;
    const auto with = [](std::size_t offset, std::uint8_t value) {
        std::vector<std::uint8_t> bytes = small_image();
        bytes.at(offset) = value;
        return why_not(bytes);
    };
    EXPECT_NE(with(0, 0), "it is an image");                    // magic
    EXPECT_NE(with(8, 31), "it is an image");                   // header shorter than itself
    EXPECT_NE(with(10, 11), "it is an image");                  // protected size, header
    EXPECT_NE(with(15, 0xFF), "it is an image");                // payload of 4 GiB
    EXPECT_NE(with(protected_start + 2, 3), "it is an image");  // area shorter than its head
    EXPECT_NE(with(protected_start + 6, 5), "it is an image");  // entry leaves the area
    EXPECT_NE(with(protected_start + 14, 0xFF), "it is an image");
}

TEST(ImageParse, AHashOfTheWrongLengthDoesNotMatch)
{
    ImageSpec spec;
    spec.seed = "x";
    spec.payload_bytes = 16;
    spec.header_bytes = 32;
    std::vector<std::uint8_t> bytes = make_image(spec);
    // Area and entry one byte shorter.
    bytes[48 + 2] = static_cast<std::uint8_t>(bytes[48 + 2] - 1);
    bytes[48 + 6] = 31;
    const std::optional<ImageInfo> info = parse_image(bytes);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->hash_present);
    EXPECT_FALSE(info->hash_matches);
}

}  // namespace
}  // namespace brownout::sim
