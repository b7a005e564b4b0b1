#include <boot/trailer.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>

namespace {

struct TrailerSize {
    std::uint32_t unit;
    std::uint32_t sectors;
    std::uint32_t align;
    std::uint32_t move;
    std::uint32_t offset;
    std::uint32_t scratch_area;
};

void PrintTo(const TrailerSize& row, std::ostream* out)
{
    *out << "unit " << row.unit << ", " << row.sectors << " sectors, align " << row.align;
}

boot_config config_of(const TrailerSize& row, boot_strategy strategy)
{
    boot_config config{};
    config.strategy = strategy;
    config.max_image_sectors = row.sectors;
    config.max_align_bytes = row.align;
    return config;
}

std::uint32_t slot_trailer(const boot_config& config, std::uint32_t unit)
{
    const trailer_layout layout = trailer_layout_of(&config);
    return trailer_slot_bytes(&layout, unit);
}

class TrailerSizes : public testing::TestWithParam<TrailerSize> {};

TEST_P(TrailerSizes, AreThoseOfTheReference)
{
    const TrailerSize& row = GetParam();
    const boot_config scratch = config_of(row, BOOT_SWAP_SCRATCH);
    const trailer_layout layout = trailer_layout_of(&scratch);
    EXPECT_EQ(slot_trailer(config_of(row, BOOT_SWAP_MOVE), row.unit), row.move);
    EXPECT_EQ(slot_trailer(scratch, row.unit), row.move);
    EXPECT_EQ(slot_trailer(config_of(row, BOOT_SWAP_OFFSET), row.unit), row.offset);
    EXPECT_EQ(trailer_scratch_bytes(&layout, row.unit), row.scratch_area);
}

INSTANTIATE_TEST_SUITE_P(Recorded, TrailerSizes,
                         testing::Values(TrailerSize{1, 128, 8, 432, 312, 51},
                                         TrailerSize{4, 128, 8, 1584, 1080, 60},
                                         TrailerSize{8, 128, 8, 3120, 2104, 72},
                                         TrailerSize{4, 256, 8, 3120, 2104, 60},
                                         TrailerSize{8, 256, 8, 6192, 4152, 72},
                                         TrailerSize{16, 128, 16, 6224, 4192, 128},
                                         TrailerSize{32, 128, 32, 12448, 8384, 256},
                                         TrailerSize{32, 256, 32, 24736, 16576, 256}));

TEST(TrailerLayout, PlacesFieldsBelowTheMagic)
{
    constexpr std::uint32_t kLayoutSlot = 0x10000;
    for (const auto& [align, step] : {std::pair{8u, 8u}, {16u, 16u}, {32u, 32u}}) {
        const boot_config config = config_of({align, 128, align, 0, 0, 0}, BOOT_SWAP_MOVE);
        const trailer_layout layout = trailer_layout_of(&config);
        const std::uint32_t magic_bytes = align == 32 ? 32 : 16;
        EXPECT_EQ(trailer_magic_offset(kLayoutSlot), kLayoutSlot - 16);
        EXPECT_EQ(trailer_image_ok_offset(&layout, kLayoutSlot), kLayoutSlot - magic_bytes - step);
        EXPECT_EQ(trailer_copy_done_offset(&layout, kLayoutSlot),
                  kLayoutSlot - magic_bytes - 2 * step);
        EXPECT_EQ(trailer_swap_info_offset(&layout, kLayoutSlot),
                  kLayoutSlot - magic_bytes - 3 * step);
        EXPECT_EQ(trailer_swap_size_offset(&layout, kLayoutSlot),
                  kLayoutSlot - magic_bytes - 4 * step);
    }
}

TEST(TrailerLayout, OfSwapUsingOffsetHoldsTlvSizesAboveTheSwapSize)
{
    const boot_config config = config_of({8, 128, 8, 0, 0, 0}, BOOT_SWAP_OFFSET);
    const trailer_layout layout = trailer_layout_of(&config);
    EXPECT_EQ(trailer_tlv_sizes_offset(&layout, 0x10000), 0x10000u - 0x30);
    EXPECT_EQ(trailer_swap_size_offset(&layout, 0x10000), 0x10000u - 0x38);
}

TEST(TrailerLayout, GrowsByTwoKeyFieldsWithEncryption)
{
    boot_config config = config_of({8, 128, 8, 0, 0, 0}, BOOT_SWAP_MOVE);
    config.encryption = CRYPTO_WRAP_AES_KW;
    config.image_key_bytes = 16;
    EXPECT_EQ(slot_trailer(config, 8), 3120u + 32);
    config.image_key_bytes = 32;
    EXPECT_EQ(slot_trailer(config, 8), 3120u + 64);
    config.image_key_bytes = 16;
    config.save_encrypted_tlv = true;
    EXPECT_EQ(slot_trailer(config, 8), 3120u + 48);
    config.max_align_bytes = 32;
    EXPECT_EQ(trailer_key_field_bytes(&config), 32u);

    config.max_align_bytes = 8;
    config.save_encrypted_tlv = false;
    const trailer_layout layout = trailer_layout_of(&config);
    EXPECT_EQ(trailer_key_offset(&layout, 0x8000, 0), 0x7FC0u);
    EXPECT_EQ(trailer_key_offset(&layout, 0x8000, 1), 0x7FB0u);
}

}  // namespace
