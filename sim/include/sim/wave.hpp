// Waveforms: what happened on the wires of memory parts, with real clock periods, as a VCD file for
// waveform viewers and protocol decoders, and as a text of commands.
//
// Signals: `power` and `reset` (high: the core is held) of the board; `busy` of every device whose
// operations were announced (NVMC, parts); SCK, CS, MOSI, MISO, IO2, IO3 of every serial part. SPI
// mode 0 is drawn: data change at the falling edge of SCK. Every poll of a busy part is there.
// Between two runs power and reset are drawn 100 ns wide, at the end of the first: no time passes
// there.
#pragma once

#include <models/operation.hpp>
#include <models/spi_part.hpp>
#include <models/time.hpp>

#include <sim/machine.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace brownout::sim {

// What of a scenario is recorded: everything, a span of device time, or what leads to and follows
// operations FROM to TO of each run (numbered as cuts are). Ends belong to it.
struct WaveWindow {
    std::optional<std::pair<models::Duration, models::Duration>> times;
    std::optional<std::pair<std::uint64_t, std::uint64_t>> operations;
};

// "1.2 s..1.3 s" or "5312..5320". InputError for anything else.
WaveWindow parse_wave_window(const std::string& text);

// Records in memory; vcd() and trace() put it into words. Calls may come from a firmware's stack:
// nothing of them stays on it.
class WaveRecorder final : public models::WaveObserver {
public:
    // More than this many bytes and edges are not recorded; too_much() tells.
    static constexpr std::size_t kRecordsMax = 1'000'000;

    // `board` must outlive this: it names the devices of operations.
    WaveRecorder(const BoardPlan& board, WaveWindow window);

    void chip_select(std::string_view part, bool high, models::Duration at) noexcept override;
    void transferred(std::string_view part, const models::SpiTransfer& transfer) noexcept override;
    void busy(std::string_view device, models::Duration from,
              models::Duration until) noexcept override;

    void run_begins(models::Duration at) noexcept;
    // Operations `first` .. that may happen; see RunObserver::before_operations().
    void operations(const models::OperationBatch& batch, std::uint64_t first) noexcept;
    void run_ended(models::Duration at, bool power_lost) noexcept;

    bool too_much() const { return records_.size() >= kRecordsMax; }

    // The whole recording as a value change dump, in the coarsest unit of time that is exact.
    std::string vcd() const;
    // One line per command: time of the falling edge of CS#, part, bytes out, bytes in.
    std::string trace() const;

private:
    friend class VcdWriter;

    struct Signal {
        std::string scope;
        std::string name;
        bool level = false;  // as last heard of
        bool idle = false;   // before anything was recorded
    };
    // A part with its six signals, from SCK on.
    struct Wire {
        std::string part;
        std::uint16_t first_signal = 0;
    };
    struct Record {
        std::int64_t at_ps = 0;
        std::uint32_t clock_period_ps = 0;  // 0: a level of `index`; else a byte on wire `index`
        std::uint16_t index = 0;
        std::uint8_t out = 0;  // or the level
        std::uint8_t in = 0;
        std::uint8_t lines = 1;
        bool driven = true;  // by the controller, where more than one line is in use
    };

    bool open_at(models::Duration at) const;
    std::uint16_t signal_of(std::string_view scope, std::string_view name, bool idle);
    std::size_t wire_of(std::string_view part);
    void set_level(std::uint16_t signal, bool level, models::Duration at);
    void synchronise(models::Duration at);
    std::vector<Record> sorted_records() const;

    const BoardPlan& board_;
    WaveWindow window_;
    std::vector<Signal> signals_;
    std::vector<Wire> wires_;
    std::vector<Record> records_;
    std::uint64_t operations_seen_ = 0;  // of this run
    bool synchronised_ = false;          // the levels at the start of the window are recorded
};

}  // namespace brownout::sim
