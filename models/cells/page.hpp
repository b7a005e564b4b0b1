// One page of a flash array: bytes, write counts, marginal bits, and the digests of them once
// somebody asked. Shared by reference count; a page with more than one owner is never changed.
//
// The counts of owners are plain integers: a process works on its arrays from one thread.
#pragma once

#include "cells/write_counts.hpp"

#include <models/flash_array.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace brownout::models::cells {

struct PageLayout {
    std::uint32_t page_bytes = 0;
    std::uint8_t erased_value = 0xFF;
    CountLayout counts;
};

class Page {
public:
    // A new page with one owner. Bytes are erased, counts zero, nothing marginal.
    static Page* create_erased(const PageLayout& layout);
    static Page* copy_of(const Page& other, const PageLayout& layout);

    void add_owner() { ++owners_; }
    void remove_owner();
    bool is_shared() const { return owners_ > 1; }

    std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(this + 1); }
    const std::uint8_t* bytes() const { return reinterpret_cast<const std::uint8_t*>(this + 1); }

    bool same_as(const Page& other, const PageLayout& layout) const;
    bool has_marginal_bits() const { return marginal != nullptr; }

    // Digests are remembered until forget_digests(), which every change calls first.
    void forget_digests() { digests_known_ = false; }
    void find_digests(const PageLayout& layout);
    bool digests_known() const { return digests_known_; }
    const Digest128& identity_digest() const { return identity_; }
    const Digest128& content_digest() const { return content_; }

    std::size_t memory_bytes(const PageLayout& layout) const;

    WriteCounts counts;
    std::unique_ptr<std::uint8_t[]> marginal;  // page_bytes of masks; null: no bit is marginal

private:
    Page() = default;
    static Page* allocate(const PageLayout& layout);

    std::uint32_t owners_ = 1;
    bool digests_known_ = false;
    Digest128 identity_;
    Digest128 content_;
};

}  // namespace brownout::models::cells
