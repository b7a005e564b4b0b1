// The one place where non-volatile bits live.
//
// A flash array is a value: copying it copies a table of page references (copy-on-write), so a
// state of a machine can be kept for every power cut. Programming ANDs bits (erased value 0xFF) or,
// for an erased value of 0x00, ORs them; arrays without erase overwrite. Geometry, commands, times
// and limits belong to the controllers and parts on top.
//
// Modelled: content; program operations per unit since the last erase (saturating); erase count
// per page (an annotation: not part of the identity); marginal bits (bits whose level a torn
// operation left undefined); a 128-bit digest of the identity, kept up incrementally.
// Not modelled here: time, disturb, retention.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace brownout::models {

namespace cells {
class PageTable;
}

struct Digest128 {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    auto operator<=>(const Digest128&) const = default;
};

// Fixed properties of an array.
struct FlashGeometry {
    std::uint64_t size_bytes = 0;        // a multiple of page_bytes
    std::uint32_t page_bytes = 4096;     // copy-on-write and digest granule, a power of two,
                                         // not necessarily the erase unit
    std::uint32_t count_unit_bytes = 0;  // unit of the write counts; 0: not counted
    std::uint8_t write_count_limit = 0;  // counts saturate one above this; at most 254
    std::uint8_t erased_value = 0xFF;
    bool overwrites = false;   // no erase: a program stores bytes as they are
    bool is_volatile = false;  // RAM: erased by a loss of power
};

class FlashArray {
public:
    explicit FlashArray(FlashGeometry geometry);
    ~FlashArray();
    FlashArray(const FlashArray&);  // cheap: shares every page
    FlashArray& operator=(const FlashArray&);
    FlashArray(FlashArray&&) noexcept;
    FlashArray& operator=(FlashArray&&) noexcept;

    const FlashGeometry& geometry() const { return geometry_; }

    // Copies bytes out. The range must lie inside the array (asserted, here and below).
    void read(std::uint64_t offset, std::span<std::uint8_t> destination) const;
    std::uint8_t byte_at(std::uint64_t offset) const;
    std::uint32_t word_at(std::uint64_t offset) const;  // little endian, any alignment

    // Programs `source` at `offset`: AND / OR / overwrite as the geometry says (in general: a bit
    // can only leave its erased level). Every count unit that the range touches counts once; bits
    // that are programmed are marginal no more. Equal to programming unit by unit.
    void program(std::uint64_t offset, std::span<const std::uint8_t> source);

    // Sets the range to the erased value, clears write counts and marginal bits, adds one to the
    // erase count of every page touched. The range is a multiple of count_unit_bytes.
    void erase(std::uint64_t offset, std::uint64_t byte_count);

    // Stores bytes with no regard to physics and clears their counts: a programmer, an initial
    // image, a tear overlay.
    void poke(std::uint64_t offset, std::span<const std::uint8_t> source);

    // Stores bytes like poke() but keeps counts and marginal bits: cells that changed by
    // themselves.
    void disturb(std::uint64_t offset, std::span<const std::uint8_t> source);

    // Marks bits (1 = level undefined) of the bytes at `offset`. Cleared by erase and poke, and by
    // program for the bits it programs.
    void set_marginal(std::uint64_t offset, std::span<const std::uint8_t> mask);
    // Gives every marginal bit the level that it has in levels(offset of its byte).
    void set_marginal_levels(const std::function<std::uint8_t(std::uint64_t)>& levels);
    bool has_marginal_bits() const;
    std::uint8_t marginal_at(std::uint64_t offset) const;

    // Program operations since the last erase of the unit holding `offset`, at most
    // write_count_limit + 1. 0 if not counted.
    std::uint8_t writes_since_erase(std::uint64_t offset) const;
    // The largest of them in a range.
    std::uint8_t most_writes_since_erase(std::uint64_t offset, std::uint64_t byte_count) const;
    // Erases of the page holding `offset` since construction. Not part of the identity.
    std::uint32_t erase_count(std::uint64_t offset) const;

    bool is_erased(std::uint64_t offset, std::uint64_t byte_count) const;

    // Digest of the identity: bytes, write counts, marginal bits. Pages that did not change since
    // the last call cost nothing.
    Digest128 digest() const;
    // Digest of the bytes alone, of a range: a key for remembering what was computed from them.
    // Equal bytes have equal digests wherever they lie, if the offsets agree modulo page_bytes.
    Digest128 content_digest(std::uint64_t offset, std::uint64_t byte_count) const;
    Digest128 content_digest() const;

    // Exact comparison of the identity (shared pages are equal at once).
    bool same_as(const FlashArray& other) const;

    // Indices of pages whose identity differs from `base` (same geometry), ascending; with
    // serialise/apply they move a state to another process.
    std::vector<std::uint32_t> changed_pages(const FlashArray& base) const;
    // Appends the identity of one page to `out`; apply_page() consumes from the front of `in`.
    void append_page(std::uint32_t page_index, std::vector<std::uint8_t>& out) const;
    std::span<const std::uint8_t> apply_page(std::uint32_t page_index,
                                             std::span<const std::uint8_t> in);

    // Memory of this value that is not shared with `base`, for reports.
    std::size_t unshared_bytes(const FlashArray& base) const;

private:
    FlashGeometry geometry_;
    std::unique_ptr<cells::PageTable> pages_;
};

}  // namespace brownout::models
