// Program operations per unit since the last erase, for the units of one page, packed: two bits a
// unit where the ceiling fits, a byte otherwise.
//
// All zero is represented by no storage at all, so equal counts have equal representations.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace brownout::models::cells {

struct CountLayout {
    std::uint32_t units_per_page = 0;  // 0: not counted
    std::uint32_t unit_bytes = 0;
    std::uint8_t ceiling = 0;  // counts saturate here; 1..255
    bool packed = false;       // two bits a unit

    std::uint32_t storage_words() const;  // of 64 bits
};

class WriteCounts {
public:
    WriteCounts() = default;
    WriteCounts(const WriteCounts& other, const CountLayout& layout);

    bool all_zero() const { return words_ == nullptr; }
    std::uint8_t at(std::uint32_t unit, const CountLayout& layout) const;
    // The largest count among [first, last).
    std::uint8_t largest(std::uint32_t first, std::uint32_t last, const CountLayout& layout) const;

    // Adds one to each of [first, last), saturating.
    void add(std::uint32_t first, std::uint32_t last, const CountLayout& layout);
    void clear(std::uint32_t first, std::uint32_t last, const CountLayout& layout);
    void clear_all() { words_.reset(); }

    // The storage as bytes; empty when all zero.
    std::span<const std::uint8_t> bytes(const CountLayout& layout) const;
    // Replaces all counts by what bytes() of another page gave.
    void assign(std::span<const std::uint8_t> bytes, const CountLayout& layout);

private:
    std::unique_ptr<std::uint64_t[]> words_;
};

}  // namespace brownout::models::cells
