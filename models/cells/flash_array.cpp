#include <models/flash_array.hpp>

#include "cells/digest.hpp"
#include "cells/page_table.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace brownout::models {

using cells::Page;
using cells::PageLayout;
using cells::PageTable;

namespace {

PageLayout layout_of(const FlashGeometry& geometry)
{
    BROWNOUT_ASSERT(std::has_single_bit(geometry.page_bytes));
    BROWNOUT_ASSERT(geometry.size_bytes > 0 && geometry.size_bytes % geometry.page_bytes == 0);
    PageLayout layout;
    layout.page_bytes = geometry.page_bytes;
    layout.erased_value = geometry.erased_value;
    if (geometry.count_unit_bytes != 0) {
        BROWNOUT_ASSERT(geometry.page_bytes % geometry.count_unit_bytes == 0);
        BROWNOUT_ASSERT(geometry.write_count_limit < 255);
        layout.counts.unit_bytes = geometry.count_unit_bytes;
        layout.counts.units_per_page = geometry.page_bytes / geometry.count_unit_bytes;
        layout.counts.ceiling = static_cast<std::uint8_t>(geometry.write_count_limit + 1);
        layout.counts.packed = layout.counts.ceiling <= 3;
    }
    return layout;
}

// The part of a range that lies in one page.
struct PagePart {
    std::uint32_t page = 0;
    std::uint32_t start = 0;  // in the page
    std::uint32_t byte_count = 0;
    std::size_t done = 0;  // bytes of the range before this part
};

// Calls visit(part) for each part, ascending, until it answers false; answers whether all were
// visited.
template <class Visit>
bool for_each_part(const FlashGeometry& geometry, std::uint64_t offset, std::uint64_t byte_count,
                   Visit&& visit)
{
    BROWNOUT_ASSERT(offset <= geometry.size_bytes && byte_count <= geometry.size_bytes - offset);
    PagePart part;
    while (part.done < byte_count) {
        const std::uint64_t at = offset + part.done;
        part.page = static_cast<std::uint32_t>(at / geometry.page_bytes);
        part.start = static_cast<std::uint32_t>(at % geometry.page_bytes);
        part.byte_count = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(geometry.page_bytes - part.start, byte_count - part.done));
        if (!visit(part)) {
            return false;
        }
        part.done += part.byte_count;
    }
    return true;
}

// Count units that [start, start + byte_count) of a page touches.
std::uint32_t first_unit(const PagePart& part, const PageLayout& layout)
{
    return part.start / layout.counts.unit_bytes;
}

std::uint32_t last_unit(const PagePart& part, const PageLayout& layout)
{
    return (part.start + part.byte_count - 1) / layout.counts.unit_bytes + 1;
}

// Bits leave their erased level and do not return: for 0xFF an AND, for 0x00 an OR.
void program_bytes(std::uint8_t* __restrict cells, const std::uint8_t* __restrict source,
                   std::uint32_t byte_count, std::uint8_t erased_value)
{
    if (erased_value == 0xFF) {
        for (std::uint32_t i = 0; i < byte_count; ++i) {
            cells[i] = cells[i] & source[i];
        }
        return;
    }
    const auto erased_low = static_cast<std::uint8_t>(~erased_value);
    for (std::uint32_t i = 0; i < byte_count; ++i) {
        cells[i] = static_cast<std::uint8_t>((cells[i] & source[i]) |
                                             ((cells[i] | source[i]) & erased_low));
    }
}

void drop_marginal(Page& page, const PagePart& part, const PageLayout& layout)
{
    if (page.marginal == nullptr) {
        return;
    }
    std::uint8_t* masks = page.marginal.get();
    std::memset(masks + part.start, 0, part.byte_count);
    if (std::all_of(masks, masks + layout.page_bytes,
                    [](std::uint8_t mask) { return mask == 0; })) {
        page.marginal.reset();
    }
}

