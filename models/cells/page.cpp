#include "cells/page.hpp"

#include "cells/digest.hpp"

#include <cstring>
#include <new>

namespace brownout::models::cells {

Page* Page::allocate(const PageLayout& layout)
{
    return new (::operator new(sizeof(Page) + layout.page_bytes)) Page;
}

Page* Page::create_erased(const PageLayout& layout)
{
    Page* page = allocate(layout);
    std::memset(page->bytes(), layout.erased_value, layout.page_bytes);
    return page;
}

Page* Page::copy_of(const Page& other, const PageLayout& layout)
{
    Page* page = allocate(layout);
    std::memcpy(page->bytes(), other.bytes(), layout.page_bytes);
    page->counts = WriteCounts(other.counts, layout.counts);
    if (other.marginal != nullptr) {
        page->marginal.reset(new std::uint8_t[layout.page_bytes]);
        std::memcpy(page->marginal.get(), other.marginal.get(), layout.page_bytes);
    }
    return page;
}

void Page::remove_owner()
{
    if (--owners_ == 0) {
        this->~Page();
        ::operator delete(this);
    }
}

bool Page::same_as(const Page& other, const PageLayout& layout) const
{
    if (this == &other) {
        return true;
    }
    if (digests_known_ && other.digests_known_ && identity_ != other.identity_) {
        return false;
    }
    const std::span<const std::uint8_t> mine = counts.bytes(layout.counts);
    const std::span<const std::uint8_t> theirs = other.counts.bytes(layout.counts);
    if (mine.size() != theirs.size() || has_marginal_bits() != other.has_marginal_bits()) {
        return false;
    }
    return std::memcmp(bytes(), other.bytes(), layout.page_bytes) == 0 &&
           (mine.empty() || std::memcmp(mine.data(), theirs.data(), mine.size()) == 0) &&
           (marginal == nullptr ||
            std::memcmp(marginal.get(), other.marginal.get(), layout.page_bytes) == 0);
}

void Page::find_digests(const PageLayout& layout)
{
    if (digests_known_) {
        return;
    }
    content_ = digest_of({bytes(), layout.page_bytes});
    identity_ = content_;
    if (!counts.all_zero()) {
        identity_ = combine(identity_, digest_of(counts.bytes(layout.counts)), DigestRole::kCounts);
    }
    if (marginal != nullptr) {
        identity_ = combine(identity_, digest_of({marginal.get(), layout.page_bytes}),
                            DigestRole::kMarginal);
    }
    digests_known_ = true;
}

std::size_t Page::memory_bytes(const PageLayout& layout) const
{
    return sizeof(Page) + layout.page_bytes + counts.bytes(layout.counts).size() +
           (marginal != nullptr ? layout.page_bytes : 0);
}

}  // namespace brownout::models::cells
