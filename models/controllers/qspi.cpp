// QSPI: registers and events; reference, what is modelled and what is not: models/qspi.hpp.
#include "controllers/qspi_state.hpp"

namespace brownout::models {

namespace {

constexpr std::uint32_t kQspiIfConfig1Reset = 0x0004'0480;
constexpr std::uint32_t kQspiPselCount = 7;
constexpr std::uint32_t kQspiSlowRegisters = 0x600;  // from here on in another clock domain

}  // namespace

void Qspi::Impl::reset()
{
    values.fill(0);
    at(qspi_register::kIfConfig1) = kQspiIfConfig1Reset;
    at(qspi_register::kDpmDur) = 0xFFFF'FFFF;
    at(qspi_register::kIfTiming) = data.rx_delay_reset << 8;
    at(qspi_register::kXipEn) = data.has_xip_enable ? 1 : 0;
    for (std::uint32_t pin = 0; pin < kQspiPselCount; ++pin) {
        at(qspi_register::kPselFirst + 4 * pin) = 0xFFFF'FFFF;
    }
    active = false;
    xip_used = false;
    in_long_frame = false;
    ready = false;
    status = 0;
    direction = Direction::kNone;
    due_count = 0;
    wire_free = Duration::min();
    started.reset();
    wire.reset();
}

void Qspi::Impl::finish(Duration time)
{
    wire_free = time;
    if (due_count < due.size()) {
        due[due_count++] = time;
    }
}

void Qspi::Impl::latch(Duration now)
{
    if (!started) {
        started = now;
    }
    while (due_count > 0 && due[0] <= now) {
        ready = true;
        due[0] = due[1];
        --due_count;
    }
}

bool Qspi::Impl::halts_after_xip(std::uint32_t offset, AccessContext& access)
{
    if (!xip_used || offset < kQspiSlowRegisters || !data.anomalies.registers_after_xip) {
        return false;
    }
    report_violation(access.rules, "anomaly-215", data.name, data.register_base + offset,
                     "nRF52840 errata, anomaly 215; nRF5340 errata, anomaly 43 (devices.md 3.4)",
                     "%s: register 0x%03X is touched after an XIP access: the CPU halts",
                     data.name.c_str(), offset);
    access.now = kNever;
    return true;
}

std::uint32_t Qspi::Impl::Registers::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += qspi_.data.register_access_time;
    qspi_.latch(access.now);
    if (qspi_.halts_after_xip(offset, access)) {
        return 0;
    }
    switch (offset) {
    case qspi_register::kEventsReady:
        return qspi_.ready ? 1 : 0;
    case qspi_register::kStatus: {
        const bool sleeps =
            (qspi_.at(qspi_register::kIfConfig1) & qspi_register::kIfConfig1DpmEn) != 0;
        const bool idle = access.now >= qspi_.wire_free;
        return std::uint32_t{qspi_.status} << 24 | (sleeps ? qspi_register::kStatusDpm : 0) |
               (idle ? qspi_register::kStatusReady : 0);
    }
    default:
        return offset / 4 < qspi_.values.size() ? qspi_.at(offset) : 0;
    }
}

void Qspi::Impl::Registers::write32(std::uint32_t offset, std::uint32_t value,
                                    AccessContext& access) noexcept
{
    access.now += qspi_.data.register_access_time;
    qspi_.latch(access.now);
    if (offset <= qspi_register::kTasksDeactivate) {
        if ((value & 1u) != 0) {
            qspi_.task(offset, access);
        }
        return;
    }
    if (offset == qspi_register::kEventsReady) {
        qspi_.ready = (value & 1u) != 0;
        return;
    }
    if (offset == qspi_register::kStatus || offset / 4 >= qspi_.values.size() ||
        qspi_.halts_after_xip(offset, access)) {
        return;
    }
    const std::uint32_t before = qspi_.at(offset);
    qspi_.at(offset) = value;
    if (offset == qspi_register::kIfConfig1) {
        qspi_.change_power(before, access);
    } else if (offset == qspi_register::kCinstrConf) {
        qspi_.custom_instruction(value, access);
    } else if (offset == qspi_register::kEnable && (value & 1u) == 0) {
        qspi_.active = false;
    }
}

std::optional<Duration> Qspi::Impl::Registers::settles_at(std::uint32_t offset, std::uint32_t mask,
                                                          std::uint32_t expected,
                                                          Duration now) noexcept
{
    const bool waits_for_event =
        offset == qspi_register::kEventsReady && (mask & 1u) != 0 && expected == 1;
    const bool waits_for_idle = offset == qspi_register::kStatus &&
                                mask == qspi_register::kStatusReady &&
                                expected == qspi_register::kStatusReady;
    if (waits_for_idle && qspi_.wire_free < kNever) {
        return std::max(now, qspi_.wire_free);
    }
    if (!waits_for_event) {
        return std::nullopt;
    }
    if (qspi_.ready) {
        return now;
    }
    if (qspi_.due_count == 0 || qspi_.due[0] >= kNever) {
        return std::nullopt;
    }
    return std::max(now, qspi_.due[0]);
}

// ---- Qspi --------------------------------------------------------------------------------------

Qspi::Qspi(const QspiData& data, SpiPart& part) : impl_(std::make_unique<Impl>(data, part))
{
    impl_->reset();
}

Qspi::~Qspi() = default;

BusTarget& Qspi::registers()
{
    return impl_->registers;
}

BusTarget& Qspi::xip()
{
    return impl_->xip_window;
}

SpiWire& Qspi::wire()
{
    return impl_->wire;
}

void Qspi::connect_io(PinListener& io2, PinListener& io3)
{
    impl_->upper_io = {&io2, &io3};
}

void Qspi::set_clock_switch(Duration from, Duration until)
{
    impl_->clock_switch_from = from;
    impl_->clock_switch_until = until;
}

void Qspi::reset()
{
    impl_->reset();
}

}  // namespace brownout::models
