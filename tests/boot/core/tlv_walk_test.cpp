#include "core_bench.hpp"
#include "image_bytes.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace brownout::boot_test;

constexpr std::uint32_t kTlvStart = 48;  // 32 of header, 16 of payload

class TlvWalk : public testing::Test {
protected:
    void place(const Bytes& image)
    {
        bench_.poke(bench_.primary(), 0, image);
        ASSERT_EQ(image_header_read(&source_, &header_), 0);
    }

    int begin(std::uint32_t type = TLV_ANY, bool protected_only = false)
    {
        return tlv_walk_begin(&walk_, &source_, &header_, type, protected_only);
    }

    // Types in order; the step that ended the walk is kept.
    std::vector<std::uint32_t> types()
    {
        std::vector<std::uint32_t> found;
        tlv_entry entry{};
        while ((end_ = tlv_walk_next(&walk_, &entry)) == TLV_FOUND) {
            found.push_back(entry.type);
        }
        return found;
    }

    CoreBench bench_{{}};
    image_source source_ = {bench_.io.table(), bench_.primary(), 0};
    image_header header_{};
    tlv_walk walk_{};
    tlv_step end_ = TLV_FOUND;
};

using Types = std::vector<std::uint32_t>;

TEST_F(TlvWalk, SeesBothAreasInOrder)
{
    place(image_bytes({entry(TLV_SEC_CNT, {1, 0, 0, 0})}, {entry(TLV_SHA256, Bytes(32))}));
    ASSERT_EQ(begin(), BOOT_OK);
    EXPECT_EQ(types(), (Types{TLV_SEC_CNT, TLV_SHA256}));
    EXPECT_EQ(end_, TLV_END);
    ASSERT_EQ(begin(TLV_ANY, true), BOOT_OK);
    EXPECT_EQ(types(), Types{TLV_SEC_CNT});
    ASSERT_EQ(begin(TLV_SHA256), BOOT_OK);
    EXPECT_EQ(types(), Types{TLV_SHA256});
    ASSERT_EQ(begin(TLV_SHA256, true), BOOT_OK);
    EXPECT_EQ(types(), Types{});
    EXPECT_EQ(end_, TLV_END);
}

TEST_F(TlvWalk, MeasuresTheWholeImage)
{
    const Bytes image = image_bytes({entry(TLV_SEC_CNT, {1, 0, 0, 0})}, {entry(0x10, Bytes(32))});
    place(image);
    std::uint32_t total = 0;
    std::uint32_t open_bytes = 0;
    EXPECT_EQ(image_total_bytes(&source_, &header_, &total), BOOT_OK);
    EXPECT_EQ(total, image.size());
    EXPECT_EQ(image_unprotected_tlv_bytes(&source_, &header_, &open_bytes), BOOT_OK);
    EXPECT_EQ(open_bytes, 40u);
}

TEST_F(TlvWalk, RefusesAProtectedAreaThatTheHeaderDoesNotKnow)
{
    Bytes image = image_bytes({entry(TLV_SEC_CNT, {1, 0, 0, 0})}, {});
    image[10] = 0;
    place(image);
    EXPECT_EQ(begin(), BOOT_EBADIMAGE);
}

TEST_F(TlvWalk, RefusesAMissingProtectedArea)
{
    Bytes image = image_bytes({}, {});
    image[10] = 8;
    place(image);
    EXPECT_EQ(begin(), BOOT_EBADIMAGE);
}

TEST_F(TlvWalk, RefusesAnUnknownInfoMagic)
{
    Bytes image = image_bytes({}, {});
    image[kTlvStart] ^= 1;
    place(image);
    EXPECT_EQ(begin(), BOOT_EBADIMAGE);
}

TEST_F(TlvWalk, BreaksOnAnEntryThatLeavesTheArea)
{
    Bytes image = image_bytes({}, {entry(TLV_SHA256, Bytes(32))});
    image[kTlvStart + 4 + 2] = 33;
    place(image);
    ASSERT_EQ(begin(), BOOT_OK);
    EXPECT_EQ(types(), Types{});
    EXPECT_EQ(end_, TLV_BROKEN);

    image[kTlvStart + 4 + 2] = 32;
    place(image);
    ASSERT_EQ(begin(), BOOT_OK);
    EXPECT_EQ(types(), Types{TLV_SHA256});
    EXPECT_EQ(end_, TLV_END);
}

TEST_F(TlvWalk, BreaksOnARestTooShortForAnEntryHead)
{
    Bytes image = image_bytes({}, {entry(TLV_SHA256, Bytes(32)), Bytes(3)});
    place(image);
    ASSERT_EQ(begin(), BOOT_OK);
    EXPECT_EQ(types(), Types{TLV_SHA256});
    EXPECT_EQ(end_, TLV_BROKEN);
}

TEST_F(TlvWalk, DoesNotNoticeAProtectedEntryThatRunsIntoTheOtherArea)
{
    Bytes image = image_bytes({entry(TLV_SEC_CNT, {1, 0, 0, 0})}, {entry(TLV_SHA256, Bytes(32))});
    image[kTlvStart + 4 + 2] = 8;  // swallows the info of the unprotected area
    place(image);
    ASSERT_EQ(begin(), BOOT_OK);
    EXPECT_EQ(types(), (Types{TLV_SEC_CNT, TLV_SHA256}));
    ASSERT_EQ(begin(TLV_ANY, true), BOOT_OK);
    EXPECT_EQ(types(), Types{});
    EXPECT_EQ(end_, TLV_BROKEN);
}

TEST_F(TlvWalk, EndsAtTheSlotEnd)
{
    Bytes image = header_bytes({.payload_bytes = 16 * 4096 - 32 - 2});
    place(image);
    EXPECT_EQ(begin(), BOOT_EFLASH);
    image = header_bytes({.payload_bytes = 0xFFFFFFF0});
    place(image);
    EXPECT_EQ(begin(), BOOT_EFLASH);
}

TEST_F(TlvWalk, SurvivesAnyByteInTheInfo)
{
    const Bytes good = image_bytes({entry(TLV_SEC_CNT, {1, 0, 0, 0})}, {entry(0x10, Bytes(32))});
    for (std::size_t at = kTlvStart; at < good.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            Bytes image = good;
            image[at] = static_cast<std::uint8_t>(image[at] ^ flip);
            place(image);
            if (begin() == BOOT_OK) {
                EXPECT_LE(types().size(), 8u);
                EXPECT_LE(walk_.cursor, walk_.end);
            }
        }
    }
}

}  // namespace
