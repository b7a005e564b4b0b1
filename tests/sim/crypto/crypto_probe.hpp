// A crypto provider with a host that counts what it is charged.
#pragma once

#include <sim/crypto.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace brownout::sim {

using ByteVector = std::vector<std::uint8_t>;

inline ByteVector from_hex(std::string_view hex)
{
    const auto digit = [](char c) -> unsigned {
        return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    };
    ByteVector bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    }
    return bytes;
}

inline ByteVector from_text(std::string_view text)
{
    return {text.begin(), text.end()};
}

inline ByteVector joined(std::initializer_list<ByteVector> parts)
{
    ByteVector all;
    for (const ByteVector& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

inline std::uint32_t length_of(const ByteVector& bytes)
{
    return static_cast<std::uint32_t>(bytes.size());
}

class CryptoProbe {
public:
    explicit CryptoProbe(CryptoHost host = {}, CryptoOptions options = {})
        : provider_({}, with_charge(std::move(host)), options)
    {
    }

    const boot_crypto& table() const { return *provider_.table(); }
    std::uint64_t cycles() const { return cycles_; }

    int verify(crypto_signature kind, const ByteVector& key, const ByteVector& digest,
               const ByteVector& signature) const
    {
        return table().verify(table().context, kind, key.data(), length_of(key), digest.data(),
                              length_of(digest), signature.data(), length_of(signature));
    }

    // The image key; empty if it could not be recovered.
    ByteVector unwrap(crypto_key_wrap kind, const ByteVector& key, const ByteVector& wrapped,
                      std::uint32_t image_key_bytes) const
    {
        ByteVector image_key(image_key_bytes);
        const int result =
            table().unwrap_key(table().context, kind, key.data(), length_of(key), wrapped.data(),
                               length_of(wrapped), image_key.data(), image_key_bytes);
        return result == CRYPTO_OK ? image_key : ByteVector{};
    }

    ByteVector hash(crypto_hash hash, const ByteVector& bytes) const
    {
        ByteVector digest(static_cast<std::size_t>(hash));
        EXPECT_EQ(table().hash_bytes(table().context, hash, bytes.data(), length_of(bytes),
                                     digest.data()),
                  CRYPTO_OK);
        return digest;
    }

    int hash_ranges(const std::vector<crypto_range>& ranges, ByteVector& digest,
                    crypto_hash hash = CRYPTO_SHA256) const
    {
        digest.assign(static_cast<std::size_t>(hash), 0);
        return table().hash_ranges(table().context, hash, ranges.data(),
                                   static_cast<std::uint32_t>(ranges.size()), digest.data());
    }

private:
    CryptoHost with_charge(CryptoHost host)
    {
        host.charge = [this](std::uint64_t cycles) { cycles_ += cycles; };
        return host;
    }

    std::uint64_t cycles_ = 0;
    CryptoProvider provider_;
};

}  // namespace brownout::sim