// Bits that leave the erased level for certain, or all where programs overwrite.
void drop_programmed_marginal(Page& page, const PagePart& part, const PageLayout& layout,
                              const std::uint8_t* source, bool overwrites)
{
    if (page.marginal == nullptr) {
        return;
    }
    for (std::uint32_t i = 0; i < part.byte_count; ++i) {
        const auto programmed =
            static_cast<std::uint8_t>(overwrites ? 0xFF : source[i] ^ layout.erased_value);
        std::uint8_t& mask = page.marginal[part.start + i];
        mask = static_cast<std::uint8_t>(mask & ~programmed);
    }
    PagePart none = part;
    none.byte_count = 0;
    drop_marginal(page, none, layout);
}

void drop_counts(Page& page, const PagePart& part, const PageLayout& layout)
{
    if (layout.counts.units_per_page != 0) {
        page.counts.clear(first_unit(part, layout), last_unit(part, layout), layout.counts);
    }
}

}  // namespace

FlashArray::FlashArray(FlashGeometry geometry)
    : geometry_(geometry),
      pages_(std::make_unique<PageTable>(
          layout_of(geometry),
          static_cast<std::uint32_t>(geometry.size_bytes / geometry.page_bytes)))
{
}

FlashArray::~FlashArray() = default;

FlashArray::FlashArray(const FlashArray& other)
    : geometry_(other.geometry_), pages_(std::make_unique<PageTable>(*other.pages_))
{
}

FlashArray& FlashArray::operator=(const FlashArray& other)
{
    if (this == &other) {
        return *this;
    }
    geometry_ = other.geometry_;
    if (pages_ == nullptr) {
        pages_ = std::make_unique<PageTable>(*other.pages_);
    } else {
        *pages_ = *other.pages_;
    }
    return *this;
}

FlashArray::FlashArray(FlashArray&&) noexcept = default;
FlashArray& FlashArray::operator=(FlashArray&&) noexcept = default;

void FlashArray::read(std::uint64_t offset, std::span<std::uint8_t> destination) const
{
    for_each_part(geometry_, offset, destination.size(), [&](const PagePart& part) {
        std::memcpy(destination.data() + part.done, pages_->page(part.page).bytes() + part.start,
                    part.byte_count);
        return true;
    });
}

std::uint8_t FlashArray::byte_at(std::uint64_t offset) const
{
    BROWNOUT_ASSERT(offset < geometry_.size_bytes);
    return pages_->page(static_cast<std::uint32_t>(offset / geometry_.page_bytes))
        .bytes()[offset % geometry_.page_bytes];
}

std::uint32_t FlashArray::word_at(std::uint64_t offset) const
{
    std::array<std::uint8_t, 4> bytes{};
    read(offset, bytes);
    return bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
           std::uint32_t{bytes[3]} << 24;
}

void FlashArray::program(std::uint64_t offset, std::span<const std::uint8_t> source)
{
    for_each_part(geometry_, offset, source.size(), [&](const PagePart& part) {
        const PageLayout& layout = pages_->layout();
        Page& page = pages_->change_page(part.page);
        if (geometry_.overwrites) {
            std::memcpy(page.bytes() + part.start, source.data() + part.done, part.byte_count);
        } else {
            program_bytes(page.bytes() + part.start, source.data() + part.done, part.byte_count,
                          geometry_.erased_value);
        }
        drop_programmed_marginal(page, part, layout, source.data() + part.done,
                                 geometry_.overwrites);
        if (layout.counts.units_per_page != 0) {
            page.counts.add(first_unit(part, layout), last_unit(part, layout), layout.counts);
        }
        return true;
    });
}

void FlashArray::erase(std::uint64_t offset, std::uint64_t byte_count)
{
    BROWNOUT_ASSERT(
        geometry_.count_unit_bytes == 0 ||
        (offset % geometry_.count_unit_bytes == 0 && byte_count % geometry_.count_unit_bytes == 0));
    for_each_part(geometry_, offset, byte_count, [&](const PagePart& part) {
        pages_->count_erase(part.page);
        if (part.byte_count == geometry_.page_bytes) {
            pages_->erase_page(part.page);
        } else if (!pages_->is_erased_page(part.page)) {
            Page& page = pages_->change_page(part.page);
            std::memset(page.bytes() + part.start, geometry_.erased_value, part.byte_count);
            drop_counts(page, part, pages_->layout());
            drop_marginal(page, part, pages_->layout());
        }
        return true;
    });
}

