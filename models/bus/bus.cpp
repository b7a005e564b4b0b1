#include <models/assert.hpp>
#include <models/bus.hpp>

#include <algorithm>
#include <cstring>
#include <functional>

namespace brownout::models {

namespace {

// Whether [a, a + a_bytes) and [b, b + b_bytes) have an address in common.
bool overlap(std::uint64_t a, std::uint64_t a_bytes, std::uint64_t b, std::uint64_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

bool holds(const BusRange& range, std::uint32_t address)
{
    return address - range.address < range.size_bytes;
}

constexpr std::uint64_t kAddressSpaceBytes = std::uint64_t{1} << 32;

}  // namespace

std::optional<Duration> BusTarget::settles_at(std::uint32_t, std::uint32_t, std::uint32_t,
                                              Duration) noexcept
{
    return std::nullopt;
}

void BusTarget::read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                           AccessContext& access) noexcept
{
    std::size_t done = 0;
    while (done < destination.size()) {
        const std::uint32_t at = offset + static_cast<std::uint32_t>(done);
        const std::uint32_t skip = at % 4;
        const std::uint32_t word = read32(at - skip, access);
        for (std::uint32_t i = skip; i < 4 && done < destination.size(); ++i, ++done) {
            destination[done] = static_cast<std::uint8_t>(word >> (8 * i));
        }
    }
}

void BusTarget::write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                            AccessContext& access) noexcept
{
    std::size_t done = 0;
    while (done < source.size()) {
        const std::uint32_t at = offset + static_cast<std::uint32_t>(done);
        const std::uint32_t skip = at % 4;
        const bool whole = skip == 0 && source.size() - done >= 4;
        std::uint32_t word = whole ? 0 : read32(at - skip, access);
        for (std::uint32_t i = skip; i < 4 && done < source.size(); ++i, ++done) {
            word = (word & ~(0xFFu << (8 * i))) | std::uint32_t{source[done]} << (8 * i);
        }
        write32(at - skip, word, access);
    }
}

std::string_view BusTarget::refuses(std::uint32_t, bool) const noexcept
{
    return {};
}

bool BusTarget::write_words(std::uint32_t, std::span<const std::uint8_t>, std::uint32_t,
                            std::uint32_t, AccessContext&) noexcept
{
    return false;
}

void Bus::map(BusRange range)
{
    BROWNOUT_ASSERT(range.target != nullptr && range.size_bytes > 0);
    BROWNOUT_ASSERT(std::uint64_t{range.address} + range.size_bytes <= kAddressSpaceBytes);
    for (const BusRange& other : ranges_) {
        BROWNOUT_ASSERT(!overlap(range.address, range.size_bytes, other.address, other.size_bytes));
    }
    for (const MemoryWindow& window : windows_) {
        BROWNOUT_ASSERT(!window.is_ram || !overlap(range.address, range.size_bytes, window.address,
                                                   window.bytes.size()));
    }
    const auto place = std::upper_bound(
        ranges_.begin(), ranges_.end(), range.address,
        [](std::uint32_t address, const BusRange& other) { return address < other.address; });
    ranges_.insert(place, range);
}

void Bus::add_window(MemoryWindow window)
{
    BROWNOUT_ASSERT(window.address + std::uint64_t{window.bytes.size()} <= kAddressSpaceBytes);
    for (const MemoryWindow& other : windows_) {
        BROWNOUT_ASSERT(
            !overlap(window.address, window.bytes.size(), other.address, other.bytes.size()));
    }
    for (const BusRange& range : ranges_) {
        BROWNOUT_ASSERT(!window.is_ram || !overlap(range.address, range.size_bytes, window.address,
                                                   window.bytes.size()));
    }
    windows_.push_back(std::move(window));
}

void Bus::clear_windows()
{
    windows_.clear();
}

const BusRange* Bus::find(std::uint32_t address) const noexcept
{
    // Accesses come in runs to one register block.
    if (last_range_ < ranges_.size() && holds(ranges_[last_range_], address)) {
        return &ranges_[last_range_];
    }
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
        if (holds(ranges_[i], address)) {
            last_range_ = i;
            return &ranges_[i];
        }
    }
    return nullptr;
}

const MemoryWindow* Bus::find_window(std::uint32_t address, std::uint32_t byte_count) const noexcept
{
    for (const MemoryWindow& window : windows_) {
        const std::uint64_t end = window.address + std::uint64_t{window.bytes.size()};
        if (address >= window.address && std::uint64_t{address} + byte_count <= end &&
            address < end) {
            return &window;
        }
    }
    return nullptr;
}

std::optional<std::uint32_t> Bus::address_of(const void* pointer) const noexcept
{
    const auto* byte = static_cast<const std::uint8_t*>(pointer);
    for (const MemoryWindow& window : windows_) {
        const std::uint8_t* first = window.bytes.data();
        // std::less orders pointers into different objects.
        if (!std::less<>{}(byte, first) && std::less<>{}(byte, first + window.bytes.size())) {
            return window.address + static_cast<std::uint32_t>(byte - first);
        }
    }
    return std::nullopt;
}

}  // namespace brownout::models
