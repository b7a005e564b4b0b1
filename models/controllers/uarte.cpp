#include <models/uarte.hpp>

#include <models/assert.hpp>

#include "controllers/violation.hpp"

#include <algorithm>

namespace brownout::models {

namespace {

constexpr std::uint32_t kShortEndRxStartRx = 1u << 5;
constexpr std::uint32_t kErrorOverrun = 1u << 0;
constexpr std::uint32_t kMaxCntMask = 0xFFFF;
constexpr std::string_view kDmaSource = "nRF52840 PS v1.7, EasyDMA: Data RAM only";
constexpr std::string_view kMaxCntSource = "nRF52840 SVD, RXD.MAXCNT; zephyr #46797";

// splitmix64
std::uint64_t hash_of_packet(std::uint64_t number)
{
    std::uint64_t mixed = (number + 1) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

}  // namespace

Duration IncomingBytes::arrival(std::uint64_t index) const
{
    if (packet_bytes > 0) {
        const auto packet = static_cast<std::int64_t>(index / packet_bytes);
        const Duration due = packet_time * packet;
        const std::int64_t event =
            (due + event_interval - picoseconds(1)).count() / event_interval.count();
        const auto late = hash_of_packet(index / packet_bytes) % (late_events_max + 1);
        const std::uint64_t in_packet = index % packet_bytes + 1;
        return event_interval * (event + static_cast<std::int64_t>(late)) +
               byte_time * static_cast<std::int64_t>(in_packet) +
               (in_packet == packet_bytes ? unpack_time : Duration{});
    }
    const auto pauses = pause_every_bytes == 0 ? 0 : index / pause_every_bytes;
    return byte_time * static_cast<std::int64_t>(index + 1) +
           pause * static_cast<std::int64_t>(pauses);
}

std::uint64_t IncomingBytes::arrived(Duration elapsed) const
{
    // arrival() grows with the index: the number is found by bisection.
    std::uint64_t low = 0;
    std::uint64_t high = bytes.size();
    while (low < high) {
        const std::uint64_t middle = (low + high) / 2;
        if (arrival(middle) <= elapsed) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

Uarte::Uarte(std::string name) : name_(std::move(name)) {}

void Uarte::reset(const IncomingBytes& incoming)
{
    BROWNOUT_ASSERT(incoming.bytes.empty() || incoming.byte_time.count() > 0);
    BROWNOUT_ASSERT(incoming.packet_bytes == 0 || incoming.event_interval.count() > 0);
    std::string name = std::move(name_);
    *this = Uarte(std::move(name));
    incoming_ = incoming;
}

void Uarte::advance(AccessContext& access) noexcept
{
    if (!sending_ || next_ == incoming_.bytes.size()) {
        return;
    }
    const std::uint64_t arrived = incoming_.arrived(access.now - sending_since_);
    while (next_ < arrived) {
        if (!receiving_ && incoming_.packet_bytes > 0) {
            return;  // the link layer keeps it
        }
        if (!receiving_) {
            lost_ += arrived - next_;
            next_ = arrived;
            errors_ |= kErrorOverrun;
            return;
        }
        const auto count = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(arrived - next_, buffer_.size() - fill_));
        std::copy_n(incoming_.bytes.begin() + static_cast<std::ptrdiff_t>(next_), count,
                    buffer_.begin() + fill_);
        fill_ += count;
        next_ += count;
        rxd_ready_ = rxd_ready_ || count > 0;
        if (fill_ == buffer_.size()) {
            end(access.now);
            if ((shorts_ & kShortEndRxStartRx) != 0) {
                start(access);
            }
        }
    }
}

bool Uarte::was_receiving(Duration from, Duration until) const
{
    if (!sending_) {
        return false;
    }
    const std::uint64_t before = incoming_.arrived(from - sending_since_);
    const bool within_packet = incoming_.packet_bytes > 0 && before < incoming_.bytes.size() &&
                               before % incoming_.packet_bytes != 0;
    return within_packet || incoming_.arrived(until - sending_since_) > before;
}

void Uarte::start(AccessContext& access) noexcept
{
    const MemoryWindow* window = access.bus.find_window(ptr_, maxcnt_);
    if (window == nullptr || !window->is_ram) {
        report_violation(access.rules, "easydma-ram-only", name_, ptr_, kDmaSource,
                         "%s: RXD.PTR 0x%08X with %u bytes does not lie in Data RAM; nothing is "
                         "received",
                         name_.c_str(), ptr_, maxcnt_);
        return;
    }
    if (maxcnt_ == 0) {
        return;
    }
    buffer_ = window->bytes.subspan(ptr_ - window->address, maxcnt_);
    fill_ = 0;
    receiving_ = true;
    rx_started_ = true;
    if (!sending_) {
        sending_ = true;
        sending_since_ = access.now;
    }
}

void Uarte::end(Duration) noexcept
{
    receiving_ = false;
    amount_ = fill_;
    end_rx_ = true;
}

std::uint32_t Uarte::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    advance(access);
    switch (offset) {
    case uarte_register::kEventsRxdRdy:
        return rxd_ready_ ? 1 : 0;
    case uarte_register::kEventsEndRx:
        return end_rx_ ? 1 : 0;
    case uarte_register::kEventsRxTo:
        return rx_timeout_ ? 1 : 0;
    case uarte_register::kEventsRxStarted:
        return rx_started_ ? 1 : 0;
    case uarte_register::kShorts:
        return shorts_;
    case uarte_register::kErrorSrc:
        return errors_;
    case uarte_register::kEnable:
        return enable_;
    case uarte_register::kRxdPtr:
        return ptr_;
    case uarte_register::kRxdMaxCnt:
        return maxcnt_;
    case uarte_register::kRxdAmount:
        return amount_;
    default:
        return 0;
    }
}

void Uarte::write32(std::uint32_t offset, std::uint32_t value, AccessContext& access) noexcept
{
    advance(access);
    switch (offset) {
    case uarte_register::kTasksStartRx:
        if (value == 1) {
            start(access);
        }
        break;
    case uarte_register::kTasksStopRx:
        if (value == 1 && receiving_) {
            end(access.now);
            rx_timeout_ = true;
        }
        break;
    case uarte_register::kEventsRxdRdy:
        rxd_ready_ = value != 0;
        break;
    case uarte_register::kEventsEndRx:
        end_rx_ = value != 0;
        break;
    case uarte_register::kEventsRxTo:
        rx_timeout_ = value != 0;
        break;
    case uarte_register::kEventsRxStarted:
        rx_started_ = value != 0;
        break;
    case uarte_register::kShorts:
        shorts_ = value;
        break;
    case uarte_register::kErrorSrc:
        errors_ &= ~value;
        break;
    case uarte_register::kEnable:
        enable_ = value;
        break;
    case uarte_register::kRxdPtr:
        ptr_ = value;
        break;
    case uarte_register::kRxdMaxCnt:
        maxcnt_ = value & kMaxCntMask;
        if (maxcnt_ != value) {
            report_violation(access.rules, "uarte-maxcnt-16-bits", name_, ptr_, kMaxCntSource,
                             "%s: RXD.MAXCNT has 16 bits: %u becomes %u", name_.c_str(), value,
                             maxcnt_);
        }
        break;
    default:
        break;
    }
}

std::optional<Duration> Uarte::settles_at(std::uint32_t offset, std::uint32_t mask,
                                          std::uint32_t expected, Duration now) noexcept
{
    if (mask != 1 || expected != 1) {
        return std::nullopt;
    }
    std::uint64_t byte = next_;
    if (offset == uarte_register::kEventsEndRx && !end_rx_ && receiving_) {
        byte = next_ + buffer_.size() - fill_ - 1;
    } else if (offset == uarte_register::kEventsRxdRdy && !rxd_ready_ && receiving_) {
        byte = next_;
    } else {
        const bool is_set = (offset == uarte_register::kEventsEndRx && end_rx_) ||
                            (offset == uarte_register::kEventsRxdRdy && rxd_ready_);
        return is_set ? std::optional(now) : std::nullopt;
    }
    if (byte >= incoming_.bytes.size()) {
        return std::nullopt;
    }
    return std::max(now, sending_since_ + incoming_.arrival(byte));
}

}  // namespace brownout::models
