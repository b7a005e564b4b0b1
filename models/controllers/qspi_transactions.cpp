// QSPI: what it does on the wire; see models/qspi.hpp.
#include "controllers/qspi_state.hpp"

namespace brownout::models {

namespace {

struct QspiReadMode {
    std::uint8_t opcode;
    unsigned address_lines;
    unsigned data_lines;
    std::uint32_t dummy_bytes;  // on address_lines
};

struct QspiWriteMode {
    std::uint8_t opcode;
    unsigned address_lines;
    unsigned data_lines;
};

// IFCONFIG0.READOC: 8, 8, 4, 8 and 6 dummy clocks (from memory, unchecked).
constexpr QspiReadMode kQspiReadModes[] = {
    {0x0B, 1, 1, 1}, {0x3B, 1, 2, 1}, {0xBB, 2, 2, 1}, {0x6B, 1, 4, 1}, {0xEB, 4, 4, 3}};
// IFCONFIG0.WRITEOC.
constexpr QspiWriteMode kQspiWriteModes[] = {
    {0x02, 1, 1}, {0xA2, 1, 2}, {0x32, 1, 4}, {0x38, 4, 4}};

constexpr std::uint8_t kQspiSpoiledBit = 0x80;
constexpr int kQspiBusyRoundsMax = 4;

}  // namespace

Duration Qspi::Impl::clock_period()
{
    const std::int64_t divider = (at(qspi_register::kIfConfig1) >> 28) + 1;
    return picoseconds(1'000'000'000'000 / data.base_clock_hz * divider);
}

bool Qspi::Impl::clock_switches(Duration from, Duration until) const
{
    return data.anomalies.clock_switch && started && from < *started + clock_switch_until &&
           until > *started + clock_switch_from;
}

void Qspi::Impl::check_interface_timing(std::span<std::uint8_t> bytes, AccessContext& line)
{
    if (!data.anomalies.interface_timing || bytes.empty()) {
        return;
    }
    constexpr std::uint32_t kBits = 3u << 16;
    const bool divides_by_1 = at(qspi_register::kIfConfig1) >> 28 == 0;
    const std::uint32_t wanted = divides_by_1 ? kBits : 1u << 16;
    const std::uint32_t delay = at(qspi_register::kIfTiming) >> 8 & 7u;
    if ((at(qspi_register::kIfConfig0) & kBits) == wanted && delay == 6) {
        return;
    }
    report_violation(line.rules, "anomaly-121", data.name, data.register_base,
                     "nRF5340 errata, anomaly 121 (devices.md 3.4)",
                     "%s: IFCONFIG0 bits 17:16 and IFTIMING do not suit the frequency: what comes "
                     "in is wrong",
                     data.name.c_str());
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(byte << 1);
    }
}

void Qspi::Impl::clock(std::span<const std::uint8_t> out, std::span<std::uint8_t> in,
                       std::uint32_t byte_count, unsigned lines, AccessContext& line)
{
    SpiTransfer transfer;
    transfer.mosi = out;
    transfer.miso = in;
    transfer.byte_count = byte_count;
    transfer.lines = lines;
    transfer.start = line.now;
    transfer.clock_period = clock_period();
    wire.transfer(transfer, line);
    line.now = transfer.end();
}

void Qspi::Impl::clock_data(std::span<const std::uint8_t> out, std::span<std::uint8_t> in,
                            std::uint32_t byte_count, unsigned lines, AccessContext& line)
{
    const Duration time = clock_period() * (std::int64_t{byte_count} * 8 / lines);
    if (!clock_switches(line.now, line.now + time)) {
        clock(out, in, byte_count, lines, line);
        return;
    }
    report_violation(line.rules, "anomaly-244", data.name, data.register_base,
                     "nRF52840 errata, anomaly 244 (devices.md 2.4)",
                     "%s: %u bytes are wrong: the source of HFCLK changes", data.name.c_str(),
                     byte_count);
    BROWNOUT_ASSERT(out.size() <= scratch.size());
    std::transform(out.begin(), out.end(), scratch.begin(), [](std::uint8_t byte) {
        return static_cast<std::uint8_t>(byte ^ kQspiSpoiledBit);
    });
    clock(std::span<const std::uint8_t>(scratch).first(out.size()), in, byte_count, lines, line);
    for (std::uint8_t& byte : in) {
        byte ^= kQspiSpoiledBit;
    }
}

void Qspi::Impl::send_address(std::uint32_t address, unsigned lines, AccessContext& line)
{
    const std::array<std::uint8_t, 3> bytes{static_cast<std::uint8_t>(address >> 16),
                                            static_cast<std::uint8_t>(address >> 8),
                                            static_cast<std::uint8_t>(address)};
    clock(bytes, {}, 3, lines, line);
}

void Qspi::Impl::command(std::uint8_t opcode, AccessContext& line)
{
    const std::array<std::uint8_t, 1> bytes{opcode};
    wire.pin_changed(false, line);
    clock(bytes, {}, 1, 1, line);
    wire.pin_changed(true, line);
}

void Qspi::Impl::read_status(AccessContext& line)
{
    const std::array<std::uint8_t, 1> bytes{kQspiReadStatus};
    wire.pin_changed(false, line);
    clock(bytes, {}, 1, 1, line);
    clock({}, {&status, 1}, 1, 1, line);
    wire.pin_changed(true, line);
}

bool Qspi::Impl::wait_idle(AccessContext& line)
{
    for (int round = 0; round < kQspiBusyRoundsMax; ++round) {
        read_status(line);
        if ((status & kQspiStatusWip) == 0) {
            return true;
        }
        const std::optional<Duration> settles =
            wire.part().status_settles_at(kQspiReadStatus, kQspiStatusWip, 0, line.now);
        if (!settles) {
            return false;
        }
        line.now = std::max(line.now, *settles);
    }
    return false;
}

void Qspi::Impl::read_array(std::uint32_t address, std::span<std::uint8_t> destination,
                            AccessContext& line)
{
    const std::uint32_t code = at(qspi_register::kIfConfig0) & 7u;
    const QspiReadMode& mode = kQspiReadModes[code < std::size(kQspiReadModes) ? code : 0];
    const std::array<std::uint8_t, 1> opcode{mode.opcode};
    wire.pin_changed(false, line);
    clock(opcode, {}, 1, 1, line);
    send_address(address, mode.address_lines, line);
    clock({}, {}, mode.dummy_bytes, mode.address_lines, line);
    clock_data({}, destination, static_cast<std::uint32_t>(destination.size()), mode.data_lines,
               line);
    wire.pin_changed(true, line);
    check_interface_timing(destination, line);
}

void Qspi::Impl::program_page(std::uint32_t address, std::span<const std::uint8_t> source,
                              AccessContext& line)
{
    const std::uint32_t code = at(qspi_register::kIfConfig0) >> 3 & 7u;
    const QspiWriteMode& mode = kQspiWriteModes[code < std::size(kQspiWriteModes) ? code : 0];
    const std::array<std::uint8_t, 1> opcode{mode.opcode};
    command(kQspiWriteEnable, line);
    wire.pin_changed(false, line);
    clock(opcode, {}, 1, 1, line);
    send_address(address, mode.address_lines, line);
    clock_data(source, {}, static_cast<std::uint32_t>(source.size()), mode.data_lines, line);
    wire.pin_changed(true, line);
}

}  // namespace brownout::models