void FlashArray::poke(std::uint64_t offset, std::span<const std::uint8_t> source)
{
    for_each_part(geometry_, offset, source.size(), [&](const PagePart& part) {
        Page& page = pages_->change_page(part.page);
        std::memcpy(page.bytes() + part.start, source.data() + part.done, part.byte_count);
        drop_counts(page, part, pages_->layout());
        drop_marginal(page, part, pages_->layout());
        return true;
    });
}

void FlashArray::disturb(std::uint64_t offset, std::span<const std::uint8_t> source)
{
    for_each_part(geometry_, offset, source.size(), [&](const PagePart& part) {
        Page& page = pages_->change_page(part.page);
        std::memcpy(page.bytes() + part.start, source.data() + part.done, part.byte_count);
        return true;
    });
}

void FlashArray::set_marginal(std::uint64_t offset, std::span<const std::uint8_t> mask)
{
    for_each_part(geometry_, offset, mask.size(), [&](const PagePart& part) {
        const std::span<const std::uint8_t> bits = mask.subspan(part.done, part.byte_count);
        if (std::all_of(bits.begin(), bits.end(), [](std::uint8_t byte) { return byte == 0; })) {
            return true;
        }
        Page& page = pages_->change_page(part.page);
        if (page.marginal == nullptr) {
            page.marginal = std::make_unique<std::uint8_t[]>(geometry_.page_bytes);
        }
        for (std::uint32_t i = 0; i < part.byte_count; ++i) {
            page.marginal[part.start + i] |= bits[i];
        }
        return true;
    });
}

void FlashArray::set_marginal_levels(const std::function<std::uint8_t(std::uint64_t)>& levels)
{
    for (const std::uint32_t index : pages_->marginal_pages()) {
        Page& page = pages_->change_page(index);
        for (std::uint32_t i = 0; i < geometry_.page_bytes; ++i) {
            const std::uint8_t mask = page.marginal[i];
            if (mask != 0) {
                const std::uint8_t level = levels(std::uint64_t{index} * geometry_.page_bytes + i);
                std::uint8_t& byte = page.bytes()[i];
                byte = static_cast<std::uint8_t>((byte & ~mask) | (level & mask));
            }
        }
    }
}

bool FlashArray::has_marginal_bits() const
{
    return pages_->has_marginal_bits();
}

std::uint8_t FlashArray::marginal_at(std::uint64_t offset) const
{
    BROWNOUT_ASSERT(offset < geometry_.size_bytes);
    const Page& page = pages_->page(static_cast<std::uint32_t>(offset / geometry_.page_bytes));
    return page.marginal == nullptr ? std::uint8_t{0}
                                    : page.marginal[offset % geometry_.page_bytes];
}

std::uint8_t FlashArray::writes_since_erase(std::uint64_t offset) const
{
    return most_writes_since_erase(offset, 1);
}

std::uint8_t FlashArray::most_writes_since_erase(std::uint64_t offset,
                                                 std::uint64_t byte_count) const
{
    std::uint8_t most = 0;
    for_each_part(geometry_, offset, byte_count, [&](const PagePart& part) {
        const PageLayout& layout = pages_->layout();
        if (layout.counts.units_per_page != 0) {
            most = std::max(most, pages_->page(part.page).counts.largest(first_unit(part, layout),
                                                                         last_unit(part, layout),
                                                                         layout.counts));
        }
        return true;
    });
    return most;
}

std::uint32_t FlashArray::erase_count(std::uint64_t offset) const
{
    BROWNOUT_ASSERT(offset < geometry_.size_bytes);
    return pages_->erase_count(static_cast<std::uint32_t>(offset / geometry_.page_bytes));
}

bool FlashArray::is_erased(std::uint64_t offset, std::uint64_t byte_count) const
{
    return for_each_part(geometry_, offset, byte_count, [&](const PagePart& part) {
        if (pages_->is_erased_page(part.page)) {
            return true;
        }
        const std::uint8_t* bytes = pages_->page(part.page).bytes() + part.start;
        return std::all_of(bytes, bytes + part.byte_count,
                           [this](std::uint8_t byte) { return byte == geometry_.erased_value; });
    });
}

}  // namespace brownout::models
