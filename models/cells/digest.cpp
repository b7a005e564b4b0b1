#include "cells/digest.hpp"

#include <array>

// The dispatching entry points use the widest vectors of the processor; the values are the same on
// every one.
#if defined(__x86_64__)
#    include <xxh_x86dispatch.h>
#else
#    include <xxhash.h>
#endif

namespace brownout::models::cells {

namespace {

Digest128 from(XXH128_hash_t hash)
{
    return {hash.low64, hash.high64};
}

template <std::size_t kWords>
Digest128 digest_of_words(const std::array<std::uint64_t, kWords>& words)
{
    return from(XXH3_128bits(words.data(), sizeof words));
}

}  // namespace

Digest128 digest_of(std::span<const std::uint8_t> bytes)
{
    return from(XXH3_128bits(bytes.data(), bytes.size()));
}

Digest128 combine(const Digest128& first, const Digest128& second, DigestRole role)
{
    return digest_of_words<5>(
        {first.low, first.high, second.low, second.high, static_cast<std::uint64_t>(role)});
}

Digest128 contribution(std::uint64_t index, const Digest128& piece)
{
    return digest_of_words<3>({index, piece.low, piece.high});
}

}  // namespace brownout::models::cells
