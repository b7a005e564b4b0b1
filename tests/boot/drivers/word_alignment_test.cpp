#include "io_recorder.hpp"

#include <drivers/word_alignment.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace brownout {
namespace {

using Calls = std::vector<std::string>;

// A flash of 256 bytes that moves words, and what it was asked for.
class WordAlignmentTest : public testing::Test {
protected:
    WordAlignmentTest()
    {
        bytes.fill(0xFF);
        std::iota(source.begin(), source.end(), std::uint8_t{1});
        device.io = &recorder.io;
        device.options = this;
        recorder.io.note_rule = [](void* self, const io_rule_note* note) {
            static const char* const kEffects[] = {"refused", "lost", "twice", "beyond"};
            static_cast<IoRecorder*>(self)->note("%s 0x%X %u", kEffects[note->effect],
                                                 note->device_offset_bytes, note->byte_count);
        };
    }

    static WordAlignmentTest& of(const flash_device* device)
    {
        return *static_cast<WordAlignmentTest*>(const_cast<void*>(device->options));
    }
    static int read(const flash_device* device, std::uint32_t offset, void* to, std::uint32_t count)
    {
        std::copy_n(of(device).bytes.begin() + offset, count, static_cast<std::uint8_t*>(to));
        return FLASH_OK;
    }
    static int write(const flash_device* device, std::uint32_t offset, const void* from,
                     std::uint32_t count)
    {
        of(device).recorder.note("write 0x%X %u", offset, count);
        for (std::uint32_t i = 0; i < count; ++i) {
            of(device).bytes[offset + i] &= static_cast<const std::uint8_t*>(from)[i];
        }
        return FLASH_OK;
    }

    int put(word_alignment policy, std::uint32_t offset, std::uint32_t first, std::uint32_t count)
    {
        const word_transfers transfers{read, write};
        return word_aligned_write(&device, policy, &transfers, offset, &source[first], count);
    }

    IoRecorder recorder;
    flash_device device{};
    std::array<std::uint8_t, 256> bytes{};
    alignas(4) std::array<std::uint8_t, 200> source{};
};

TEST_F(WordAlignmentTest, AnAlignedRequestPassesUnderEveryPolicy)
{
    for (const word_alignment policy : {WORD_ALIGNMENT_OFF, WORD_ALIGNMENT_REFUSE,
                                        WORD_ALIGNMENT_ROUND, WORD_ALIGNMENT_READ_MODIFY_WRITE}) {
        EXPECT_EQ(put(policy, 8, 4, 12), FLASH_OK);
        EXPECT_EQ(recorder.take(), Calls{"write 0x8 12"});
    }
}

TEST_F(WordAlignmentTest, OffsetLengthAndBufferAreEachEnoughToBeRefused)
{
    EXPECT_EQ(put(WORD_ALIGNMENT_REFUSE, 9, 4, 12), FLASH_EINVAL);
    EXPECT_EQ(put(WORD_ALIGNMENT_REFUSE, 8, 5, 12), FLASH_EINVAL);
    EXPECT_EQ(put(WORD_ALIGNMENT_REFUSE, 8, 4, 13), FLASH_EINVAL);
    EXPECT_EQ(recorder.take(), (Calls{"refused 0x9 12", "refused 0x8 12", "refused 0x8 13"}));
    EXPECT_EQ(put(WORD_ALIGNMENT_OFF, 9, 5, 13), FLASH_OK);
}

TEST_F(WordAlignmentTest, RoundingLosesAFlagOfOneByteAndTheEndOfALongerRequest)
{
    EXPECT_EQ(put(WORD_ALIGNMENT_ROUND, 8, 0, 1), FLASH_OK);
    EXPECT_EQ(recorder.take(), Calls{"lost 0x8 1"});
    EXPECT_EQ(bytes[8], 0xFF);
    EXPECT_EQ(put(WORD_ALIGNMENT_ROUND, 8, 0, 6), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"lost 0xC 2", "write 0x8 4"}));
    EXPECT_EQ(bytes[11], 4);
    EXPECT_EQ(bytes[12], 0xFF);
}

TEST_F(WordAlignmentTest, RoundingShiftsWhatStartsOffAWord)
{
    EXPECT_EQ(put(WORD_ALIGNMENT_ROUND, 10, 0, 8), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"lost 0xA 8", "write 0x8 8"}));
    EXPECT_EQ(bytes[8], 1);
}

TEST_F(WordAlignmentTest, ReadModifyWriteKeepsAFlagAndProgramsItsNeighboursTwice)
{
    bytes[7] = 0x55;
    EXPECT_EQ(put(WORD_ALIGNMENT_READ_MODIFY_WRITE, 5, 0, 1), FLASH_OK);
    EXPECT_EQ(recorder.take(), (Calls{"twice 0x4 1", "twice 0x6 2", "write 0x4 4"}));
    EXPECT_EQ(bytes[4], 0xFF);
    EXPECT_EQ(bytes[5], 1);
    EXPECT_EQ(bytes[7], 0x55);
}

TEST_F(WordAlignmentTest, ReadModifyWriteServesAnyOffsetLengthAndBuffer)
{
    const word_transfers transfers{read, write};
    for (std::uint32_t offset = 0; offset < 5; ++offset) {
        for (const std::uint32_t count : {1u, 3u, 4u, 63u, 64u, 65u, 130u}) {
            bytes.fill(0xFF);
            std::array<std::uint8_t, 256> expected = bytes;
            std::copy_n(source.begin() + 3, count, expected.begin() + offset);
            EXPECT_EQ(put(WORD_ALIGNMENT_READ_MODIFY_WRITE, offset, 3, count), FLASH_OK);
            EXPECT_EQ(bytes, expected) << offset << " " << count;
            std::array<std::uint8_t, 256> back{};
            EXPECT_EQ(word_aligned_read(&device, WORD_ALIGNMENT_READ_MODIFY_WRITE, &transfers,
                                        offset, back.data() + 1, count),
                      FLASH_OK);
            EXPECT_TRUE(std::equal(back.begin() + 1, back.begin() + 1 + count, source.begin() + 3));
        }
    }
}

}  // namespace
}  // namespace brownout
