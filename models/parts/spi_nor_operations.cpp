// What commands do to a SPI NOR part when CS# rises; models/spi_nor.hpp has the rules.
#include "controllers/violation.hpp"
#include "parts/spi_nor_impl.hpp"

#include <algorithm>
#include <bit>

namespace brownout::models {

namespace {

constexpr std::string_view kSourceWriteEnable =
    "W25Q16BV data sheet 11.2.17; devices.md 4.5 rule 2";
constexpr std::string_view kSourcePage = "W25Q16BV data sheet 11.2.17; devices.md 4.5 rule 1";
constexpr std::string_view kSourceSuspend = "W25Q40BL data sheet 8.2.27; devices.md 4.5 rule 6";
constexpr std::string_view kSourceProtect = "data sheet, block protection and WP#";
constexpr std::string_view kSourceRegisters =
    "W25Q data sheets, status register protect (from memory); devices.md 4.2";
constexpr std::string_view kSourceEndurance = "data sheet, endurance";
constexpr std::string_view kSourceReset = "devices.md 4.5 rule 9";

}  // namespace

// ---- times -------------------------------------------------------------------------------------

const SpiNorMode& SpiNor::Impl::mode() const
{
    const SpiNorBit& fast = data.status.high_performance;
    return fast.mask != 0 && registers.is_set(fast) ? data.modes.back() : data.modes.front();
}

Duration SpiNor::Impl::time_of(const PartTime& time) const
{
    const bool maximum = options.times == TimeCase::kMaximum;
    const Duration wanted = maximum ? time.max : time.typ;
    return wanted.count() != 0 ? wanted : maximum ? time.typ : time.max;
}

// A fixed part and one that grows with the bytes (Winbond's note on page program times).
Duration SpiNor::Impl::program_time(std::uint32_t byte_count) const
{
    const Duration page_time = time_of(mode().page_program);
    const Duration first = time_of(mode().byte_program);
    if (first.count() == 0 || first >= page_time || data.programs.page_bytes == 1) {
        return page_time;
    }
    return first + (page_time - first) * (byte_count - 1) / (data.programs.page_bytes - 1);
}

Duration SpiNor::Impl::erase_time(SpiNorEraseSize size) const
{
    switch (size) {
    case SpiNorEraseSize::k4KiB:
        return time_of(mode().erase_4k);
    case SpiNorEraseSize::k32KiB:
        return time_of(mode().erase_32k);
    case SpiNorEraseSize::k64KiB:
        return time_of(mode().erase_64k);
    case SpiNorEraseSize::kChip:
        return time_of(mode().erase_chip);
    }
    return {};
}

std::uint64_t SpiNor::Impl::erase_bytes(SpiNorEraseSize size) const
{
    switch (size) {
    case SpiNorEraseSize::k4KiB:
        return 4'096;
    case SpiNorEraseSize::k32KiB:
        return 32'768;
    case SpiNorEraseSize::k64KiB:
        return 65'536;
    case SpiNorEraseSize::kChip:
        return data.identity.size_bytes;
    }
    return 0;
}

// ---- what may be changed -----------------------------------------------------------------------

bool SpiNor::Impl::is_protected(std::uint64_t offset, std::uint64_t byte_count) const
{
    const SpiNorBit& bits = data.protection.block_protect;
    if (bits.mask == 0) {
        return false;
    }
    const unsigned shift = static_cast<unsigned>(std::countr_zero(bits.mask));
    const unsigned held = registers.latches.registers[bits.register_index];
    const unsigned level = (held & bits.mask) >> shift;
    if (level == 0) {
        return false;
    }
    const std::uint64_t size = data.identity.size_bytes;
    const std::uint64_t bytes =
        std::min(size, std::uint64_t{data.protection.unit_bytes} << (level - 1));
    const bool bottom =
        data.protection.bottom.mask != 0 && registers.is_set(data.protection.bottom);
    return bottom ? offset < bytes : offset + byte_count > size - bytes;
}

bool SpiNor::Impl::in_suspended_range(std::uint64_t offset, std::uint64_t byte_count) const
{
    const SpiNorLatches& latches = registers.latches;
    return latches.suspended != SpiNorBusy::kNothing &&
           offset < latches.suspended_offset + latches.suspended_bytes &&
           latches.suspended_offset < offset + byte_count;
}

bool SpiNor::Impl::may_change(std::uint64_t offset, std::uint64_t byte_count, AccessContext& access)
{
    const auto at = static_cast<unsigned>(offset);
    const unsigned opcode = command.opcode;
    if (registers.latches.write_enabled == 0) {
        report_violation(access.rules, "spi-nor-write-enable", data.name, offset,
                         kSourceWriteEnable, "%s: command 0x%02X at 0x%06X without WEL: ignored",
                         data.name.c_str(), opcode, at);
        return false;
    }
    const SpiNorBusy suspended = registers.latches.suspended;
    const bool program = command.action == SpiNorAction::kProgram;
    const bool forbidden = suspended == SpiNorBusy::kProgram ||
                           (suspended == SpiNorBusy::kErase && !program) ||
                           in_suspended_range(offset, byte_count);
    if (forbidden) {
        report_violation(access.rules, "spi-nor-suspended", data.name, offset, kSourceSuspend,
                         "%s: command 0x%02X at 0x%06X while another is suspended: ignored",
                         data.name.c_str(), opcode, at);
        return false;
    }
    if (is_protected(offset, byte_count)) {
        report_violation(access.rules, "spi-nor-protected", data.name, offset, kSourceProtect,
                         "%s: command 0x%02X at 0x%06X, which BP bits protect: ignored",
                         data.name.c_str(), opcode, at);
        return false;
    }
    return true;
}

// ---- operations --------------------------------------------------------------------------------

bool SpiNor::Impl::begin(OperationKind kind, SpiNorBusy busy, std::uint64_t offset,
                         std::uint64_t byte_count, Duration time,
                         std::span<const std::uint8_t> bytes, AccessContext& access)
{
    if (options.mute && mute_is_armed && operations >= options.mute->from_operation) {
        registers.latches.muted = 1;
        return false;
    }
    OperationBatch batch;
    batch.kind = kind;
    batch.device = device;
    batch.offset = offset;
    batch.unit_bytes = static_cast<std::uint32_t>(byte_count);
    batch.start = access.now;
    batch.duration = time;
    batch.interval = time;
    batch.data = bytes;
    if (access.supply.admit(batch) == 0) {
        return false;
    }
    ++operations;
    SpiNorLatches& latches = registers.latches;
    latches.write_enabled = 0;
    latches.busy = busy;
    latches.busy_offset = offset;
    latches.busy_bytes = byte_count;
    registers.busy_until() = access.now + time;
    return true;
}

void SpiNor::Impl::program_page(AccessContext& access)
{
    const std::uint32_t page_bytes = data.programs.page_bytes;
    const std::uint32_t first = address & (page_bytes - 1);
    const std::uint32_t base = address - first;
    const std::uint32_t sent = std::min(data_count, page_bytes);
    if (data_count == 0 || !may_change(base, page_bytes, access)) {
        return;
    }
    const bool wraps = first + data_count > page_bytes;
    if (wraps) {
        report_violation(access.rules, "spi-nor-page-wrap", data.name, address, kSourcePage,
                         "%s: %u bytes to 0x%06X pass the end of the page and wrap to its start",
                         data.name.c_str(), data_count, address);
    }
    const std::uint32_t from = wraps ? 0 : first;
    const std::span<const std::uint8_t> bytes =
        std::span<const std::uint8_t>(page).subspan(from, wraps ? page_bytes : sent);
    if (begin(OperationKind::kProgramPage, SpiNorBusy::kProgram, base + from, bytes.size(),
              program_time(sent), bytes, access)) {
        cells->program(base + from, bytes);
    }
}

void SpiNor::Impl::erase(AccessContext& access)
{
    const SpiNorEraseSize size = command.erase_size;
    const std::uint64_t bytes = erase_bytes(size);
    const bool chip = size == SpiNorEraseSize::kChip;
    const std::uint64_t offset = chip ? 0 : address % data.identity.size_bytes & ~(bytes - 1);
    if (bytes_clocked < command.header_bytes() || !may_change(offset, bytes, access)) {
        return;
    }
    const std::uint32_t cycles = data.endurance.erase_cycles;
    if (cycles != 0 && cells->erase_count(offset) >= cycles) {
        report_violation(access.rules, "spi-nor-endurance", data.name, offset, kSourceEndurance,
                         "%s: the sector at 0x%06X has been erased %u times: worn out",
                         data.name.c_str(), static_cast<unsigned>(offset), cycles);
    }
    if (begin(chip ? OperationKind::kEraseChip : OperationKind::kEraseSector,
              chip ? SpiNorBusy::kEraseChip : SpiNorBusy::kErase, offset, bytes, erase_time(size),
              {}, access)) {
        cells->erase(offset, bytes);
    }
}

// SRP0 makes WP# guard the registers; SRP1 guards them whatever the pin, until the next power-on.
bool SpiNor::Impl::may_write_status(AccessContext& access)
{
    const unsigned opcode = command.opcode;
    const unsigned value = status_data[0];
    if (registers.is_set(data.status.status_register_lock)) {
        report_violation(access.rules, "spi-nor-protected", data.name, opcode, kSourceRegisters,
                         "%s: status write 0x%02X of 0x%02X with SRP1 set: ignored until power-on",
                         data.name.c_str(), opcode, value);
        return false;
    }
    if (!write_protect.high && !registers.quad_enabled() &&
        registers.is_set(data.status.status_register_protect)) {
        report_violation(access.rules, "spi-nor-protected", data.name, opcode, kSourceRegisters,
                         "%s: status write 0x%02X of 0x%02X with SRP0 set and WP#%s low: ignored",
                         data.name.c_str(), opcode, value, write_protect.place().c_str());
        return false;
    }
    return true;
}

void SpiNor::Impl::write_status(AccessContext& access)
{
    const unsigned first = command.first_register;
    const unsigned count = std::min<unsigned>(command.register_count, data_count);
    SpiNorLatches& latches = registers.latches;
    const bool keep = latches.volatile_write == 0;
    if (count == 0) {
        return;
    }
    if (keep && latches.write_enabled == 0) {
        may_change(0, 0, access);  // reports it
        return;
    }
    if (latches.suspended != SpiNorBusy::kNothing) {
        report_violation(access.rules, "spi-nor-suspended", data.name, latches.suspended_offset,
                         kSourceSuspend,
                         "%s: status write while the change of 0x%06X is suspended: ignored",
                         data.name.c_str(), static_cast<unsigned>(latches.suspended_offset));
        return;
    }
    if (!may_write_status(access)) {
        return;
    }
    const std::span<const std::uint8_t> bytes =
        std::span<const std::uint8_t>(status_data).first(count);
    if (keep && !begin(OperationKind::kWriteStatus, SpiNorBusy::kWriteStatus, first, count,
                       time_of(mode().write_status), bytes, access)) {
        return;
    }
    for (unsigned i = 0; i < count; ++i) {
        registers.write(first + i, status_data[i], keep);
    }
    latches.volatile_write = 0;
    clock_checked = {};  // another power mode has other limits
}

// ---- suspend, resume, reset --------------------------------------------------------------------

void SpiNor::Impl::suspend(AccessContext& access)
{
    SpiNorLatches& latches = registers.latches;
    const bool can = latches.busy == SpiNorBusy::kProgram || latches.busy == SpiNorBusy::kErase;
    if (!can || !registers.wip(access.now) || latches.suspended != SpiNorBusy::kNothing) {
        return;  // nothing to suspend, or what cannot be suspended
    }
    latches.suspended = latches.busy;
    latches.suspended_offset = latches.busy_offset;
    latches.suspended_bytes = latches.busy_bytes;
    // Suspended again too soon after a resume: nothing was gained since.
    const bool too_soon =
        resumed_at != Duration::min() && access.now < resumed_at + data.latencies.resume_to_suspend;
    const Duration counted_from = too_soon ? resumed_at : access.now;
    latches.suspended_left_ps = (registers.busy_until() - counted_from).count();
    latches.busy = SpiNorBusy::kSuspending;
    registers.busy_until() = access.now + data.latencies.suspend;
}

void SpiNor::Impl::resume(AccessContext& access)
{
    SpiNorLatches& latches = registers.latches;
    if (latches.suspended == SpiNorBusy::kNothing) {
        return;
    }
    latches.busy = latches.suspended;
    latches.busy_offset = latches.suspended_offset;
    latches.busy_bytes = latches.suspended_bytes;
    registers.busy_until() = access.now + Duration{latches.suspended_left_ps};
    latches.suspended = SpiNorBusy::kNothing;
    latches.suspended_offset = latches.suspended_bytes = 0;
    latches.suspended_left_ps = 0;
    resumed_at = access.now;
}

void SpiNor::Impl::software_reset(AccessContext& access)
{
    if (registers.latches.reset_enabled == 0) {
        return;
    }
    const bool busy = registers.wip(access.now);
    if (busy) {
        report_violation(access.rules, "spi-nor-reset-busy", data.name,
                         registers.latches.busy_offset, kSourceReset,
                         "%s: reset while 0x%06X is changed: what it holds is undefined",
                         data.name.c_str(), static_cast<unsigned>(registers.latches.busy_offset));
    }
    registers.power_on();
    registers.latches.busy = SpiNorBusy::kWaking;
    registers.busy_until() = access.now + (busy ? data.latencies.reset_busy : data.latencies.reset);
    clock_checked = {};
}

void SpiNor::Impl::execute_simple(AccessContext& access)
{
    SpiNorLatches& latches = registers.latches;
    switch (command.action) {
    case SpiNorAction::kWriteEnable:
        latches.write_enabled = 1;
        break;
    case SpiNorAction::kWriteEnableVolatile:
        latches.volatile_write = 1;
        break;
    case SpiNorAction::kWriteDisable:
        latches.write_enabled = 0;
        break;
    case SpiNorAction::kPowerDown:
        latches.powered_down = 1;
        registers.busy_until() = access.now + data.latencies.enter_power_down;
        break;
    case SpiNorAction::kRelease:
        if (latches.powered_down != 0) {
            latches.powered_down = 0;
            latches.busy = SpiNorBusy::kWaking;
            registers.busy_until() = access.now + data.latencies.exit_power_down;
        }
        break;
    case SpiNorAction::kResetEnable:
        latches.reset_enabled = 1;
        break;
    default:
        break;
    }
}

void SpiNor::Impl::execute(AccessContext& access)
{
    registers.settle(access.now);
    switch (command.action) {
    case SpiNorAction::kProgram:
        return program_page(access);
    case SpiNorAction::kErase:
        return erase(access);
    case SpiNorAction::kWriteStatus:
        return write_status(access);
    case SpiNorAction::kSuspend:
        return suspend(access);
    case SpiNorAction::kResume:
        return resume(access);
    case SpiNorAction::kReset:
        return software_reset(access);
    default:
        return execute_simple(access);
    }
}

}  // namespace brownout::models
