// The wire side of a SPI NOR part; reference, what is modelled and what is not: models/spi_nor.hpp.
#include "controllers/violation.hpp"
#include "parts/spi_nor_impl.hpp"

#include <models/assert.hpp>

#include <algorithm>

namespace brownout::models {

namespace {

constexpr std::string_view kSourceBusy = "W25Q16BV data sheet 11.2.17; devices.md 4.5 rule 4";
constexpr std::string_view kSourceWire = "data sheet, command table and AC characteristics";
constexpr std::string_view kSourceHold = "W25Q data sheets, HOLD# (from memory)";

}  // namespace

SpiNor::Impl::Impl(const SpiNorData& part_data, const SpiNorOptions& part_options,
                   std::uint32_t device_index)
    : data(part_data), options(part_options), device(device_index), commands(command_table(data)),
      sfdp(sfdp_bytes(data.sfdp)), registers(data.status), write_protect(options.write_protect),
      hold(options.hold)
{
}

// Once per command: a held part is deaf to all of its bytes.
void SpiNor::Impl::report_held(const char* what, AccessContext& access)
{
    if (hold_reported) {
        return;
    }
    hold_reported = true;
    report_violation(access.rules, "spi-nor-held", data.name, address, kSourceHold,
                     "%s: %s while HOLD#%s is low", data.name.c_str(), what, hold.place().c_str());
}

// ---- opcode, address, dummy bytes --------------------------------------------------------------

void SpiNor::Impl::check_clock(const SpiTransfer& transfer, AccessContext& access)
{
    if (transfer.clock_period == clock_checked) {
        return;
    }
    clock_checked = transfer.clock_period;
    const auto max_hz = std::int64_t{mode().clock.max_hz};
    if (transfer.clock_period.count() * max_hz < 1'000'000'000'000) {
        report_violation(access.rules, "spi-nor-clock", data.name, 0, kSourceWire,
                         "%s: SCK with a period of %lld ps is faster than its %u Hz",
                         data.name.c_str(), static_cast<long long>(transfer.clock_period.count()),
                         mode().clock.max_hz);
    }
}

// What a part takes depends on what it is doing.
bool SpiNor::Impl::accepts(const SpiNorCommand& candidate, Duration at, AccessContext& access)
{
    const unsigned opcode = candidate.opcode;
    if (registers.waking(at)) {
        report_violation(access.rules, "spi-nor-waking", data.name, opcode, kSourceWire,
                         "%s: command 0x%02X before the part has woken up: ignored",
                         data.name.c_str(), opcode);
        return false;
    }
    if (registers.latches.powered_down != 0) {
        const bool release =
            candidate.action == SpiNorAction::kRelease && at >= registers.busy_until();
        if (!release) {
            report_violation(access.rules, "spi-nor-powered-down", data.name, opcode, kSourceWire,
                             "%s: command 0x%02X in deep power-down: ignored", data.name.c_str(),
                             opcode);
        }
        return release;
    }
    if (registers.wip(at) && !candidate.taken_while_busy()) {
        const std::uint64_t changing = registers.latches.busy_offset;
        report_violation(access.rules, "spi-nor-busy", data.name, changing, kSourceBusy,
                         "%s: command 0x%02X while WIP is set, for 0x%06X: ignored",
                         data.name.c_str(), opcode, static_cast<unsigned>(changing));
        return false;
    }
    if ((candidate.data_lines == 4 || candidate.address_lines == 4) && !registers.quad_enabled()) {
        report_violation(access.rules, "spi-nor-quad-disabled", data.name, opcode, kSourceWire,
                         "%s: command 0x%02X needs QE: ignored", data.name.c_str(), opcode);
        return false;
    }
    return true;
}

void SpiNor::Impl::take_opcode(const SpiTransfer& transfer, AccessContext& access)
{
    const std::uint8_t opcode = transfer.out(0);
    registers.settle(transfer.start);
    check_clock(transfer, access);
    command = commands[opcode];
    command.opcode = opcode;
    bytes_clocked = 1;
    const bool known = command.action != SpiNorAction::kUnknown;
    if (!known) {
        report_violation(access.rules, "spi-nor-opcode", data.name, opcode, kSourceWire,
                         "%s: it has no command 0x%02X: ignored", data.name.c_str(),
                         unsigned{opcode});
    }
    ignored =
        !known || !check_lines(transfer, 1, access) || !accepts(command, transfer.start, access);
    const bool arms_reset =
        command.action == SpiNorAction::kReset || command.action == SpiNorAction::kResetEnable;
    if (!arms_reset) {
        registers.latches.reset_enabled = 0;
    }
}

bool SpiNor::Impl::check_lines(const SpiTransfer& transfer, unsigned lines, AccessContext& access)
{
    if (transfer.lines == lines) {
        return true;
    }
    report_violation(access.rules, "spi-nor-lines", data.name, command.opcode, kSourceWire,
                     "%s: byte %u of command 0x%02X comes on %u lines instead of %u: ignored",
                     data.name.c_str(), bytes_clocked, unsigned{command.opcode}, transfer.lines,
                     lines);
    ignored = true;
    return false;
}

void SpiNor::Impl::take_header(const SpiTransfer& transfer, std::uint32_t& index,
                               AccessContext& access)
{
    const std::uint32_t header = command.header_bytes();
    if (!ignored && index < transfer.byte_count && bytes_clocked < header) {
        check_lines(transfer, command.address_lines, access);
    }
    for (; index < transfer.byte_count && bytes_clocked < header; ++index, ++bytes_clocked) {
        if (bytes_clocked <= command.address_bytes) {
            address = address << 8 | transfer.out(index);
        }
        if (index < transfer.miso.size()) {
            transfer.miso[index] = kSpiNorFloating;
        }
    }
}

// ---- data bytes --------------------------------------------------------------------------------

void SpiNor::Impl::check_first_data(AccessContext& access)
{
    const std::uint64_t size = data.identity.size_bytes;
    const bool array =
        command.action == SpiNorAction::kRead || command.action == SpiNorAction::kProgram;
    if (!array) {
        return;
    }
    if (address >= size) {
        report_violation(access.rules, "spi-nor-address", data.name, address, kSourceWire,
                         "%s: address 0x%06X is beyond its %llu bytes: the upper bits are ignored",
                         data.name.c_str(), address, static_cast<unsigned long long>(size));
        address = static_cast<std::uint32_t>(address % size);
    }
    if (command.action == SpiNorAction::kRead && in_suspended_range(address, 1)) {
        report_violation(access.rules, "spi-nor-suspended", data.name, address, kSourceBusy,
                         "%s: 0x%06X is read while its erase or program is suspended: undefined",
                         data.name.c_str(), address);
    }
}

void SpiNor::Impl::read_array(const SpiTransfer& transfer, std::uint32_t index)
{
    const std::uint64_t size = data.identity.size_bytes;
    std::span<std::uint8_t> left;
    if (index < transfer.miso.size()) {
        left = transfer.miso.subspan(index);
    }
    std::uint64_t offset = (address + std::uint64_t{data_count}) % size;
    while (!left.empty()) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(left.size(), size - offset));
        cells->read(offset, left.first(count));
        left = left.subspan(count);
        offset = 0;  // reads go on at the start of the array
    }
}

