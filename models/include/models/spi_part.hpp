// The wire between a serial controller (SPIM, QSPI) and a memory part: chip select edges and bytes.
//
// Source of the rules: devices.md 4.5. Data-sheet semantics that live here and not in the parts:
// bytes are shifted most significant bit first, CS# falls before the first and rises after the
// last.
#pragma once

#include <models/bus.hpp>
#include <models/flash_array.hpp>
#include <models/part_state.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace brownout::models {

// Bytes clocked between two edges of CS#. Both directions run at the same time: byte i leaves the
// controller while byte i comes in.
struct SpiTransfer {
    std::span<const std::uint8_t> mosi;  // shorter than byte_count: `filler` follows (ORC)
    std::span<std::uint8_t> miso;        // shorter than byte_count: the rest is thrown away
    std::uint32_t byte_count = 0;
    std::uint8_t filler = 0xFF;
    unsigned lines = 1;       // 1, 2 or 4 data lines in use in this phase
    Duration start{};         // of the first clock edge
    Duration clock_period{};  // of SCK; a byte takes 8 / lines periods

    std::uint8_t out(std::uint32_t index) const
    {
        return index < mosi.size() ? mosi[index] : filler;
    }
    Duration byte_time() const { return clock_period * (8 / lines); }
    Duration end() const { return start + byte_time() * std::int64_t{byte_count}; }
};

// A part on the wire. It is told when CS# falls, what is clocked, and when CS# rises; commands that
// change cells take effect at the rising edge, where they are announced to `access.supply`.
class SpiPart {
public:
    virtual ~SpiPart() = default;
    virtual std::string_view name() const noexcept = 0;

    // The cells and registers to work on; not owned.
    virtual void attach(FlashArray& cells, PartState& state) = 0;
    // At the start of a run. kPowerOn: volatile registers to their reset values.
    virtual void reset(ResetKind kind) = 0;

    virtual void select(AccessContext& access) noexcept = 0;
    virtual void transfer(const SpiTransfer& transfer, AccessContext& access) noexcept = 0;
    // `loose_bits`: clocks since the last whole byte, 0 to 7. Not 0: program, erase and
    // write-status commands are not executed (W25Q16BV data sheet, 11.2.17).
    virtual void deselect(unsigned loose_bits, AccessContext& access) noexcept = 0;

    // The earliest time from `now` on at which the bits `mask` of the status register that
    // `read_status_opcode` reads equal `expected`, with no command in between; nullopt: never.
    // Lets a poll loop jump.
    virtual std::optional<Duration> status_settles_at(std::uint8_t read_status_opcode,
                                                      std::uint8_t mask, std::uint8_t expected,
                                                      Duration now) noexcept = 0;
};

// Told what happens on wires, for waveforms. Times do not decrease per signal.
class WaveObserver {
public:
    // CS# of `part`: false is low (selected).
    virtual void chip_select(std::string_view part, bool high, Duration at) noexcept = 0;
    // Called after the transfer: `transfer.miso` holds what came in.
    virtual void transferred(std::string_view part, const SpiTransfer& transfer) noexcept = 0;
    // A controller or part is busy with a self-timed operation from `from` to `until`.
    virtual void busy(std::string_view device, Duration from, Duration until) noexcept = 0;

protected:
    ~WaveObserver() = default;
};

}  // namespace brownout::models
