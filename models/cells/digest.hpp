// Digests of cells: XXH3-128 (not cryptographic; nobody chooses states to collide), combined so
// that the digest of an array follows the change of one page in constant time.
#pragma once

#include <models/flash_array.hpp>

#include <cstdint>
#include <span>

namespace brownout::models::cells {

Digest128 digest_of(std::span<const std::uint8_t> bytes);

enum class DigestRole : std::uint64_t { kCounts = 1, kMarginal = 2, kLength = 3 };
Digest128 combine(const Digest128& first, const Digest128& second, DigestRole role);

// What the piece number `index` contributes to a sum over pieces.
Digest128 contribution(std::uint64_t index, const Digest128& piece);

// Addition and subtraction modulo 2^128.
constexpr void add_to(Digest128& sum, const Digest128& term)
{
    sum.low += term.low;
    sum.high += term.high + (sum.low < term.low ? 1u : 0u);
}

constexpr void subtract_from(Digest128& sum, const Digest128& term)
{
    sum.high -= term.high + (sum.low < term.low ? 1u : 0u);
    sum.low -= term.low;
}

}  // namespace brownout::models::cells