// The page buffer: addresses wrap in the page, later bytes replace earlier ones.
void SpiNor::Impl::take_page(const SpiTransfer& transfer, std::uint32_t index)
{
    const std::uint32_t mask = data.programs.page_bytes - 1;
    if (data_count == 0) {
        page.fill(0xFF);
    }
    std::uint32_t count = data_count;
    for (; index < transfer.byte_count; ++index, ++count) {
        page[(address + count) & mask] = transfer.out(index);
    }
}

std::uint8_t SpiNor::Impl::answer(std::uint32_t data_index, Duration at) const
{
    switch (command.action) {
    case SpiNorAction::kReadStatus:
        return registers.value(command.first_register + data_index % command.register_count, at);
    case SpiNorAction::kReadJedecId:
        return data.identity.jedec_id[data_index % 3];
    case SpiNorAction::kReadDeviceId:
        return ((address + data_index) & 1u) == 0 ? data.identity.jedec_id[0]
                                                  : data.identity.device_id;
    case SpiNorAction::kRelease:
        return data.identity.device_id;
    case SpiNorAction::kReadSfdp: {
        const std::uint64_t at_byte = address + std::uint64_t{data_index};
        return at_byte < sfdp.size() ? sfdp[at_byte] : 0xFF;
    }
    default:
        return kSpiNorFloating;
    }
}

void SpiNor::Impl::stream(const SpiTransfer& transfer, std::uint32_t index)
{
    if (command.action == SpiNorAction::kRead) {
        read_array(transfer, index);
    } else {
        if (command.action == SpiNorAction::kProgram) {
            take_page(transfer, index);
        }
        for (std::uint32_t i = index; i < transfer.byte_count; ++i) {
            const std::uint32_t data_index = data_count + i - index;
            if (command.action == SpiNorAction::kWriteStatus && data_index < status_data.size()) {
                status_data[data_index] = transfer.out(i);
            }
            if (i < transfer.miso.size()) {
                transfer.miso[i] = answer(data_index, transfer.start + transfer.byte_time() * i);
            }
        }
    }
    data_count += transfer.byte_count - index;
    bytes_clocked += transfer.byte_count - index;
}

// ---- SpiNor ------------------------------------------------------------------------------------

SpiNor::SpiNor(const SpiNorData& data, const SpiNorOptions& options, std::uint32_t device_index)
{
    BROWNOUT_ASSERT(problem_with(data).empty() && problem_with(data, options).empty());
    impl_ = std::make_unique<Impl>(data, options, device_index);
}

SpiNor::~SpiNor() = default;

FlashGeometry SpiNor::geometry(const SpiNorData& data)
{
    FlashGeometry geometry;
    geometry.size_bytes = data.identity.size_bytes;
    return geometry;
}

std::string_view SpiNor::name() const noexcept
{
    return impl_->data.name;
}

