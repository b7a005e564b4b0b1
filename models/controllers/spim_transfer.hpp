// One transfer of a SPIM: which of its bytes have been clocked when, and where they come from.
#pragma once

#include <models/spim.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace brownout::models {

struct SpimTransfer {
    bool active = false;
    bool stopping = false;
    std::uint32_t tx_count = 0;
    std::uint32_t rx_count = 0;
    std::uint32_t total = 0;  // bytes to clock
    std::uint32_t limit = 0;  // where it stops or pauses; total if nobody asked
    std::uint32_t done = 0;
    std::span<std::uint8_t> tx;  // empty: not in RAM, zeroes are sent
    std::span<std::uint8_t> rx;  // empty: not in RAM, thrown away
    std::uint8_t filler = 0;
    std::uint32_t config = 0;
    Duration clock_period{};
    // Bytes are evenly spaced from here on, until a pause.
    Duration segment_start{};
    std::uint32_t segment_done = 0;
    // What anomalies make of the bytes.
    std::optional<std::uint8_t> first_byte;
    std::optional<std::uint32_t> zeroed_byte;
    bool shifted = false;
    std::uint8_t last_sent = 0;
    std::vector<std::uint8_t> scratch;

    void begin(Duration at)
    {
        total = limit = std::max(tx_count, rx_count);
        segment_start = at;
    }
    Duration byte_time() const { return clock_period * 8; }
    bool lsb_first() const { return (config & 1u) != 0; }
    // Serial memories sample at the first edge after idle: CPHA = CPOL, modes 0 and 3.
    bool mode_0_or_3() const { return (config >> 1 & 1u) == (config >> 2 & 1u); }
    std::uint32_t sent() const { return std::min(done, tx_count); }
    std::uint32_t received() const { return std::min(done, rx_count); }

    std::uint32_t bytes_by(Duration now) const
    {
        if (now <= segment_start) {
            return segment_done;
        }
        const auto more = static_cast<std::uint64_t>((now - segment_start) / byte_time());
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, segment_done + more));
    }
    // The end of byte `count - 1`, as far as it is known by now.
    std::optional<Duration> time_of_byte(std::uint32_t count) const
    {
        if (!active || count > limit) {
            return std::nullopt;
        }
        const std::int64_t after = count > segment_done ? count - segment_done : 0;
        return segment_start + byte_time() * after;
    }
    unsigned clocks_into_byte(Duration now) const
    {
        const Duration begun = *time_of_byte(done);
        return done >= limit || now <= begun
                   ? 0
                   : static_cast<unsigned>((now - begun) / clock_period % 8);
    }
    void limit_to_byte_on_wire(Duration now)
    {
        if (active) {
            const std::uint32_t whole = bytes_by(now);
            const bool on_wire = now > segment_start + byte_time() * (whole - segment_done);
            limit = std::min(limit, whole + (on_wire ? 1 : 0));
        }
    }
    void resume(Duration now)
    {
        if (!active || stopping || limit == total) {
            return;
        }
        if (done == limit) {
            segment_start = now;
            segment_done = done;
        }
        limit = total;
    }

    // The next `count` bytes, pointing into RAM where nothing changes them on the way.
    void fill(SpiTransfer& transfer, std::uint32_t count);
    // They have been clocked: `transfer.miso` holds what came in.
    void passed_on(const SpiTransfer& transfer);

private:
    bool is_plain() const
    {
        return !first_byte && !zeroed_byte && !shifted && !lsb_first() &&
               (tx_count == 0 || !tx.empty());
    }
    std::uint8_t tx_byte(std::uint32_t index) const;
};

// What the anomalies remember between transfers.
struct SpimAnomalyState {
    std::uint64_t transfers = 0;  // with bytes to send
    std::uint8_t last_sent = 0;
    bool drawn = false;  // a number was drawn whose outcome was open
    std::optional<Duration> last_end;

    void ended(const SpimTransfer& transfer)
    {
        last_end = transfer.segment_start +
                   transfer.byte_time() * std::int64_t{transfer.done - transfer.segment_done};
        last_sent = transfer.done > 0 ? transfer.last_sent : last_sent;
    }
};

// Lets the anomalies of `data` spoil a transfer that begins; each one that does is reported.
void apply_spim_anomalies(const SpimData& data, std::uint32_t tx_pointer, RamActivity* activity,
                          SpimTransfer& transfer, SpimAnomalyState& state, RuleObserver& rules);

}  // namespace brownout::models
