#include "cells/write_counts.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <cstring>

namespace brownout::models::cells {

namespace {

constexpr std::uint32_t kPairsPerWord = 32;
constexpr std::uint32_t kBytesPerWord = 8;
constexpr std::uint64_t kLowBits = 0x5555'5555'5555'5555u;  // bit 0 of every pair

// The low bit of each pair of word `word` whose unit lies in [first, last).
std::uint64_t pairs_in_range(std::uint32_t word, std::uint32_t first, std::uint32_t last)
{
    const std::uint32_t base = word * kPairsPerWord;
    std::uint64_t mask = kLowBits;
    if (first > base) {
        mask &= ~std::uint64_t{0} << (2 * (first - base));
    }
    if (last < base + kPairsPerWord) {
        mask &= ~(~std::uint64_t{0} << (2 * (last - base)));
    }
    return mask;
}

// The pairs (as low bits) whose count is below `ceiling`.
std::uint64_t pairs_below(std::uint64_t counts, std::uint8_t ceiling)
{
    const std::uint64_t high = counts >> 1;
    switch (ceiling) {
    case 1:
        return ~(counts | high) & kLowBits;
    case 2:
        return ~high & kLowBits;
    default:
        return ~(counts & high) & kLowBits;
    }
}

std::uint8_t* as_bytes(std::uint64_t* words)
{
    return reinterpret_cast<std::uint8_t*>(words);
}

}  // namespace

std::uint32_t CountLayout::storage_words() const
{
    const std::uint32_t per_word = packed ? kPairsPerWord : kBytesPerWord;
    return (units_per_page + per_word - 1) / per_word;
}

WriteCounts::WriteCounts(const WriteCounts& other, const CountLayout& layout)
{
    assign(other.bytes(layout), layout);
}

std::uint8_t WriteCounts::at(std::uint32_t unit, const CountLayout& layout) const
{
    if (words_ == nullptr) {
        return 0;
    }
    if (layout.packed) {
        return static_cast<std::uint8_t>(
            (words_[unit / kPairsPerWord] >> (2 * (unit % kPairsPerWord))) & 3u);
    }
    return as_bytes(words_.get())[unit];
}

std::uint8_t WriteCounts::largest(std::uint32_t first, std::uint32_t last,
                                  const CountLayout& layout) const
{
    if (words_ == nullptr || first >= last) {
        return 0;
    }
    if (!layout.packed) {
        const std::uint8_t* counts = as_bytes(words_.get());
        return *std::max_element(counts + first, counts + last);
    }
    std::uint64_t three = 0;
    std::uint64_t two = 0;
    std::uint64_t any = 0;
    for (std::uint32_t word = first / kPairsPerWord; word <= (last - 1) / kPairsPerWord; ++word) {
        const std::uint64_t mask = pairs_in_range(word, first, last);
        const std::uint64_t low = words_[word] & mask;
        const std::uint64_t high = (words_[word] >> 1) & mask;
        three |= low & high;
        two |= high;
        any |= low | high;
    }
    return three != 0 ? 3 : two != 0 ? 2 : any != 0 ? 1 : 0;
}

void WriteCounts::add(std::uint32_t first, std::uint32_t last, const CountLayout& layout)
{
    if (first >= last) {
        return;
    }
    if (words_ == nullptr) {
        words_ = std::make_unique<std::uint64_t[]>(layout.storage_words());
    }
    if (layout.packed) {
        for (std::uint32_t word = first / kPairsPerWord; word <= (last - 1) / kPairsPerWord;
             ++word) {
            words_[word] +=
                pairs_in_range(word, first, last) & pairs_below(words_[word], layout.ceiling);
        }
        return;
    }
    std::uint8_t* counts = as_bytes(words_.get());
    for (std::uint32_t unit = first; unit < last; ++unit) {
        counts[unit] = static_cast<std::uint8_t>(counts[unit] + (counts[unit] < layout.ceiling));
    }
}

void WriteCounts::clear(std::uint32_t first, std::uint32_t last, const CountLayout& layout)
{
    if (words_ == nullptr || first >= last) {
        return;
    }
    if (layout.packed) {
        for (std::uint32_t word = first / kPairsPerWord; word <= (last - 1) / kPairsPerWord;
             ++word) {
            words_[word] &= ~(pairs_in_range(word, first, last) * 3u);
        }
    } else {
        std::memset(as_bytes(words_.get()) + first, 0, last - first);
    }
    const std::uint64_t* first_word = words_.get();
    if (std::all_of(first_word, first_word + layout.storage_words(),
                    [](std::uint64_t word) { return word == 0; })) {
        words_.reset();
    }
}

std::span<const std::uint8_t> WriteCounts::bytes(const CountLayout& layout) const
{
    if (words_ == nullptr) {
        return {};
    }
    return {as_bytes(words_.get()), std::size_t{layout.storage_words()} * kBytesPerWord};
}

void WriteCounts::assign(std::span<const std::uint8_t> bytes, const CountLayout& layout)
{
    if (bytes.empty()) {
        words_.reset();
        return;
    }
    const std::size_t word_count = layout.storage_words();
    BROWNOUT_ASSERT(bytes.size() == word_count * kBytesPerWord);
    words_.reset(new std::uint64_t[word_count]);
    std::memcpy(words_.get(), bytes.data(), bytes.size());
}

}  // namespace brownout::models::cells
