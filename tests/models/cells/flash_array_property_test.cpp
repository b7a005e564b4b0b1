// The array against the simplest thing that could be right: plain vectors.
#include <models/flash_array.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace brownout::models {
namespace {

struct ReferenceArray {
    explicit ReferenceArray(const FlashGeometry& of)
        : geometry(of), bytes(of.size_bytes, of.erased_value), marginal(of.size_bytes, 0),
          counts(of.count_unit_bytes == 0 ? 0 : of.size_bytes / of.count_unit_bytes, 0),
          erases(of.size_bytes / of.page_bytes, 0)
    {
    }

    void program(std::uint64_t offset, std::span<const std::uint8_t> source)
    {
        for (std::size_t i = 0; i < source.size(); ++i) {
            std::uint8_t& cell = bytes[offset + i];
            std::uint8_t next = source[i];
            for (int bit = 0; bit < 8 && !geometry.overwrites; ++bit) {
                const int mask = 1 << bit;
                const bool left_erased = ((cell ^ geometry.erased_value) & mask) != 0;
                if (left_erased) {
                    next = static_cast<std::uint8_t>((next & ~mask) | (cell & mask));
                }
            }
            cell = next;
            const int programmed = geometry.overwrites ? 0xFF : source[i] ^ geometry.erased_value;
            marginal[offset + i] = static_cast<std::uint8_t>(marginal[offset + i] & ~programmed);
        }
        for_each_unit(offset, source.size(), [this](std::size_t unit) {
            const int ceiling = geometry.write_count_limit + 1;
            counts[unit] = static_cast<std::uint8_t>(std::min(counts[unit] + 1, ceiling));
        });
    }

    void erase(std::uint64_t offset, std::uint64_t byte_count)
    {
        clear(offset, byte_count);
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), byte_count,
                    geometry.erased_value);
        for (std::uint64_t page = offset / geometry.page_bytes;
             byte_count > 0 && page <= (offset + byte_count - 1) / geometry.page_bytes; ++page) {
            ++erases[page];
        }
    }

    void poke(std::uint64_t offset, std::span<const std::uint8_t> source)
    {
        clear(offset, source.size());
        std::copy(source.begin(), source.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    }

    void set_marginal(std::uint64_t offset, std::span<const std::uint8_t> mask)
    {
        for (std::size_t i = 0; i < mask.size(); ++i) {
            marginal[offset + i] = static_cast<std::uint8_t>(marginal[offset + i] | mask[i]);
        }
    }

    bool same_identity(const ReferenceArray& other) const
    {
        return bytes == other.bytes && marginal == other.marginal && counts == other.counts;
    }

    FlashGeometry geometry;
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> marginal;
    std::vector<std::uint8_t> counts;
    std::vector<std::uint32_t> erases;

private:
    template <class Visit>
    void for_each_unit(std::uint64_t offset, std::uint64_t byte_count, Visit&& visit)
    {
        if (geometry.count_unit_bytes == 0 || byte_count == 0) {
            return;
        }
        const std::uint64_t last = (offset + byte_count - 1) / geometry.count_unit_bytes;
        for (std::uint64_t unit = offset / geometry.count_unit_bytes; unit <= last; ++unit) {
            visit(unit);
        }
    }
    void clear(std::uint64_t offset, std::uint64_t byte_count)
    {
        std::fill_n(marginal.begin() + static_cast<std::ptrdiff_t>(offset), byte_count,
                    std::uint8_t{0});
        for_each_unit(offset, byte_count, [this](std::size_t unit) { counts[unit] = 0; });
    }
};

// An array and its reference, which the same commands are given to.
struct Pair {
    FlashArray array;
    ReferenceArray reference;

    explicit Pair(const FlashGeometry& geometry) : array(geometry), reference(geometry) {}
};

