// Whole boots over RAM: what each switch of enum boot_fix closes that the recorded cases cannot
// show. Digests are not computed: every image carries 32 times 0x11.
#include "core_bench.hpp"
#include "image_bytes.hpp"

#include <boot/boot.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace {

using namespace brownout::boot_test;

constexpr std::uint32_t kSector = 4096;
constexpr std::uint32_t kSectors = 8;
constexpr std::uint32_t kFixSlot = kSectors * kSector;

Bytes image_of(std::uint8_t version, std::uint32_t payload_bytes)
{
    Bytes image = header_bytes({.payload_bytes = payload_bytes});
    image[20] = version;
    image.insert(image.end(), payload_bytes, version);
    const Bytes tlvs = tlv_area(TLV_INFO_MAGIC, {entry(TLV_SHA256, Bytes(32, 0x11))});
    image.insert(image.end(), tlvs.begin(), tlvs.end());
    return image;
}

class WholeBoot {
public:
    WholeBoot(boot_strategy strategy, std::uint32_t fixes, std::uint32_t scratch_unit_bytes = 8)
        : slots_(io_.table(), {{kSector, 2 * kSectors}}, 8),
          scratch_(io_.table(), {{kSector, 1}}, scratch_unit_bytes)
    {
        config.strategy = strategy;
        config.image_count = 1;
        config.max_image_sectors = kSectors;
        config.max_align_bytes = scratch_unit_bytes;
        config.validate_primary = true;
        config.tlv_allow_list = true;
        config.hash = CRYPTO_SHA256;
        config.fixes = fixes;
        crypto_.hash_ranges = [](void*, crypto_hash, const crypto_range*, std::uint32_t,
                                 std::uint8_t* digest) {
            std::memset(digest, 0x11, 32);
            return 0;
        };
        map_.area_count = 3;
        map_.areas[0] = slots_.area(FLASH_PRIMARY, 0, kFixSlot);
        map_.areas[1] = slots_.area(FLASH_SECONDARY, kFixSlot, kFixSlot);
        map_.areas[2] = scratch_.area(FLASH_SCRATCH, 0, kSector);
        slots_.operations_left = &operations_left_;
        scratch_.operations_left = &operations_left_;
    }

    void place(std::uint32_t offset, const Bytes& image)
    {
        std::copy(image.begin(), image.end(), slots_.bytes.begin() + offset);
    }

    void request_test()
    {
        const trailer_layout layout = trailer_layout_of(&config);
        operations_left_ = -1;
        trailer_write_magic(&layout, &map_.areas[1]);
        trailer_write_swap_info(&layout, &map_.areas[1], SWAP_TEST, 0);
    }

    // Major version that boots; nullopt if none does or the power failed before `cut`.
    std::optional<int> boot(long cut = -1)
    {
        boot_response response{};
        operations_left_ = cut;
        slots_.operations.clear();
        scratch_.operations.clear();
        try {
            const int result =
                boot_go(state_.get(), io_.table(), &crypto_, &config, &map_, &response);
            return result == 0 ? std::optional<int>(response.version.major) : std::nullopt;
        } catch (const PowerLost&) {
            return std::nullopt;
        }
    }

    long operations() const
    {
        return static_cast<long>(slots_.operations.size() + scratch_.operations.size());
    }

    std::uint8_t& primary_byte(std::uint32_t from_end) { return slots_.bytes[kFixSlot - from_end]; }
    std::uint8_t& secondary_byte(std::uint32_t from_end)
    {
        return slots_.bytes[2 * kFixSlot - from_end];
    }
    std::pair<Bytes, Bytes> content() const { return {slots_.bytes, scratch_.bytes}; }
    void restore(const std::pair<Bytes, Bytes>& saved)
    {
        slots_.bytes = saved.first;
        scratch_.bytes = saved.second;
    }

    boot_config config{};

private:
    TestIo io_;
    RamFlash slots_;
    RamFlash scratch_;
    boot_crypto crypto_{};
    flash_map map_{};
    long operations_left_ = -1;
    std::unique_ptr<boot_state> state_ = std::make_unique<boot_state>();
};

// Cuts one boot at every operation and boots twice more; true if both always start `version`.
bool survives_every_cut(WholeBoot& device, int version)
{
    const auto start = device.content();
    EXPECT_EQ(device.boot(), version);
    const long operations = device.operations();
    EXPECT_GT(operations, 0);
    bool survives = true;
    for (long cut = 0; cut < operations; ++cut) {
        device.restore(start);
        EXPECT_EQ(device.boot(cut), std::nullopt);
        survives = device.boot() == version && survives;
    }
    return survives;
}

TEST(MoveNoSpaceFlags, AreNotWrittenForASwapThatDidNotHappen)
{
    for (const bool fixed : {false, true}) {
        WholeBoot device(BOOT_SWAP_MOVE, fixed ? BOOT_FIX_MOVE_NO_SPACE_FLAGS : 0);
        device.config.validate_primary = false;
        device.place(0, image_of(1, 7 * kSector - 100));
        device.place(kFixSlot, image_of(2, 1000));
        device.request_test();
        EXPECT_EQ(device.boot(), 1);
        EXPECT_EQ(device.primary_byte(0x20), fixed ? 0xFF : 0x01);
    }
}

TEST(MoveTornMagic, InARevertIsMadeGoodBeforeThePrimaryTrailerGoes)
{
    for (const bool fixed : {false, true}) {
        WholeBoot device(BOOT_SWAP_MOVE, fixed ? BOOT_FIX_MOVE_TORN_MAGIC : 0);
        device.place(0, image_of(1, 5000));
        device.place(kFixSlot, image_of(2, 5000));
        device.request_test();
        ASSERT_EQ(device.boot(), 2);
        device.secondary_byte(16) = 0x77;  // the first byte of a magic and no more
        EXPECT_EQ(survives_every_cut(device, 1), fixed);
    }
}

TEST(ScratchWriteUnits, MayDifferFromThePrimarySlots)
{
    for (const bool fixed : {false, true}) {
        WholeBoot device(BOOT_SWAP_SCRATCH, fixed ? BOOT_FIX_SCRATCH_WRITE_UNITS_DIFFER : 0, 16);
        device.place(0, image_of(1, 5000));
        device.place(kFixSlot, image_of(2, 5000));
        device.request_test();
        if (fixed) {
            EXPECT_TRUE(survives_every_cut(device, 2));
        } else {
            EXPECT_EQ(device.boot(), 1) << "the status area runs past the slot";
            EXPECT_EQ(device.operations(), 0);
        }
    }
}

TEST(BootState, OfAnEarlierRunDoesNotMatter)
{
    WholeBoot device(BOOT_SWAP_MOVE, 0);
    device.place(0, image_of(1, 5000));
    device.place(kFixSlot, image_of(2, 5000));
    device.request_test();
    EXPECT_TRUE(survives_every_cut(device, 2));
}

}  // namespace
