#include "payload_cipher.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <array>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kBlockBytes = 16;

std::array<std::uint8_t, kBlockBytes> counter_block(std::uint32_t payload_offset_bytes)
{
    const std::uint32_t counter = payload_offset_bytes / kBlockBytes;
    std::array<std::uint8_t, kBlockBytes> block{};
    for (std::uint32_t i = 0; i < 4; ++i) {
        block[15 - i] = static_cast<std::uint8_t>(counter >> (8 * i));
    }
    return block;
}

}  // namespace

PayloadCipher::PayloadCipher()
    : aes128_(EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr)),
      aes256_(EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr)), context_(EVP_CIPHER_CTX_new())
{
    BROWNOUT_ASSERT(aes128_ && aes256_ && context_);
}

bool PayloadCipher::begin(std::span<const std::uint8_t> key,
                          std::uint32_t payload_offset_bytes) noexcept
{
    if (key.size() != 16 && key.size() != 32) {
        return false;
    }
    const EVP_CIPHER* cipher = key.size() == 16 ? aes128_.get() : aes256_.get();
    const auto block = counter_block(payload_offset_bytes);
    const int begun =
        EVP_EncryptInit_ex2(context_.get(), cipher, key.data(), block.data(), nullptr);
    BROWNOUT_ASSERT(begun == 1);
    // CTR works byte by byte: the key stream of the bytes before the offset is spent on nothing.
    std::array<std::uint8_t, kBlockBytes> spent{};
    apply(std::span(spent).first(payload_offset_bytes % kBlockBytes));
    return true;
}

void PayloadCipher::apply(std::span<std::uint8_t> bytes) noexcept
{
    constexpr std::size_t kPieceBytes = 1u << 30;  // OpenSSL counts in int
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), kPieceBytes));
        int written = 0;
        const int done = EVP_EncryptUpdate(context_.get(), piece.data(), &written, piece.data(),
                                           static_cast<int>(piece.size()));
        BROWNOUT_ASSERT(done == 1 && static_cast<std::size_t>(written) == piece.size());
        bytes = bytes.subspan(piece.size());
    }
}

}  // namespace brownout::sim
