#include <sim/wave.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

// How wide power loss and reset are drawn.
constexpr models::Duration kDrawnPulse = models::nanoseconds(100);

enum WireSignal : std::uint16_t { kSck, kCs, kMosi, kMiso, kIo2, kIo3 };

}  // namespace

WaveRecorder::WaveRecorder(const BoardPlan& board, WaveWindow window)
    : board_(board), window_(window)
{
    signal_of({}, "power", false);
    signal_of({}, "reset", true);
}

bool WaveRecorder::open_at(models::Duration at) const
{
    if (window_.times) {
        return at >= window_.times->first && at <= window_.times->second;
    }
    if (window_.operations) {
        return operations_seen_ >= window_.operations->first &&
               operations_seen_ <= window_.operations->second;
    }
    return true;
}

std::uint16_t WaveRecorder::signal_of(std::string_view scope, std::string_view name, bool idle)
{
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        if (signals_[i].scope == scope && signals_[i].name == name) {
            return static_cast<std::uint16_t>(i);
        }
    }
    signals_.push_back({std::string(scope), std::string(name), idle, idle});
    return static_cast<std::uint16_t>(signals_.size() - 1);
}

std::size_t WaveRecorder::wire_of(std::string_view part)
{
    for (std::size_t i = 0; i < wires_.size(); ++i) {
        if (wires_[i].part == part) {
            return i;
        }
    }
    const std::uint16_t first = signal_of(part, "SCK", false);
    signal_of(part, "CS", true);
    signal_of(part, "MOSI", true);
    signal_of(part, "MISO", true);
    signal_of(part, "IO2", true);
    signal_of(part, "IO3", true);
    wires_.push_back({std::string(part), first});
    return wires_.size() - 1;
}

// What changed while the window was closed.
void WaveRecorder::synchronise(models::Duration at)
{
    if (synchronised_) {
        return;
    }
    synchronised_ = true;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        Record record;
        record.at_ps = at.count();
        record.index = static_cast<std::uint16_t>(i);
        record.out = signals_[i].level ? 1 : 0;
        records_.push_back(record);
    }
}

void WaveRecorder::set_level(std::uint16_t signal, bool level, models::Duration at)
{
    const bool open = open_at(at);
    if (open && !too_much()) {
        synchronise(at);
        Record record;
        record.at_ps = at.count();
        record.index = signal;
        record.out = level ? 1 : 0;
        records_.push_back(record);
    }
    synchronised_ = synchronised_ && open;
    signals_[signal].level = level;
}

void WaveRecorder::chip_select(std::string_view part, bool high, models::Duration at) noexcept
{
    const std::size_t wire = wire_of(part);
    set_level(static_cast<std::uint16_t>(wires_[wire].first_signal + kCs), high, at);
}

void WaveRecorder::transferred(std::string_view part, const models::SpiTransfer& transfer) noexcept
{
    const std::size_t wire = wire_of(part);
    for (std::uint32_t i = 0; i < transfer.byte_count && !too_much(); ++i) {
        const models::Duration at = transfer.start + transfer.byte_time() * std::int64_t{i};
        if (!open_at(at)) {
            synchronised_ = false;
            continue;
        }
        synchronise(at);
        Record record;
        record.at_ps = at.count();
        record.clock_period_ps = static_cast<std::uint32_t>(transfer.clock_period.count());
        record.index = static_cast<std::uint16_t>(wire);
        record.out = transfer.out(i);
        record.in = i < transfer.miso.size() ? transfer.miso[i] : 0xFF;
        record.lines = static_cast<std::uint8_t>(transfer.lines);
        record.driven = i < transfer.mosi.size();
        records_.push_back(record);
    }
}

void WaveRecorder::busy(std::string_view device, models::Duration from,
                        models::Duration until) noexcept
{
    const std::uint16_t signal = signal_of(device, "busy", false);
    bool ends = true;
    if (window_.times) {
        if (until < window_.times->first || from > window_.times->second) {
            return;
        }
        from = std::max(from, window_.times->first);
        ends = until <= window_.times->second;
    }
    if (!open_at(from) || too_much()) {
        return;
    }
    set_level(signal, true, from);
    if (ends) {
        Record end;
        end.at_ps = until.count();
        end.index = signal;
        records_.push_back(end);
    }
    signals_[signal].level = false;
}

void WaveRecorder::run_begins(models::Duration at) noexcept
{
    operations_seen_ = 0;
    set_level(signal_of({}, "power", false), true, at);
    set_level(signal_of({}, "reset", true), false, at);
}

void WaveRecorder::operations(const models::OperationBatch& batch, std::uint64_t first) noexcept
{
    // As a view on both sides: a name and a literal would meet in a temporary string.
    const std::string_view device = batch.device < board_.devices.size()
                                        ? std::string_view(board_.devices[batch.device].name)
                                        : std::string_view("device");
    for (std::uint32_t i = 0; i < batch.count; ++i) {
        operations_seen_ = first + i;
        const models::Duration from = batch.start + batch.interval * std::int64_t{i};
        busy(device, from, from + batch.duration);
    }
    operations_seen_ = first + batch.count;
}

void WaveRecorder::run_ended(models::Duration at, bool power_lost) noexcept
{
    const models::Duration pulse = at > kDrawnPulse ? at - kDrawnPulse : at;
    if (power_lost) {
        set_level(signal_of({}, "power", false), false, pulse);
    }
    set_level(signal_of({}, "reset", true), true, pulse);
}

std::vector<WaveRecorder::Record> WaveRecorder::sorted_records() const
{
    std::vector<Record> sorted = records_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Record& a, const Record& b) { return a.at_ps < b.at_ps; });
    return sorted;
}

}  // namespace brownout::sim
