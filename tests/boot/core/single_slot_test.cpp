// A single slot: what its header must be, on both sides of each edge. No trace of the reference
// exists for this strategy; boot-behaviour, single slot, is the judge.
#include "core_bench.hpp"
#include "image_bytes.hpp"

#include <boot/error.h>

#include <gtest/gtest.h>

#include <cstring>

namespace {

using namespace brownout::boot_test;

class SingleSlot : public testing::Test {
protected:
    SingleSlot()
    {
        bench_.config.validate_primary = false;
        bench_.crypto.hash_ranges = [](void*, crypto_hash hash, const crypto_range*, std::uint32_t,
                                       std::uint8_t* digest) {
            std::memset(digest, 0x11, hash);
            return 0;
        };
    }

    int boot(const Bytes& image)
    {
        bench_.poke(bench_.primary(), 0, image);
        bench_.io.log.clear();
        response_ = {};
        return bench_.state->strategy->run(bench_.state.get(), &response_);
    }

    int boot(const HeaderFields& fields) { return boot(header_bytes(fields)); }

    std::string logged() const { return bench_.io.log.empty() ? "" : bench_.io.log.back(); }

    CoreBench bench_{{.strategy = BOOT_SINGLE_SLOT}};
    boot_response response_{};
};

TEST_F(SingleSlot, StartsItsImageAndWritesNothing)
{
    EXPECT_EQ(boot(HeaderFields{}), BOOT_OK);
    EXPECT_EQ(response_.area_id, bench_.primary()->id);
    EXPECT_EQ(response_.image_bytes, 16u);
    EXPECT_EQ(logged(), "");
    EXPECT_TRUE(bench_.flash.operations.empty());
}

TEST_F(SingleSlot, RefusesAnotherMagic)
{
    EXPECT_NE(boot(HeaderFields{.magic = 0x96F3B83C}), BOOT_OK);
    EXPECT_EQ(logged(), "Bad image magic 0x96f3b83c");
    EXPECT_NE(boot(Bytes(32, 0xFF)), BOOT_OK);
    EXPECT_EQ(logged(), "Bad image magic 0xffffffff");
}

TEST_F(SingleSlot, RefusesAnImageThatIsNotBootable)
{
    EXPECT_NE(boot(HeaderFields{.flags = IMAGE_FLAG_NON_BOOTABLE}), BOOT_OK);
    EXPECT_EQ(logged(), "Image not bootable");
    EXPECT_EQ(boot(HeaderFields{.flags = IMAGE_FLAG_RAM_LOAD}), BOOT_OK);
}

TEST_F(SingleSlot, HeaderPayloadAndProtectedAreaStayBelowTheSizeOfTheSlot)
{
    const std::uint32_t slot = bench_.primary()->size_bytes;
    HeaderFields fields{.protected_bytes = 8, .payload_bytes = slot - 32 - 8 - 1};
    EXPECT_EQ(boot(fields), BOOT_OK);
    ++fields.payload_bytes;
    EXPECT_NE(boot(fields), BOOT_OK);
    EXPECT_EQ(logged(), "Image size bigger than designated area: 65536 > 65536");
    fields.payload_bytes = 0xFFFFFFFF;
    EXPECT_NE(boot(fields), BOOT_OK) << "a sum of 32 bits would wrap";
}

TEST_F(SingleSlot, ValidatesOnlyIfToldAndIgnoresThatAnImageIsEncrypted)
{
    bench_.config.validate_primary = true;
    const Bytes good = image_bytes({}, {entry(TLV_SHA256, Bytes(32, 0x11))});
    const Bytes bad = image_bytes({}, {entry(TLV_SHA256, Bytes(32, 0x12))});
    EXPECT_EQ(boot(good), BOOT_OK);
    EXPECT_NE(boot(bad), BOOT_OK);
    Bytes flagged = good;
    flagged[16] = IMAGE_FLAG_ENCRYPTED_AES128;
    EXPECT_EQ(boot(flagged), BOOT_OK);
    bench_.config.validate_primary = false;
    EXPECT_EQ(boot(bad), BOOT_OK);
    EXPECT_TRUE(bench_.flash.operations.empty());
}

}  // namespace