FlashGeometry any_geometry()
{
    FlashGeometry geometry;
    geometry.page_bytes = *rc::gen::element(64u, 128u, 256u);
    geometry.size_bytes = std::uint64_t{geometry.page_bytes} * *rc::gen::inRange(1u, 40u);
    geometry.count_unit_bytes = *rc::gen::element(0u, 1u, 4u, 32u);
    geometry.write_count_limit = *rc::gen::element<std::uint8_t>(0, 1, 2, 3, 7, 254);
    geometry.erased_value = *rc::gen::element<std::uint8_t>(0xFF, 0xFF, 0x00, 0x5A);
    geometry.overwrites = *rc::gen::element(false, false, false, true);
    return geometry;
}

std::vector<std::uint8_t> any_bytes(std::uint64_t byte_count)
{
    // Few distinct bytes, so that arrays become equal again now and then.
    return *rc::gen::container<std::vector<std::uint8_t>>(
        byte_count, rc::gen::element<std::uint8_t>(0x00, 0xFF, 0x0F, 0x5A));
}

void do_any_command(Pair& pair)
{
    const FlashGeometry& geometry = pair.array.geometry();
    const auto offset = *rc::gen::inRange<std::uint64_t>(0, geometry.size_bytes);
    const auto longest = std::min<std::uint64_t>(geometry.size_bytes - offset, 600);
    const auto byte_count = *rc::gen::inRange<std::uint64_t>(0, longest + 1);
    switch (*rc::gen::inRange(0, 5)) {
    case 0:
    case 1: {
        const std::vector<std::uint8_t> source = any_bytes(byte_count);
        pair.array.program(offset, source);
        pair.reference.program(offset, source);
        break;
    }
    case 2: {
        const std::uint64_t unit = *rc::gen::element<std::uint64_t>(32, geometry.page_bytes);
        const std::uint64_t start = offset / unit * unit;
        const std::uint64_t length = std::min(geometry.size_bytes - start, unit * (1 + offset % 3));
        pair.array.erase(start, length);
        pair.reference.erase(start, length);
        break;
    }
    case 3: {
        const std::vector<std::uint8_t> source = any_bytes(byte_count);
        pair.array.poke(offset, source);
        pair.reference.poke(offset, source);
        break;
    }
    default: {
        const std::vector<std::uint8_t> mask = any_bytes(std::min<std::uint64_t>(byte_count, 3));
        pair.array.set_marginal(offset, mask);
        pair.reference.set_marginal(offset, mask);
        break;
    }
    }
}

void check_equal(const Pair& pair)
{
    const FlashArray& array = pair.array;
    const ReferenceArray& reference = pair.reference;
    std::vector<std::uint8_t> bytes(reference.bytes.size());
    array.read(0, bytes);
    RC_ASSERT(bytes == reference.bytes);
    bool any_marginal = false;
    for (std::uint64_t offset = 0; offset < bytes.size(); ++offset) {
        RC_ASSERT(array.marginal_at(offset) == reference.marginal[offset]);
        any_marginal = any_marginal || reference.marginal[offset] != 0;
        const std::uint32_t unit = array.geometry().count_unit_bytes;
        RC_ASSERT(array.writes_since_erase(offset) ==
                  (unit == 0 ? 0 : reference.counts[offset / unit]));
        RC_ASSERT(array.erase_count(offset) ==
                  reference.erases[offset / array.geometry().page_bytes]);
    }
    RC_ASSERT(array.has_marginal_bits() == any_marginal);
}

#define EXPECT_PROPERTY(...) EXPECT_TRUE(rc::check(__VA_ARGS__))

TEST(FlashArrayProperty, DoesWhatPlainVectorsDo)
{
    EXPECT_PROPERTY([] {
        Pair pair(any_geometry());
        const int commands = *rc::gen::inRange(1, 20);
        for (int i = 0; i < commands; ++i) {
            do_any_command(pair);
            if (*rc::gen::arbitrary<bool>()) {
                (void)pair.array.digest();
            }
        }
        check_equal(pair);
    });
}

