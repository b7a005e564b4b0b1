// SPIM with EasyDMA; reference, what is modelled and what is not: models/spim.hpp.
#include "controllers/spim_transfer.hpp"
#include "controllers/violation.hpp"

#include <models/assert.hpp>
#include <models/spim.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace brownout::models {

namespace {

using namespace spim_register;

constexpr std::string_view kSourceDma = "nRF52832 PS, EasyDMA: an AHB master to Data RAM only";
constexpr std::string_view kSourceSpim = "nRF52840 SVD, SPIM";
constexpr std::string_view kSourcePins =
    "nRF5340 PS, SPIM4 pin assignments (vendor's driver refuses others; devices.md 2.1)";
constexpr std::uint32_t kDedicatedPinsAboveHz = 16'000'000;
constexpr std::uint32_t kPselNotConnectedBit = 1u << 31;

constexpr std::uint32_t word(std::uint32_t offset)
{
    return offset / 4;
}

bool is_event(std::uint32_t offset)
{
    return offset == kEventsStopped || offset == kEventsEndRx || offset == kEventsEnd ||
           offset == kEventsEndTx || offset == kEventsStarted;
}

// Registers that hold what is stored in them.
bool is_stored(std::uint32_t offset)
{
    static constexpr std::array<std::uint32_t, 22> kStored{
        kShorts,  kStallStat,       kEnable,         kPselSck, kPselMosi, kPselMiso,
        kPselCsn, kFrequency,       kRxdPtr,         kRxdList, kTxdPtr,   kTxdList,
        kConfig,  kIfTimingRxDelay, kIfTimingCsnDur, kCsnPol,  kPselDcx,  kDcxCnt,
        kOrc,     kRxdMaxCnt,       kTxdMaxCnt,      kIntenSet};
    return std::find(kStored.begin(), kStored.end(), offset) != kStored.end();
}

}  // namespace

struct Spim::Impl final : BusTarget, SpiClock {
    explicit Impl(const SpimData& spim_data) : data(spim_data) { reset(); }

    std::string_view name() const noexcept override { return data.name; }
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
    void write32(std::uint32_t offset, std::uint32_t value,
                 AccessContext& access) noexcept override;
    std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                       std::uint32_t expected, Duration now) noexcept override;
    unsigned catch_up(AccessContext& access) noexcept override;

    void reset();
    void task(std::uint32_t offset, AccessContext& access);
    void start(Duration at, AccessContext& access);
    void stop(AccessContext& access);
    void advance(Duration now, AccessContext& access);
    void pass_on(std::uint32_t count, AccessContext& access);
    void raise_events_of_bytes();
    void finish(AccessContext& access);
    void drive_chip_select(bool high, Duration at, AccessContext& access);
    std::span<std::uint8_t> dma_window(std::uint32_t pointer, std::uint32_t byte_count,
                                       const char* direction, AccessContext& access);
    std::uint32_t checked_frequency(AccessContext& access);
    void check_pins(std::uint32_t hz, AccessContext& access);
    void store_maxcnt(std::uint32_t offset, std::uint32_t value, AccessContext& access);

    std::uint32_t& reg(std::uint32_t offset) { return registers[word(offset)]; }
    bool drives_chip_select() const
    {
        return data.has_chip_select && chip_select != nullptr &&
               (registers[word(kPselCsn)] & kPselNotConnectedBit) == 0;
    }

    SpimData data;
    std::vector<SpiWire*> wires;
    SpiWire* chip_select = nullptr;
    RamActivity* activity = nullptr;
    std::array<std::uint32_t, spim_register::kBlockBytes / 4> registers{};
    SpimTransfer current;
    SpimAnomalyState anomaly_state;
};

// ---- registers ---------------------------------------------------------------------------------

void Spim::Impl::reset()
{
    registers.fill(0);
    reg(kPselSck) = reg(kPselMosi) = reg(kPselMiso) = kPselDisconnected;
    reg(kPselCsn) = reg(kPselDcx) = kPselDisconnected;
    reg(kFrequency) = 0x0400'0000;
    reg(kIfTimingRxDelay) = reg(kIfTimingCsnDur) = 2;
    current.active = false;
    anomaly_state = {};
}

std::uint32_t Spim::Impl::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += data.register_access_time;
    advance(access.now, access);
    if (offset == kRxdAmount) {
        return current.received();
    }
    if (offset == kTxdAmount) {
        return current.sent();
    }
    return reg(offset == kIntenClr ? kIntenSet : offset & ~3u);
}

void Spim::Impl::store_maxcnt(std::uint32_t offset, std::uint32_t value, AccessContext& access)
{
    const std::uint32_t held = value & ((1u << data.maxcnt_bits) - 1);
    if (held != value) {
        report_violation(access.rules, "spim-maxcnt-width", data.name, data.register_base + offset,
                         kSourceSpim, "%s: MAXCNT has %u bits: %u is stored as %u",
                         data.name.c_str(), data.maxcnt_bits, value, held);
    }
    reg(offset) = held;
}

