// Key streams of the all-zero key are the block cipher of 0, 1, 2, ...: AES known answers and the
// test cases of the GCM specification (cases 1, 2, 13, 14).
#include "crypto_probe.hpp"

namespace brownout::sim {
namespace {

ByteVector key_stream(const CryptoProbe& probe, std::uint32_t key_bytes,
                      std::uint32_t payload_offset_bytes, std::uint32_t byte_count)
{
    const ByteVector key(key_bytes);
    const crypto_ctr ctr{key.data(), key_bytes};
    ByteVector bytes(byte_count);
    EXPECT_EQ(probe.table().ctr(probe.table().context, &ctr, payload_offset_bytes, bytes.data(),
                                byte_count),
              CRYPTO_OK);
    return bytes;
}

TEST(PayloadCipher, MatchesPublishedBlocksOfAes128)
{
    const CryptoProbe probe;
    EXPECT_EQ(key_stream(probe, 16, 0, 48), from_hex("66e94bd4ef8a2c3b884cfa59ca342b2e"
                                                     "58e2fccefa7e3061367f1d57a4e7455a"
                                                     "0388dace60b6a392f328c2b971b2fe78"));
}

TEST(PayloadCipher, MatchesPublishedBlocksOfAes256)
{
    const CryptoProbe probe;
    EXPECT_EQ(key_stream(probe, 32, 0, 48), from_hex("dc95c078a2408989ad48a21492842087"
                                                     "530f8afbc74536b9a963b4f1c4cb738b"
                                                     "cea7403d4d606b6e074ec5d3baf39d18"));
}

TEST(PayloadCipher, StartsAnywhereInThePayload)
{
    const CryptoProbe probe;
    const ByteVector whole = key_stream(probe, 16, 0, 5000);
    for (const std::uint32_t offset : {1u, 15u, 16u, 17u, 255u, 4095u, 4096u}) {
        const ByteVector tail(whole.begin() + offset, whole.end());
        EXPECT_EQ(key_stream(probe, 16, offset, length_of(tail)), tail) << "offset " << offset;
    }
}

TEST(PayloadCipher, CarriesTheCounterAcrossBytes)
{
    const CryptoProbe probe;
    const ByteVector around = key_stream(probe, 16, 16 * 255, 32);
    const ByteVector after = key_stream(probe, 16, 16 * 256, 16);
    EXPECT_EQ(ByteVector(around.begin() + 16, around.end()), after);
}

TEST(PayloadCipher, ChargesEveryByte)
{
    const CryptoProbe probe;
    key_stream(probe, 16, 7, 100);
    EXPECT_EQ(probe.cycles(), 100 * CryptoCosts{}.aes_cycles_per_byte);
}

TEST(PayloadCipher, RefusesKeysOfOtherLengths)
{
    const CryptoProbe probe;
    const ByteVector key(64);
    std::uint8_t byte = 0x55;
    for (const std::uint32_t key_bytes : {0u, 15u, 17u, 24u, 33u, 64u}) {
        const crypto_ctr ctr{key.data(), key_bytes};
        EXPECT_EQ(probe.table().ctr(probe.table().context, &ctr, 0, &byte, 1), CRYPTO_EUNSUPPORTED)
            << key_bytes;
    }
    EXPECT_EQ(byte, 0x55);
    EXPECT_EQ(probe.cycles(), 0u);
}

}  // namespace
}  // namespace brownout::sim
