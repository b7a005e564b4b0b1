// The image manager's answers, and the order of its erases and writes (ncs.md sections 4 and 5).
#include "core_bench.hpp"

#include <boot/image_manager.h>

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace brownout::boot_test;
using Operations = std::vector<RamOperation>;

constexpr std::uint32_t kSlotBytes = 16 * 4096;
constexpr std::uint32_t kFileBytes = 5000;
constexpr std::uint8_t kShaOfFile[IMAGE_MANAGER_SHA_BYTES] = {1};
constexpr std::uint8_t kOtherSha[IMAGE_MANAGER_SHA_BYTES] = {2};

class ImageManager : public testing::Test {
protected:
    void SetUp() override
    {
        map_.area_count = 2;
        map_.areas[0] = *bench_.primary();
        map_.areas[1] = *bench_.secondary();
        const std::uint8_t magic[] = {0x3D, 0xB8, 0xF3, 0x96};
        std::copy(std::begin(magic), std::end(magic), file_.begin());
        start(Built());
    }

    struct Built {
        bool before_upload = false;
        bool pending = false;
        std::uint32_t older = 0;
    };
    void start(Built built)
    {
        const image_manager_options options{IMAGE_WRITER_FLASH_IMG, 512, built.before_upload,
                                            built.pending, built.older};
        image_manager_start(&manager_, &app_, &options);
    }

    image_manager_result send(std::uint32_t offset, std::uint32_t count,
                              const std::uint8_t* sha = kShaOfFile)
    {
        const image_upload_chunk chunk{0, offset, kFileBytes, sha, file_.data() + offset, count};
        return image_manager_upload(&manager_, &chunk, &next_);
    }

    std::uint8_t* secondary() { return bench_.flash.bytes.data() + kSlotBytes; }
    void dirty(std::uint32_t offset) { secondary()[offset] = 0x55; }

    Operations erases() const
    {
        Operations found;
        for (const RamOperation& operation : bench_.flash.operations) {
            if (operation.kind == 'E') {
                found.push_back(operation);
            }
        }
        return found;
    }

    CoreBench bench_{{}};
    flash_map map_{};
    app_context app_ = {bench_.io.table(), &bench_.config, &map_};
    image_manager manager_{};
    std::vector<std::uint8_t> file_ = std::vector<std::uint8_t>(kFileBytes, 0xA5);
    std::uint32_t next_ = 0;
};

TEST_F(ImageManager, TakesChunksOfAnySizeAndFinishesWithTheLastOne)
{
    EXPECT_EQ(send(0, 32), IMAGE_MANAGER_OK);
    for (std::uint32_t step = 1; next_ < kFileBytes; ++step) {
        const std::uint32_t count = std::min(step * 37, kFileBytes - next_);
        ASSERT_EQ(send(next_, count), IMAGE_MANAGER_OK);
    }
    EXPECT_EQ(next_, kFileBytes);
    EXPECT_TRUE(std::equal(file_.begin(), file_.end(), secondary()));
    // Two pages of the file as they are reached, then that of the trailer's flags.
    EXPECT_EQ(erases(), (Operations{{'E', kSlotBytes, 4096},
                                    {'E', kSlotBytes + 4096, 4096},
                                    {'E', 2 * kSlotBytes - 4096, 4096}}));
}

TEST_F(ImageManager, LooksAtTheFirstChunkBeforeItTouchesAnything)
{
    dirty(0);
    start({true, false, 0});
    EXPECT_EQ(send(0, 31), IMAGE_MANAGER_BAD_HEADER);
    file_[0] = 0;
    EXPECT_EQ(send(0, 32), IMAGE_MANAGER_BAD_HEADER_MAGIC);
    file_[0] = 0x3D;
    image_upload_chunk chunk{0, 0, kSlotBytes + 1, nullptr, file_.data(), 32};
    EXPECT_EQ(image_manager_upload(&manager_, &chunk, &next_), IMAGE_MANAGER_TOO_LARGE);
    chunk.total_bytes = 0;
    EXPECT_EQ(image_manager_upload(&manager_, &chunk, &next_), IMAGE_MANAGER_BAD_LENGTH);
    chunk.image_index = 1;
    EXPECT_EQ(image_manager_upload(&manager_, &chunk, &next_), IMAGE_MANAGER_BAD_SLOT);
    EXPECT_TRUE(bench_.flash.operations.empty());
    chunk = {0, 0, kSlotBytes, nullptr, file_.data(), 32};
    EXPECT_EQ(image_manager_upload(&manager_, &chunk, &next_), IMAGE_MANAGER_OK);
}

TEST_F(ImageManager, AnswersAnotherOffsetWithWhereToGoOn)
{
    ASSERT_EQ(send(0, 600), IMAGE_MANAGER_OK);
    EXPECT_EQ(send(1200, 100), IMAGE_MANAGER_OK);
    EXPECT_EQ(next_, 600u);
    EXPECT_EQ(send(600, kFileBytes - 600 + 1), IMAGE_MANAGER_OVERRUN);
    EXPECT_EQ(send(600, 100), IMAGE_MANAGER_OK);
    EXPECT_EQ(next_, 0u);  // nothing is being uploaded any more
}