void Spim::Impl::write32(std::uint32_t offset, std::uint32_t value, AccessContext& access) noexcept
{
    access.now += data.register_access_time;
    advance(access.now, access);
    if (offset <= kTasksResume) {
        if ((value & 1u) != 0) {
            task(offset, access);
        }
    } else if (is_event(offset)) {
        reg(offset) = value & 1u;
    } else if (offset == kRxdMaxCnt || offset == kTxdMaxCnt) {
        store_maxcnt(offset, value, access);
    } else if (offset == kIntenSet) {
        reg(kIntenSet) |= value;
    } else if (offset == kIntenClr) {
        reg(kIntenSet) &= ~value;
    } else if (is_stored(offset)) {
        reg(offset) = value;
    }
}

std::optional<Duration> Spim::Impl::settles_at(std::uint32_t offset, std::uint32_t mask,
                                               std::uint32_t expected, Duration now) noexcept
{
    if (!is_event(offset) || (mask & 1u) == 0 || expected != (mask & 1u)) {
        return std::nullopt;
    }
    if (reg(offset) != 0) {
        return now;
    }
    std::optional<Duration> at;
    if (offset == kEventsEndTx) {
        at = current.time_of_byte(current.tx_count);
    } else if (offset == kEventsEndRx) {
        at = current.time_of_byte(current.rx_count);
    } else if (offset == kEventsEnd) {
        at = current.time_of_byte(current.total);
    } else if (offset == kEventsStopped && current.stopping) {
        at = current.time_of_byte(current.limit);
    }
    if (at) {
        return std::max(*at, now);
    }
    return std::nullopt;
}

void Spim::Impl::task(std::uint32_t offset, AccessContext& access)
{
    switch (offset) {
    case kTasksStart:
        start(access.now, access);
        break;
    case kTasksStop:
        stop(access);
        break;
    case kTasksSuspend:
        current.limit_to_byte_on_wire(access.now);
        break;
    case kTasksResume:
        current.resume(access.now);
        break;
    default:
        break;
    }
}

// ---- transfers ---------------------------------------------------------------------------------

std::span<std::uint8_t> Spim::Impl::dma_window(std::uint32_t pointer, std::uint32_t byte_count,
                                               const char* direction, AccessContext& access)
{
    if (byte_count == 0) {
        return {};
    }
    const MemoryWindow* window = access.bus.find_window(pointer, byte_count);
    if (window != nullptr && window->is_ram) {
        return window->bytes.subspan(pointer - window->address, byte_count);
    }
    report_violation(
        access.rules, "easydma-ram-only", data.name, pointer, kSourceDma,
        "%s: %s.PTR 0x%08X with %u bytes is not in Data RAM: EasyDMA reaches only that",
        data.name.c_str(), direction, pointer, byte_count);
    return {};
}

std::uint32_t Spim::Impl::checked_frequency(AccessContext& access)
{
    const std::uint32_t hz = spim_frequency_hz(reg(kFrequency));
    if (hz != 0 && hz <= data.frequency_max_hz) {
        check_pins(hz, access);
        return hz;
    }
    report_violation(access.rules, "spim-frequency", data.name, data.register_base + kFrequency,
                     kSourceSpim, "%s: FREQUENCY 0x%08X is none of this instance (at most %u Hz)",
                     data.name.c_str(), reg(kFrequency), data.frequency_max_hz);
    return data.frequency_max_hz;
}

void Spim::Impl::check_pins(std::uint32_t hz, AccessContext& access)
{
    struct DedicatedPin {
        std::uint32_t select;
        std::uint32_t pin;  // port 0
        const char* name;
    };
    static constexpr DedicatedPin kPins[] = {
        {kPselSck, 8, "SCK"}, {kPselMosi, 9, "MOSI"}, {kPselMiso, 10, "MISO"}};
    if (!data.has_dedicated_pins || hz <= kDedicatedPinsAboveHz) {
        return;
    }
    for (const DedicatedPin& one : kPins) {
        const std::uint32_t selected = reg(one.select);
        if ((selected & kPselNotConnectedBit) == 0 && (selected & 0x3Fu) != one.pin) {
            report_violation(
                access.rules, "spim-dedicated-pins", data.name, data.register_base + one.select,
                kSourcePins, "%s: %u Hz with %s on P%u.%02u: only P0.%02u is fast enough",
                data.name.c_str(), hz, one.name, selected >> 5 & 1u, selected & 0x1Fu, one.pin);
        }
    }
}

