#include "core_bench.hpp"
#include "image_bytes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace brownout::boot_test;

image_header read_header(const HeaderFields& fields)
{
    CoreBench bench({});
    bench.poke(bench.primary(), 0, header_bytes(fields));
    const image_source source = {bench.io.table(), bench.primary(), 0};
    image_header header{};
    EXPECT_EQ(image_header_read(&source, &header), 0);
    return header;
}

bool is_sane(const HeaderFields& fields, std::uint32_t slot_bytes, bool encryption = false)
{
    const image_header header = read_header(fields);
    return image_header_is_sane(&header, slot_bytes, encryption);
}

TEST(ImageHeader, IsDecodedFieldByField)
{
    const image_header header =
        read_header({.header_bytes = 512, .protected_bytes = 20, .payload_bytes = 1000});
    EXPECT_EQ(header.magic, IMAGE_MAGIC);
    EXPECT_EQ(header.load_address, 0x20000000u);
    EXPECT_EQ(header.header_bytes, 512u);
    EXPECT_EQ(header.protected_tlv_bytes, 20u);
    EXPECT_EQ(header.payload_bytes, 1000u);
    EXPECT_EQ(header.version.major, 1);
    EXPECT_EQ(header.version.minor, 2);
    EXPECT_EQ(header.version.revision, 3);
    EXPECT_EQ(header.version.build, 4u);
}

TEST(ImageHeader, MustEndBelowTheSlotEnd)
{
    EXPECT_TRUE(is_sane({.payload_bytes = 100}, 133));
    EXPECT_FALSE(is_sane({.payload_bytes = 100}, 132));
    EXPECT_FALSE(is_sane({.protected_bytes = 1, .payload_bytes = 100}, 133));
}

TEST(ImageHeader, MustNotOverflow)
{
    EXPECT_FALSE(is_sane({.payload_bytes = 0xFFFFFFF0}, 0xFFFFFFFF));
    EXPECT_FALSE(is_sane({.protected_bytes = 100, .payload_bytes = 0xFFFFFFBF}, 0xFFFFFFFF));
}

TEST(ImageHeader, MustCarryTodaysMagic)
{
    EXPECT_FALSE(is_sane({.magic = 0x96F3B83C}, 4096));
    EXPECT_TRUE(is_sane({}, 4096));
}

TEST(ImageHeader, MayBeEncryptedOnlyInOneWayAndInBuildsThatCan)
{
    EXPECT_FALSE(is_sane({.flags = IMAGE_FLAG_ENCRYPTED_AES128}, 4096, false));
    EXPECT_TRUE(is_sane({.flags = IMAGE_FLAG_ENCRYPTED_AES128}, 4096, true));
    EXPECT_TRUE(is_sane({.flags = IMAGE_FLAG_ENCRYPTED_AES256}, 4096, true));
    EXPECT_FALSE(is_sane({.flags = IMAGE_FLAGS_ENCRYPTED}, 4096, true));
    EXPECT_FALSE(is_sane({.flags = IMAGE_FLAG_LZMA1}, 4096, true));
}

TEST(ImageHeader, IsErasedWhenItsMagicIs)
{
    const image_header header = read_header({.magic = 0xFFFFFFFF});
    EXPECT_TRUE(image_header_is_erased(&header, 0xFF));
    EXPECT_FALSE(image_header_is_erased(&header, 0x00));
}

TEST(ImageVersions, CompareBuildNumbersOnlyOnRequest)
{
    const boot_version older = {1, 2, 3, 4};
    const boot_version newer = {1, 2, 3, 5};
    const boot_version minor = {1, 3, 0, 0};
    EXPECT_EQ(image_version_compare(&older, &newer, false), 0);
    EXPECT_LT(image_version_compare(&older, &newer, true), 0);
    EXPECT_GT(image_version_compare(&minor, &newer, true), 0);
}

}  // namespace
