// FIPS 180-4 examples, and ranges read in every way a core can read them.
#include "crypto_probe.hpp"

#include <models/flash_array.hpp>

#include <cstring>

namespace brownout::sim {
namespace {

using models::FlashArray;
using models::FlashGeometry;

TEST(HashBytes, MatchesThePublishedDigests)
{
    const CryptoProbe probe;
    const ByteVector abc = from_text("abc");
    EXPECT_EQ(probe.hash(CRYPTO_SHA256, abc),
              from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    EXPECT_EQ(probe.hash(CRYPTO_SHA384, abc),
              from_hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                       "8086072ba1e7cc2358baeca134c825a7"));
    EXPECT_EQ(probe.hash(CRYPTO_SHA512, abc),
              from_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
    EXPECT_EQ(probe.hash(CRYPTO_SHA256, {}),
              from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(HashBytes, HashesLongInputsInPieces)
{
    const CryptoProbe probe;
    EXPECT_EQ(probe.hash(CRYPTO_SHA256, ByteVector(1'000'000, 'a')),
              from_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    EXPECT_EQ(probe.cycles(), 1'000'000u * CryptoCosts{}.sha256_cycles_per_byte);
}

// A device with an array behind it: mapped, or read by a driver.
class HashRanges : public testing::Test {
protected:
    static constexpr std::uint32_t kDeviceBytes = 32 * 1024;
    static constexpr std::uint32_t kAreaOffsetBytes = 8 * 1024;

    HashRanges() : array(FlashGeometry{.size_bytes = kDeviceBytes})
    {
        content.resize(kDeviceBytes);
        for (std::uint32_t i = 0; i < kDeviceBytes; ++i) {
            content[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
        }
        array.poke(0, content);
        ram = content;
        device.driver = &driver;
        device.options = this;
        device.size_bytes = kDeviceBytes;
        area.device = &device;
        area.device_offset_bytes = kAreaOffsetBytes;
        area.size_bytes = 16 * 1024;
        driver.read = [](const flash_device* from, std::uint32_t offset, void* destination,
                         std::uint32_t byte_count) -> int {
            auto* self = const_cast<HashRanges*>(static_cast<const HashRanges*>(from->options));
            self->reads.push_back(byte_count);
            if (self->reads.size() == self->failing_read) {
                return FLASH_EIO;
            }
            std::memcpy(destination, self->content.data() + offset, byte_count);
            return FLASH_OK;
        };
    }

    CryptoHost mapped_host()
    {
        CryptoHost host;
        host.mapped = [this](const flash_area& of, std::uint32_t offset, std::uint64_t& out) {
            out = of.device_offset_bytes + offset;
            return &array;
        };
        host.memory = [this](std::uint32_t address, std::uint32_t byte_count) {
            return address < ram.size() && byte_count <= ram.size() - address
                       ? std::span<const std::uint8_t>(ram).subspan(address, byte_count)
                       : std::span<const std::uint8_t>();
        };
        return host;
    }

    ByteVector expected(std::uint32_t area_offset_bytes, std::uint32_t byte_count) const
    {
        const auto start = content.begin() + kAreaOffsetBytes + area_offset_bytes;
        return CryptoProbe{}.hash(CRYPTO_SHA256, ByteVector(start, start + byte_count));
    }

    crypto_range range(std::uint32_t offset_bytes, std::uint32_t byte_count) const
    {
        return {&area, offset_bytes, byte_count, nullptr};
    }

    FlashArray array;
    ByteVector content;
    ByteVector ram;
    flash_driver driver{};
    flash_device device{};
    flash_area area{};
    std::vector<std::uint32_t> reads;
    std::size_t failing_read = 0;
};

TEST_F(HashRanges, ReadsMappedFlashAndDriversAlike)
{
    const CryptoProbe mapped(mapped_host());
    const CryptoProbe driven;
    ByteVector digest;
    const std::pair<std::uint32_t, std::uint32_t> cases[] = {
        {0, 0}, {0, 1}, {3, 255}, {0, 256}, {1, 257}, {4000, 200}, {0, 16 * 1024}, {16383, 1}};
    for (const auto& [offset, byte_count] : cases) {
        ASSERT_EQ(mapped.hash_ranges({range(offset, byte_count)}, digest), CRYPTO_OK);
        EXPECT_EQ(digest, expected(offset, byte_count)) << offset << "+" << byte_count;
        EXPECT_TRUE(reads.empty());
        ASSERT_EQ(driven.hash_ranges({range(offset, byte_count)}, digest), CRYPTO_OK);
        EXPECT_EQ(digest, expected(offset, byte_count)) << offset << "+" << byte_count;
        EXPECT_EQ(reads.size(), (byte_count + 255) / 256);
        EXPECT_EQ(mapped.cycles(), driven.cycles());
        reads.clear();
    }
}

TEST_F(HashRanges, ConcatenatesPiecesOfFlashAndRam)
{
    const CryptoProbe mapped(mapped_host());
    ByteVector digest;
    const crypto_range in_ram{nullptr, kAreaOffsetBytes + 300, 700, nullptr};
    ASSERT_EQ(mapped.hash_ranges({range(0, 300), in_ram, range(1000, 24)}, digest), CRYPTO_OK);
    EXPECT_EQ(digest, expected(0, 1024));
    EXPECT_EQ(mapped.cycles(), 1024u * CryptoCosts{}.sha256_cycles_per_byte);
}

TEST_F(HashRanges, RefusesWhatLiesOutside)
{
    const CryptoProbe mapped(mapped_host());
    ByteVector digest;
    EXPECT_EQ(mapped.hash_ranges({range(16 * 1024, 0)}, digest), CRYPTO_OK);
    EXPECT_EQ(mapped.hash_ranges({range(16 * 1024, 1)}, digest), FLASH_EINVAL);
    EXPECT_EQ(mapped.hash_ranges({range(1, 16 * 1024)}, digest), FLASH_EINVAL);
    EXPECT_EQ(mapped.hash_ranges({range(0xFFFFFFFF, 2)}, digest), FLASH_EINVAL);
    EXPECT_EQ(mapped.hash_ranges({{nullptr, kDeviceBytes - 1, 2, nullptr}}, digest), CRYPTO_EBAD);
    EXPECT_EQ(CryptoProbe{}.hash_ranges({{nullptr, 0, 2, nullptr}}, digest), CRYPTO_EBAD);
    EXPECT_EQ(mapped.hash_ranges(std::vector<crypto_range>(5, range(0, 1)), digest),
              CRYPTO_EUNSUPPORTED);
    area.device = nullptr;
    EXPECT_EQ(mapped.hash_ranges({range(0, 1)}, digest), FLASH_ENODEV);
}

TEST_F(HashRanges, ReportsTheErrorOfTheDriver)
{
    const CryptoProbe driven;
    ByteVector digest;
    failing_read = 3;
    EXPECT_EQ(driven.hash_ranges({range(0, 1024)}, digest), FLASH_EIO);
    failing_read = 0;
    ASSERT_EQ(driven.hash_ranges({range(0, 1024)}, digest), CRYPTO_OK);
    EXPECT_EQ(digest, expected(0, 1024));
}

TEST_F(HashRanges, DecryptsAPayloadWhileHashing)
{
    const ByteVector key = from_hex("000102030405060708090A0B0C0D0E0F");
    const crypto_ctr ctr{key.data(), 16};
    crypto_range payload = range(512, 5001);
    payload.decrypt = &ctr;
    ByteVector plain(content.begin() + kAreaOffsetBytes + 512,
                     content.begin() + kAreaOffsetBytes + 512 + 5001);
    const CryptoProbe driven;
    driven.table().ctr(driven.table().context, &ctr, 0, plain.data(), length_of(plain));
    const auto header = content.begin() + kAreaOffsetBytes;
    const ByteVector wanted =
        CryptoProbe{}.hash(CRYPTO_SHA256, joined({ByteVector(header, header + 512), plain}));
    ByteVector digest;
    const CryptoProbe mapped(mapped_host());
    for (const CryptoProbe* probe : {&mapped, &driven}) {
        const std::uint64_t before = probe->cycles();
        ASSERT_EQ(probe->hash_ranges({range(0, 512), payload}, digest), CRYPTO_OK);
        EXPECT_EQ(digest, wanted);
        const CryptoCosts costs;
        EXPECT_EQ(probe->cycles() - before,
                  5513u * costs.sha256_cycles_per_byte + 5001u * costs.aes_cycles_per_byte);
    }
}

TEST_F(HashRanges, RememberedDigestsFollowTheContent)
{
    CryptoOptions forgetful;
    forgetful.remember = false;
    CryptoOptions tiny;
    tiny.remembered_results_max = 2;
    const CryptoProbe remembering(mapped_host());
    const CryptoProbe computing(mapped_host(), forgetful);
    const CryptoProbe small(mapped_host(), tiny);
    ByteVector first;
    ByteVector second;
    for (std::uint32_t round = 0; round < 8; ++round) {
        for (const std::uint32_t offset : {0u, 0u, 100u, 200u, 0u}) {
            ASSERT_EQ(remembering.hash_ranges({range(offset, 9000)}, first), CRYPTO_OK);
            ASSERT_EQ(computing.hash_ranges({range(offset, 9000)}, second), CRYPTO_OK);
            EXPECT_EQ(first, second);
            ASSERT_EQ(small.hash_ranges({range(offset, 9000)}, second), CRYPTO_OK);
            EXPECT_EQ(first, second);
            EXPECT_EQ(remembering.cycles(), computing.cycles());
        }
        const std::uint8_t changed = static_cast<std::uint8_t>(round);
        array.poke(kAreaOffsetBytes + 4321, std::span(&changed, 1));
    }
}

struct Abandoned {};

TEST_F(HashRanges, ACallThatWasAbandonedLeavesNothingBehind)
{
    // The power fails while the third piece is charged: the firmware's stack is left. An exception
    // stands for that here, which frames without destructors cannot tell apart.
    int charges = 0;
    CryptoHost host;
    host.charge = [&](std::uint64_t) {
        if (++charges == 3) {
            throw Abandoned{};
        }
    };
    const CryptoProvider provider({}, host);
    const boot_crypto& table = *provider.table();
    ByteVector digest(32);
    const crypto_range whole = range(0, 2048);
    EXPECT_THROW(table.hash_ranges(table.context, CRYPTO_SHA256, &whole, 1, digest.data()),
                 Abandoned);
    ASSERT_EQ(table.hash_ranges(table.context, CRYPTO_SHA256, &whole, 1, digest.data()), CRYPTO_OK);
    EXPECT_EQ(digest, expected(0, 2048));
}

}  // namespace
}  // namespace brownout::sim
