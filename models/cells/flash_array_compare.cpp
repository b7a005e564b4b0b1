// Digests, comparison and transfer of whole arrays.
#include <models/flash_array.hpp>

#include "cells/digest.hpp"
#include "cells/page_table.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <cstring>

namespace brownout::models {

using cells::Page;
using cells::PageLayout;

namespace {

// The first byte of a serialised page. An erased page is that byte alone; otherwise bytes, then
// counts and marginal masks if there are any.
constexpr std::uint8_t kHasBytes = 1;
constexpr std::uint8_t kHasCounts = 2;
constexpr std::uint8_t kHasMarginal = 4;

void append(std::vector<std::uint8_t>& out, std::span<const std::uint8_t> bytes)
{
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::span<const std::uint8_t> take(std::span<const std::uint8_t>& in, std::size_t byte_count)
{
    BROWNOUT_ASSERT(in.size() >= byte_count);
    const std::span<const std::uint8_t> taken = in.first(byte_count);
    in = in.subspan(byte_count);
    return taken;
}

}  // namespace

Digest128 FlashArray::digest() const
{
    return pages_->identity_digest();
}

Digest128 FlashArray::content_digest() const
{
    return pages_->content_digest();
}

Digest128 FlashArray::content_digest(std::uint64_t offset, std::uint64_t byte_count) const
{
    BROWNOUT_ASSERT(offset <= geometry_.size_bytes && byte_count <= geometry_.size_bytes - offset);
    pages_->settle();
    Digest128 sum;
    std::uint64_t done = 0;
    for (std::uint64_t piece = 0; done < byte_count; ++piece) {
        const std::uint64_t at = offset + done;
        const std::uint64_t start = at % geometry_.page_bytes;
        const std::uint64_t length =
            std::min<std::uint64_t>(geometry_.page_bytes - start, byte_count - done);
        const Page& page = pages_->page(static_cast<std::uint32_t>(at / geometry_.page_bytes));
        cells::add_to(sum, cells::contribution(
                               piece, length == geometry_.page_bytes
                                          ? page.content_digest()
                                          : cells::digest_of({page.bytes() + start, length})));
        done += length;
    }
    return cells::combine(sum, {byte_count, 0}, cells::DigestRole::kLength);
}

bool FlashArray::same_as(const FlashArray& other) const
{
    return geometry_.size_bytes == other.geometry_.size_bytes &&
           pages_->visit_unshared(*other.pages_,
                                  [this](std::uint32_t, const Page& mine, const Page& theirs) {
                                      return mine.same_as(theirs, pages_->layout());
                                  });
}

std::vector<std::uint32_t> FlashArray::changed_pages(const FlashArray& base) const
{
    BROWNOUT_ASSERT(geometry_.size_bytes == base.geometry_.size_bytes &&
                    geometry_.page_bytes == base.geometry_.page_bytes);
    std::vector<std::uint32_t> changed;
    pages_->visit_unshared(*base.pages_,
                           [&](std::uint32_t index, const Page& mine, const Page& theirs) {
                               if (!mine.same_as(theirs, pages_->layout())) {
                                   changed.push_back(index);
                               }
                               return true;
                           });
    return changed;
}

void FlashArray::append_page(std::uint32_t page_index, std::vector<std::uint8_t>& out) const
{
    BROWNOUT_ASSERT(page_index < pages_->page_count());
    if (pages_->is_erased_page(page_index)) {
        out.push_back(0);
        return;
    }
    const PageLayout& layout = pages_->layout();
    const Page& page = pages_->page(page_index);
    const std::span<const std::uint8_t> counts = page.counts.bytes(layout.counts);
    out.push_back(static_cast<std::uint8_t>(kHasBytes | (counts.empty() ? 0 : kHasCounts) |
                                            (page.has_marginal_bits() ? kHasMarginal : 0)));
    append(out, {page.bytes(), layout.page_bytes});
    append(out, counts);
    if (page.has_marginal_bits()) {
        append(out, {page.marginal.get(), layout.page_bytes});
    }
}

std::span<const std::uint8_t> FlashArray::apply_page(std::uint32_t page_index,
                                                     std::span<const std::uint8_t> in)
{
    BROWNOUT_ASSERT(page_index < pages_->page_count());
    const PageLayout& layout = pages_->layout();
    const std::uint8_t flags = take(in, 1)[0];
    if (flags == 0) {
        pages_->erase_page(page_index);
        return in;
    }
    Page& page = pages_->change_page(page_index);
    std::memcpy(page.bytes(), take(in, layout.page_bytes).data(), layout.page_bytes);
    const std::size_t counts_bytes =
        (flags & kHasCounts) != 0 ? std::size_t{layout.counts.storage_words()} * 8 : 0;
    page.counts.assign(take(in, counts_bytes), layout.counts);
    page.marginal.reset();
    if ((flags & kHasMarginal) != 0) {
        page.marginal.reset(new std::uint8_t[layout.page_bytes]);
        std::memcpy(page.marginal.get(), take(in, layout.page_bytes).data(), layout.page_bytes);
    }
    return in;
}

std::size_t FlashArray::unshared_bytes(const FlashArray& base) const
{
    return sizeof(FlashArray) + sizeof(cells::PageTable) + pages_->unshared_bytes(*base.pages_);
}

}  // namespace brownout::models