void Spim::Impl::start(Duration at, AccessContext& access)
{
    if (reg(kEnable) != kEnabled || current.active) {
        report_violation(access.rules, "spim-start", data.name, data.register_base + kTasksStart,
                         kSourceSpim, "%s: START %s: ignored", data.name.c_str(),
                         current.active ? "during a transfer" : "while not enabled");
        return;
    }
    current = {};
    current.tx_count = reg(kTxdMaxCnt);
    current.rx_count = reg(kRxdMaxCnt);
    current.tx = dma_window(reg(kTxdPtr), current.tx_count, "TXD", access);
    current.rx = dma_window(reg(kRxdPtr), current.rx_count, "RXD", access);
    current.filler = static_cast<std::uint8_t>(reg(kOrc));
    current.config = reg(kConfig);
    current.clock_period =
        at_clock(picoseconds(1'000'000'000'000 / checked_frequency(access)), data.hfclk_hz);
    current.begin(at);
    if (!current.mode_0_or_3()) {
        report_violation(access.rules, "spim-mode", data.name, data.register_base + kConfig,
                         kSourceSpim, "%s: a serial memory wants SPI mode 0 or 3: nothing arrives",
                         data.name.c_str());
    }
    apply_spim_anomalies(data, reg(kTxdPtr), activity, current, anomaly_state, access.rules);
    reg(kEventsStarted) = 1;
    if (drives_chip_select()) {
        drive_chip_select(false, at, access);
    }
    current.active = true;
    advance(at, access);  // a transfer without bytes has ended
}

void Spim::Impl::stop(AccessContext& access)
{
    if (!current.active) {
        reg(kEventsStopped) = 1;
        return;
    }
    current.limit_to_byte_on_wire(access.now);
    current.stopping = true;
    advance(access.now, access);
}

void Spim::Impl::drive_chip_select(bool high, Duration at, AccessContext& access)
{
    Duration edge = at;
    AccessContext at_edge{edge, access.supply, access.rules, access.bus};
    chip_select->pin_changed(high, at_edge);
}

void Spim::Impl::raise_events_of_bytes()
{
    if (current.done >= current.tx_count) {
        reg(kEventsEndTx) = 1;
    }
    if (current.done >= current.rx_count) {
        reg(kEventsEndRx) = 1;
    }
}

void Spim::Impl::finish(AccessContext& access)
{
    const Duration end = *current.time_of_byte(current.limit);
    const bool complete = current.done == current.total;
    const bool stopped = current.stopping;
    current.active = false;
    anomaly_state.ended(current);
    if (drives_chip_select()) {
        drive_chip_select(true, end, access);
    }
    if (stopped) {
        reg(kEventsStopped) = 1;
    }
    if (complete) {
        reg(kEventsEnd) = 1;
        if (!stopped && (reg(kShorts) & kShortEndStart) != 0 && current.total > 0) {
            start(end, access);
        }
    }
}

void Spim::Impl::advance(Duration now, AccessContext& access)
{
    while (current.active) {
        const std::uint32_t due = current.bytes_by(now);
        if (due > current.done) {
            pass_on(due - current.done, access);
        }
        raise_events_of_bytes();
        const bool ended =
            current.done == current.total || (current.stopping && current.done == current.limit);
        if (!ended) {
            return;
        }
        finish(access);  // END_START begins the next one
    }
}

void Spim::Impl::pass_on(std::uint32_t count, AccessContext& access)
{
    SpiTransfer transfer;
    current.fill(transfer, count);
    const bool clocked = (reg(kPselSck) & kPselNotConnectedBit) == 0 && current.mode_0_or_3();
    bool answered = false;
    if (clocked) {
        for (SpiWire* wire : wires) {
            const bool taken = wire->transfer(transfer, access);
            if (taken && answered) {
                report_violation(access.rules, "spim-contention", data.name, data.register_base,
                                 kSourceSpim, "%s: two parts are selected at once",
                                 data.name.c_str());
            }
            answered = answered || taken;
        }
    }
    if (!answered) {
        std::fill(transfer.miso.begin(), transfer.miso.end(), std::uint8_t{0xFF});
    }
    current.passed_on(transfer);
}

unsigned Spim::Impl::catch_up(AccessContext& access) noexcept
{
    advance(access.now, access);
    return current.active ? current.clocks_into_byte(access.now) : 0;
}

// ---- Spim --------------------------------------------------------------------------------------

Spim::Spim(const SpimData& data) : impl_(std::make_unique<Impl>(data)) {}

Spim::~Spim() = default;

void Spim::map(Bus& bus)
{
    bus.map({impl_->data.register_base, spim_register::kBlockBytes, impl_.get()});
}

BusTarget& Spim::registers()
{
    return *impl_;
}

void Spim::connect(SpiWire& wire)
{
    wire.set_clock(impl_.get());
    impl_->wires.push_back(&wire);
}

void Spim::connect_hardware_chip_select(SpiWire& wire)
{
    impl_->chip_select = &wire;
}

void Spim::set_ram_activity(RamActivity* activity)
{
    impl_->activity = activity;
}

void Spim::set_seed(std::uint64_t seed)
{
    impl_->data.anomalies.seed = seed;
}

bool Spim::has_drawn() const
{
    return impl_->anomaly_state.drawn;
}

void Spim::reset()
{
    impl_->reset();
}

}  // namespace brownout::models