TEST(FlashArrayProperty, CopiesAreIndependentAndDigestsAgreeWithComparison)
{
    EXPECT_PROPERTY([] {
        const FlashGeometry geometry = any_geometry();
        std::vector<Pair> pairs(3, Pair(geometry));
        const int commands = *rc::gen::inRange(1, 25);
        for (int i = 0; i < commands; ++i) {
            const auto from = *rc::gen::inRange<std::size_t>(0, pairs.size());
            const auto to = *rc::gen::inRange<std::size_t>(0, pairs.size());
            if (from == to) {
                do_any_command(pairs[to]);
            } else {
                pairs[to] = pairs[from];
            }
        }
        for (const Pair& a : pairs) {
            check_equal(a);
            for (const Pair& b : pairs) {
                const bool same = a.reference.same_identity(b.reference);
                RC_ASSERT(a.array.same_as(b.array) == same);
                RC_ASSERT((a.array.digest() == b.array.digest()) == same);
                RC_ASSERT((a.array.content_digest() == b.array.content_digest()) ==
                          (a.reference.bytes == b.reference.bytes));
                RC_ASSERT(a.array.changed_pages(b.array).empty() == same);
            }
        }
    });
}

TEST(FlashArrayProperty, ADigestDoesNotDependOnWhenItIsAsked)
{
    EXPECT_PROPERTY([] {
        Pair pair(any_geometry());
        for (int i = 0; i < 10; ++i) {
            do_any_command(pair);
            (void)pair.array.digest();
        }
        FlashArray afresh(pair.array.geometry());
        std::vector<std::uint8_t> stream;
        const std::uint32_t pages = static_cast<std::uint32_t>(pair.array.geometry().size_bytes /
                                                               pair.array.geometry().page_bytes);
        for (std::uint32_t page = 0; page < pages; ++page) {
            pair.array.append_page(page, stream);
        }
        std::span<const std::uint8_t> rest = stream;
        for (std::uint32_t page = 0; page < pages; ++page) {
            rest = afresh.apply_page(page, rest);
        }
        RC_ASSERT(rest.empty());
        RC_ASSERT(afresh.digest() == pair.array.digest());
        RC_ASSERT(afresh.content_digest() == pair.array.content_digest());
    });
}

TEST(FlashArrayProperty, ChangedPagesCarryAStateToAnotherProcess)
{
    EXPECT_PROPERTY([] {
        Pair base(any_geometry());
        for (int i = 0; i < 5; ++i) {
            do_any_command(base);
        }
        Pair changed = base;
        for (int i = 0; i < 5; ++i) {
            do_any_command(changed);
        }
        std::vector<std::uint8_t> stream;
        const std::vector<std::uint32_t> pages = changed.array.changed_pages(base.array);
        for (const std::uint32_t page : pages) {
            changed.array.append_page(page, stream);
        }
        FlashArray received = base.array;
        std::span<const std::uint8_t> rest = stream;
        for (const std::uint32_t page : pages) {
            rest = received.apply_page(page, rest);
        }
        RC_ASSERT(rest.empty());
        RC_ASSERT(received.same_as(changed.array));
        RC_ASSERT(received.digest() == changed.array.digest());
    });
}

TEST(FlashArrayProperty, ContentDigestOfARangeFollowsTheBytes)
{
    EXPECT_PROPERTY([] {
        Pair pair(any_geometry());
        for (int i = 0; i < 6; ++i) {
            do_any_command(pair);
        }
        const FlashGeometry& geometry = pair.array.geometry();
        const auto a = *rc::gen::inRange<std::uint64_t>(0, geometry.size_bytes);
        const auto pages = (geometry.size_bytes - a - 1) / geometry.page_bytes;
        const auto b = a + *rc::gen::inRange<std::uint64_t>(0, pages + 1) * geometry.page_bytes;
        const auto length = *rc::gen::inRange<std::uint64_t>(1, geometry.size_bytes - b + 1);
        const auto at = [&](std::uint64_t offset) {
            return pair.reference.bytes.begin() + static_cast<std::ptrdiff_t>(offset);
        };
        const bool equal = std::equal(at(a), at(a + length), at(b));
        RC_ASSERT((pair.array.content_digest(a, length) == pair.array.content_digest(b, length)) ==
                  equal);
    });
}

}  // namespace
}  // namespace brownout::models