TEST_F(ImageManager, ResumesTheSameFileAndBeginsAnewWithAnother)
{
    ASSERT_EQ(send(0, 600), IMAGE_MANAGER_OK);
    EXPECT_EQ(send(0, 600), IMAGE_MANAGER_OK);
    EXPECT_EQ(next_, 600u);
    ASSERT_EQ(send(600, 600), IMAGE_MANAGER_OK);
    EXPECT_EQ(send(0, 300, kOtherSha), IMAGE_MANAGER_OK);
    EXPECT_EQ(next_, 300u);
    EXPECT_EQ(send(0, 200, nullptr), IMAGE_MANAGER_OK);
    EXPECT_EQ(next_, 200u);
}

TEST_F(ImageManager, AnEraseEndsAnUnfinishedUploadUnlessItIsTheOlderOne)
{
    for (const bool older : {false, true}) {
        start({false, false,
               older ? std::uint32_t{IMAGE_MANAGER_OLDER_51798_ERASE_KEEPS_UPLOAD} : 0u});
        ASSERT_EQ(send(0, 600), IMAGE_MANAGER_OK);
        ASSERT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_OK);
        ASSERT_EQ(send(0, 600), IMAGE_MANAGER_OK);
        EXPECT_EQ(next_, 600u);
        EXPECT_EQ(secondary()[0] == 0x3D, !older);  // the first block was written again, or not
    }
}

TEST_F(ImageManager, ErasesBeforeAnUploadWhatTheImageAndItsTrailerNeed)
{
    start({true, false, 0});
    ASSERT_EQ(send(0, 600), IMAGE_MANAGER_OK);
    EXPECT_TRUE(erases().empty());  // the slot was blank
    dirty(kSlotBytes - 1);
    ASSERT_EQ(send(0, 600, kOtherSha), IMAGE_MANAGER_OK);
    EXPECT_EQ(erases(), (Operations{{'E', kSlotBytes, 8192}, {'E', 2 * kSlotBytes - 4096, 4096}}));
}

TEST_F(ImageManager, AnExactLengthIsRefusedByTheFlash)
{
    start({true, false, IMAGE_MANAGER_OLDER_24706_EXACT_LENGTH});
    ASSERT_EQ(send(0, 600), IMAGE_MANAGER_OK);  // blank: nothing to erase
    dirty(100);
    EXPECT_EQ(send(0, 600, kOtherSha), IMAGE_MANAGER_ERASE_FAILED);
    EXPECT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_OK);
    EXPECT_EQ(send(0, 600, kOtherSha), IMAGE_MANAGER_OK);
}

TEST_F(ImageManager, ARequestGuardsItsImage)
{
    ASSERT_EQ(app_set_pending(&app_, 0, false), 0);
    EXPECT_EQ(send(0, 600), IMAGE_MANAGER_OK);  // a request without an image guards nothing
    start({false, false, IMAGE_MANAGER_OLDER_97_TRAILER_ALONE});
    EXPECT_EQ(send(0, 600), IMAGE_MANAGER_NO_FREE_SLOT);
    EXPECT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_BAD_STATE);

    std::copy(file_.begin(), file_.begin() + 32, secondary());
    start(Built());
    EXPECT_EQ(send(0, 600), IMAGE_MANAGER_NO_FREE_SLOT);
    EXPECT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_BAD_STATE);
    start({false, true, 0});
    EXPECT_EQ(send(0, 600), IMAGE_MANAGER_NO_FREE_SLOT);
    EXPECT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_OK);
    EXPECT_EQ(send(0, 600), IMAGE_MANAGER_OK);
}

TEST_F(ImageManager, ABlankSlotIsNotErasedAgain)
{
    EXPECT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_OK);
    EXPECT_TRUE(bench_.flash.operations.empty());
    dirty(kSlotBytes - 1);
    EXPECT_EQ(image_manager_erase(&manager_, 0), IMAGE_MANAGER_OK);
    EXPECT_EQ(erases(), (Operations{{'E', kSlotBytes, kSlotBytes}}));
    EXPECT_EQ(image_manager_erase(&manager_, 1), IMAGE_MANAGER_BAD_SLOT);
}

TEST_F(ImageManager, FindsNoImageOfAnUnknownHash)
{
    EXPECT_EQ(image_manager_set_state(&manager_, kShaOfFile, false), IMAGE_MANAGER_HASH_NOT_FOUND);
    EXPECT_EQ(image_manager_set_state(&manager_, nullptr, false), IMAGE_MANAGER_BAD_STATE);
    EXPECT_EQ(image_manager_set_state(&manager_, nullptr, true), IMAGE_MANAGER_OK);
    image_slot_state slots[IMAGE_MANAGER_SLOTS_MAX];
    EXPECT_EQ(image_manager_list(&manager_, slots), 0u);
}

}  // namespace
