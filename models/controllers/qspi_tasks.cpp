// QSPI: tasks, custom instructions and the XIP window; see models/qspi.hpp.
#include "controllers/qspi_state.hpp"

namespace brownout::models {

namespace {

constexpr std::string_view kSourceQspiDma = "EasyDMA reaches Data RAM only (PS, EasyDMA)";
constexpr std::uint32_t kQspiWordMask = 3;
constexpr std::uint8_t kQspiEnterPowerDown = 0xB9;
constexpr std::uint8_t kQspiExitPowerDown = 0xAB;
constexpr std::uint8_t kQspiErase4KiB = 0x20;
constexpr std::uint8_t kQspiErase64KiB = 0xD8;
constexpr std::uint8_t kQspiEraseAll = 0xC7;
constexpr std::uint32_t kQspiCpuHzNeeded = 64'000'000;  // anomaly 159
constexpr Duration kQspiDpmDurUnit = microseconds(16);  // from memory of the PS (unchecked)
constexpr std::uint32_t kQspiPageBytes = 256;

}  // namespace

void Qspi::Impl::task(std::uint32_t offset, AccessContext& access)
{
    switch (offset) {
    case qspi_register::kTasksActivate:
        activate(access);
        break;
    case qspi_register::kTasksReadStart:
        read(access);
        break;
    case qspi_register::kTasksWriteStart:
        write(access);
        break;
    case qspi_register::kTasksEraseStart:
        erase(access);
        break;
    default:  // DEACTIVATE
        active = false;
        break;
    }
}

bool Qspi::Impl::may_start(Direction wanted, AccessContext& access)
{
    latch(access.now);
    if (!active || in_long_frame) {
        report_violation(access.rules, "qspi-not-active", data.name, data.register_base,
                         data.source, "%s: a task while the peripheral is not active: ignored",
                         data.name.c_str());
        return false;
    }
    const bool queues = due_count == 1 && wanted == direction &&
                        (wanted == Direction::kRead || wanted == Direction::kWrite);
    if (due_count != 0 && !queues) {
        report_violation(access.rules, "qspi-busy", data.name, data.register_base, data.source,
                         "%s: a task while another one runs: ignored", data.name.c_str());
        return false;
    }
    direction = wanted;
    return true;
}

std::uint32_t Qspi::Impl::whole_words(std::uint32_t value, const char* what, AccessContext& access)
{
    if ((value & kQspiWordMask) != 0) {
        report_violation(access.rules, "qspi-word-rule", data.name, value, data.source,
                         "%s: %s 0x%X is not a multiple of 4: its low bits are dropped, %u bytes "
                         "are lost or land elsewhere",
                         data.name.c_str(), what, value, value & kQspiWordMask);
    }
    return value & ~kQspiWordMask;
}

std::span<std::uint8_t> Qspi::Impl::ram(std::uint32_t address, std::uint32_t byte_count,
                                        AccessContext& access)
{
    const MemoryWindow* window = access.bus.find_window(address, byte_count);
    if (window != nullptr && window->is_ram) {
        return window->bytes.subspan(address - window->address, byte_count);
    }
    report_violation(access.rules, "easydma-ram-only", data.name, address, kSourceQspiDma,
                     "%s: 0x%08X, %u bytes, is in %s: EasyDMA reaches only Data RAM; nothing is "
                     "transferred",
                     data.name.c_str(), address, byte_count,
                     window == nullptr ? "no one memory" : window->label.c_str());
    return {};
}

void Qspi::Impl::activate(AccessContext& access)
{
    latch(access.now);
    if ((at(qspi_register::kEnable) & 1u) == 0) {
        report_violation(access.rules, "qspi-not-active", data.name, data.register_base,
                         data.source, "%s: ACTIVATE without ENABLE: ignored", data.name.c_str());
        return;
    }
    active = true;
    xip_used = false;
    if (data.anomalies.needs_64_mhz_cpu && data.cpu_hz != kQspiCpuHzNeeded) {
        report_violation(access.rules, "anomaly-159", data.name, data.register_base,
                         "nRF5340 errata, anomaly 159 (devices.md 3.4)",
                         "%s: activated with the CPU at %u Hz: it works at 64 MHz alone",
                         data.name.c_str(), data.cpu_hz);
        finish(kNever);
        return;
    }
    Duration now = std::max(access.now, wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    finish(wait_idle(line) ? now : kNever);
}

void Qspi::Impl::read(AccessContext& access)
{
    if (!may_start(Direction::kRead, access)) {
        return;
    }
    const std::uint32_t source = whole_words(at(qspi_register::kReadSrc), "READ.SRC", access);
    const std::uint32_t pointer = whole_words(at(qspi_register::kReadDst), "READ.DST", access);
    const std::uint32_t count =
        whole_words(at(qspi_register::kReadCnt) & data.count_mask, "READ.CNT", access);
    Duration now = std::max(access.now, wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    const std::span<std::uint8_t> destination = ram(pointer, count, access);
    if (!destination.empty()) {
        if (!wait_idle(line)) {
            now = kNever;
        } else {
            read_array(source, destination, line);
        }
    }
    finish(now);
}

void Qspi::Impl::write(AccessContext& access)
{
    if (!may_start(Direction::kWrite, access)) {
        return;
    }
    const std::uint32_t target = whole_words(at(qspi_register::kWriteDst), "WRITE.DST", access);
    const std::uint32_t pointer = whole_words(at(qspi_register::kWriteSrc), "WRITE.SRC", access);
    const std::uint32_t count =
        whole_words(at(qspi_register::kWriteCnt) & data.count_mask, "WRITE.CNT", access);
    const bool large_pages =
        (at(qspi_register::kIfConfig0) & qspi_register::kIfConfig0PpSize512) != 0;
    const std::uint32_t page_bytes = large_pages ? kQspiPageBytesMax : kQspiPageBytes;
    Duration now = std::max(access.now, wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    const std::span<const std::uint8_t> source = ram(pointer, count, access);
    for (std::uint32_t done = 0; done < source.size();) {
        if (!wait_idle(line)) {
            now = kNever;
            break;
        }
        const std::uint32_t address = target + done;
        const std::uint32_t piece = std::min(count - done, page_bytes - address % page_bytes);
        program_page(address, source.subspan(done, piece), line);
        done += piece;
    }
    finish(now);
}

void Qspi::Impl::erase(AccessContext& access)
{
    if (!may_start(Direction::kErase, access)) {
        return;
    }
    const std::uint32_t address = whole_words(at(qspi_register::kErasePtr), "ERASE.PTR", access);
    const std::uint32_t length = at(qspi_register::kEraseLen) & 3u;
    const std::array<std::uint8_t, 1> opcode{length == 0   ? kQspiErase4KiB
                                             : length == 1 ? kQspiErase64KiB
                                                           : kQspiEraseAll};
    Duration now = std::max(access.now, wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    if (!wait_idle(line)) {
        finish(kNever);
        return;
    }
    command(kQspiWriteEnable, line);
    wire.pin_changed(false, line);
    clock(opcode, {}, 1, 1, line);
    if (length < 2) {
        send_address(address, 1, line);
    }
    wire.pin_changed(true, line);
    finish(now);
}

// IFCONFIG1.DPMEN, where IFCONFIG0.DPMENABLE allows it.
void Qspi::Impl::change_power(std::uint32_t before, AccessContext& access)
{
    const std::uint32_t bit = qspi_register::kIfConfig1DpmEn;
    const std::uint32_t after = at(qspi_register::kIfConfig1);
    const bool allowed =
        active && (at(qspi_register::kIfConfig0) & qspi_register::kIfConfig0DpmEnable) != 0;
    if (((before ^ after) & bit) == 0 || !allowed) {
        return;
    }
    Duration now = std::max(access.now, wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    const bool enters = (after & bit) != 0;
    command(enters ? kQspiEnterPowerDown : kQspiExitPowerDown, line);
    const std::uint32_t units =
        enters ? at(qspi_register::kDpmDur) & 0xFFFFu : at(qspi_register::kDpmDur) >> 16;
    wire_free = now + kQspiDpmDurUnit * std::int64_t{units};
}

void Qspi::Impl::set_upper_io(std::uint32_t levels, AccessContext& line)
{
    for (std::size_t i = 0; i < upper_io.size(); ++i) {
        if (upper_io[i] != nullptr) {
            upper_io[i]->pin_changed((levels >> i & 1u) != 0, line);
        }
    }
}

void Qspi::Impl::custom_instruction(std::uint32_t config, AccessContext& access)
{
    latch(access.now);
    const std::uint32_t length = config >> 8 & 0xFu;
    if (!active || length < 1 || length > 9) {
        report_violation(access.rules, "qspi-custom-instruction", data.name, data.register_base,
                         data.source, "%s: custom instruction of length %u, active %u: ignored",
                         data.name.c_str(), length, active ? 1u : 0u);
        return;
    }
    Duration now = std::max(access.now, wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    if (!in_long_frame) {
        if ((config & qspi_register::kCinstrWipWait) != 0 && !wait_idle(line)) {
            finish(kNever);
            return;
        }
        if ((config & qspi_register::kCinstrWren) != 0) {
            command(kQspiWriteEnable, line);
        }
        set_upper_io(config >> qspi_register::kCinstrUpperIoShift, line);
        const std::array<std::uint8_t, 1> opcode{static_cast<std::uint8_t>(config)};
        wire.pin_changed(false, line);
        clock(opcode, {}, 1, 1, line);
    }
    std::array<std::uint8_t, 8> bytes{};
    for (std::uint32_t i = 0; i < bytes.size(); ++i) {
        const std::uint32_t word =
            at(i < 4 ? qspi_register::kCinstrDat0 : qspi_register::kCinstrDat1);
        bytes[i] = static_cast<std::uint8_t>(word >> (8 * (i % 4)));
    }
    if (length > 1) {
        std::array<std::uint8_t, 8> answer{};
        clock_data(std::span<const std::uint8_t>(bytes).first(length - 1),
                   std::span<std::uint8_t>(answer).first(length - 1), length - 1, 1, line);
        at(qspi_register::kCinstrDat0) = 0;
        at(qspi_register::kCinstrDat1) = 0;
        for (std::uint32_t i = 0; i + 1 < length; ++i) {
            at(i < 4 ? qspi_register::kCinstrDat0 : qspi_register::kCinstrDat1) |=
                std::uint32_t{answer[i]} << (8 * (i % 4));
        }
    }
    in_long_frame = (config & qspi_register::kCinstrLongFrame) != 0 &&
                    (config & qspi_register::kCinstrLongFrameStop) == 0;
    if (!in_long_frame) {
        wire.pin_changed(true, line);
        set_upper_io(3u, line);
    }
    direction = Direction::kOther;
    finish(now);
}

// ---- the XIP window ----------------------------------------------------------------------------

std::uint32_t Qspi::Impl::Window::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    std::array<std::uint8_t, 4> bytes{};
    read_bytes(offset, bytes, access);
    return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
           std::uint32_t{bytes[3]} << 24;
}

void Qspi::Impl::Window::write32(std::uint32_t offset, std::uint32_t,
                                 AccessContext& access) noexcept
{
    const std::uint32_t address = qspi_.data.xip_address + offset;
    access.now += qspi_.data.register_access_time;
    report_violation(access.rules, "qspi-xip-read-only", qspi_.data.name, address,
                     qspi_.data.source, "%s: store to 0x%08X in the XIP window: ignored",
                     qspi_.data.name.c_str(), address);
}

void Qspi::Impl::Window::read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                                    AccessContext& access) noexcept
{
    const QspiData& data = qspi_.data;
    const std::uint32_t address = data.xip_address + offset;
    const bool enabled = !data.has_xip_enable || (qspi_.at(qspi_register::kXipEn) & 1u) != 0;
    if (!qspi_.active || !enabled) {
        report_violation(access.rules, "qspi-xip-not-active", data.name, address, data.source,
                         "%s: 0x%08X is read while XIP is off: zeroes", data.name.c_str(), address);
        std::fill(destination.begin(), destination.end(), std::uint8_t{0});
        return;
    }
    std::uint32_t at = offset + qspi_.at(qspi_register::kXipOffset);
    if (data.anomalies.unaligned_xip_reads && ((at | destination.size()) & kQspiWordMask) != 0) {
        report_violation(access.rules, "anomaly-216", data.name, address,
                         "nRF52840 errata, anomaly 216 (devices.md 3.4)",
                         "%s: %u bytes at 0x%08X are not whole words: those of the word below are "
                         "read",
                         data.name.c_str(), static_cast<unsigned>(destination.size()), address);
        at &= ~kQspiWordMask;
    }
    Duration now = std::max(access.now, qspi_.wire_free);
    AccessContext line{now, access.supply, access.rules, access.bus};
    if (!qspi_.wait_idle(line)) {
        access.now = kNever;
        return;
    }
    qspi_.read_array(at, destination, line);
    qspi_.wire_free = now;
    qspi_.xip_used = true;
    access.now = now;
}

}  // namespace brownout::models