void SpiNor::attach(FlashArray& cells, PartState& state)
{
    BROWNOUT_ASSERT(cells.geometry().size_bytes == impl_->data.identity.size_bytes);
    impl_->cells = &cells;
    impl_->registers.attach(state);
}

void SpiNor::reset(ResetKind kind)
{
    if (kind == ResetKind::kPowerOn) {
        impl_->registers.power_on();
    } else {
        impl_->registers.take_from_state();
    }
    impl_->selected = false;
    impl_->operations = 0;
    impl_->resumed_at = Duration::min();
    impl_->clock_checked = {};
    impl_->write_protect.reset();
    impl_->hold.reset();
}

void SpiNor::select(AccessContext&) noexcept
{
    impl_->selected = true;
    impl_->ignored = false;
    impl_->hold_reported = false;
    impl_->bytes_clocked = 0;
    impl_->address = 0;
    impl_->data_count = 0;
}

void SpiNor::transfer(const SpiTransfer& transfer, AccessContext& access) noexcept
{
    Impl& part = *impl_;
    const bool muted = part.registers.latches.muted != 0;
    const bool held = part.selected && !muted && part.is_held();
    if (held && transfer.byte_count > 0) {
        part.report_held("clocks are not heard and DO is not driven", access);
    }
    if (!part.selected || held || muted || transfer.byte_count == 0) {
        std::fill(transfer.miso.begin(), transfer.miso.end(),
                  muted ? part.options.mute->reads_as : kSpiNorFloating);
        return;
    }
    std::uint32_t index = 0;
    if (part.bytes_clocked == 0) {
        part.take_opcode(transfer, access);
        if (!transfer.miso.empty()) {
            transfer.miso[0] = kSpiNorFloating;
        }
        index = 1;
    }
    part.take_header(transfer, index, access);
    if (index == transfer.byte_count) {
        return;
    }
    if (!part.ignored && part.data_count == 0) {
        part.check_first_data(access);
    }
    if (part.ignored || !part.check_lines(transfer, part.command.data_lines, access)) {
        const std::size_t from = std::min<std::size_t>(index, transfer.miso.size());
        std::fill(transfer.miso.begin() + static_cast<std::ptrdiff_t>(from), transfer.miso.end(),
                  kSpiNorFloating);
        part.bytes_clocked += transfer.byte_count - index;
        return;
    }
    part.stream(transfer, index);
}

void SpiNor::arm_mute(bool armed)
{
    impl_->mute_is_armed = armed;
}

void SpiNor::deselect(unsigned loose_bits, AccessContext& access) noexcept
{
    Impl& part = *impl_;
    if (!part.selected) {
        return;
    }
    part.selected = false;
    bool whole = part.bytes_clocked > 0 && !part.ignored && part.registers.latches.muted == 0;
    if (whole && part.is_held()) {
        part.hold_reported = false;
        part.report_held("CS# rises and drops the command", access);
        whole = false;
    }
    if (whole && loose_bits == 0) {
        part.execute(access);
    } else if (whole && part.command.action != SpiNorAction::kRead &&
               part.command.action != SpiNorAction::kReadStatus) {
        report_violation(access.rules, "spi-nor-byte-boundary", part.data.name, part.command.opcode,
                         kSourceBusy,
                         "%s: CS# rises %u clocks into a byte of command 0x%02X: not executed",
                         part.data.name.c_str(), loose_bits, unsigned{part.command.opcode});
    }
    part.registers.store();
}

std::optional<Duration> SpiNor::status_settles_at(std::uint8_t read_status_opcode,
                                                  std::uint8_t mask, std::uint8_t expected,
                                                  Duration now) noexcept
{
    Impl& part = *impl_;
    const SpiNorCommand& command = part.commands[read_status_opcode];
    if (part.registers.latches.muted != 0) {
        const bool matches = (part.options.mute->reads_as & mask) == expected;
        return matches ? std::optional<Duration>(now) : std::nullopt;
    }
    if (command.action != SpiNorAction::kReadStatus || part.registers.latches.powered_down != 0) {
        return std::nullopt;
    }
    const auto matches_at = [&](Duration at) {
        const bool waking = part.registers.waking(at);
        const std::uint8_t value =
            waking ? kSpiNorFloating : part.registers.value(command.first_register, at);
        return (value & mask) == expected;
    };
    if (matches_at(now)) {
        return now;
    }
    const Duration later = std::max(now, part.registers.busy_until());
    return matches_at(later) ? std::optional<Duration>(later) : std::nullopt;
}

PartState SpiNor::mounted_state(const SpiNorData& data, const SpiNorOptions& options)
{
    PartState state;
    SpiNorRegisters registers(data.status);
    registers.attach(state);
    registers.power_on();
    for (unsigned i = 0; i < options.registers.size(); ++i) {
        registers.write(i, options.registers[i], true);
    }
    return state;
}

PinListener& SpiNor::write_protect_pin()
{
    return impl_->write_protect;
}

PinListener& SpiNor::hold_pin()
{
    return impl_->hold;
}

}  // namespace brownout::models
