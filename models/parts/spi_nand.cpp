// The wire side of a SPI NAND part; reference, what is modelled and what is not:
// models/spi_nand.hpp.
#include "controllers/violation.hpp"
#include "parts/spi_nand_impl.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <cstring>

namespace brownout::models {

namespace {

constexpr std::string_view kNandSourceWire = "data sheet, command set; devices.md 5.2, 5.3";
constexpr std::uint32_t kColumnMask = 0xFFF;

}  // namespace

SpiNand::Impl::Impl(const SpiNandData& part_data, const SpiNandOptions& part_options,
                    std::uint32_t device_index)
    : data(part_data), options(part_options), device(device_index), pages(data),
      factory_bad(factory_bad_blocks(data, options)), image(pages.stored_bytes())
{
}

// ---- registers ---------------------------------------------------------------------------------

std::span<std::uint8_t> SpiNand::Impl::cache() const
{
    return std::span(state->running).subspan(sizeof latches);
}

void SpiNand::Impl::power_on()
{
    latches = {};
    latches.lock = static_cast<std::uint8_t>(data.features.lock_at_power_up);
    latches.configuration = static_cast<std::uint8_t>(data.features.configuration_at_power_up);
    const std::size_t cache_bytes = data.geometry.page_bytes + data.geometry.spare_bytes;
    state->running.assign(sizeof latches + cache_bytes, 0xFF);
    state->busy_until = {};
    store_latches();
}

void SpiNand::Impl::load_latches()
{
    std::memcpy(&latches, state->running.data(), sizeof latches);
}

void SpiNand::Impl::store_latches()
{
    std::memcpy(state->running.data(), &latches, sizeof latches);
}

void SpiNand::Impl::settle(Duration now)
{
    if (latches.busy == SpiNandBusy::kNothing || now < busy_until()) {
        return;
    }
    if (latches.busy == SpiNandBusy::kProgramming || latches.busy == SpiNandBusy::kErasing) {
        latches.write_enabled = 0;
    }
    latches.busy = SpiNandBusy::kNothing;
}

// Results of an operation show when it has ended; WEL is cleared then.
std::uint8_t SpiNand::Impl::status(Duration at) const
{
    using namespace nand_feature;
    if (oip(at)) {
        return static_cast<std::uint8_t>(kOip | (latches.write_enabled != 0 ? kWel : 0));
    }
    const bool changed =
        latches.busy == SpiNandBusy::kProgramming || latches.busy == SpiNandBusy::kErasing;
    return static_cast<std::uint8_t>((latches.write_enabled != 0 && !changed ? kWel : 0) |
                                     (latches.erase_failed != 0 ? kEraseFail : 0) |
                                     (latches.program_failed != 0 ? kProgramFail : 0) |
                                     latches.ecc_code << kEccShift);
}

std::uint8_t SpiNand::Impl::feature(std::uint32_t feature_address, Duration at) const
{
    switch (feature_address) {
    case nand_feature::kLock:
        return latches.lock;
    case nand_feature::kConfiguration:
        return latches.configuration;
    case nand_feature::kStatus:
        return status(at);
    default:
        return kSpiNandFloating;
    }
}

// ---- the wire ----------------------------------------------------------------------------------

SpiNandCommand SpiNand::Impl::command_of(std::uint8_t opcode) const
{
    using Action = SpiNandAction;
    if (opcode != 0 && opcode == data.ecc.count_opcode) {
        return {Action::kReadEccCount, opcode, 2, 1};
    }
    switch (opcode) {
    case 0x13:
        return {Action::kPageRead, opcode, 4, 1};
    case 0x03:
    case 0x0B:
        return {Action::kReadCache, opcode, 4, 1};
    case 0x3B:
        return {Action::kReadCache, opcode, 4, 2};
    case 0x6B:
        return {Action::kReadCache, opcode, 4, 4};
    case 0x02:
        return {Action::kLoad, opcode, 3, 1};
    case 0x32:
        return {Action::kLoad, opcode, 3, 4};
    case 0x84:
        return {Action::kLoadRandom, opcode, 3, 1};
    case 0x34:
        return {Action::kLoadRandom, opcode, 3, 4};
    case 0x10:
        return {Action::kProgramExecute, opcode, 4, 1};
    case 0xD8:
        return {Action::kBlockErase, opcode, 4, 1};
    case 0x06:
        return {Action::kWriteEnable, opcode, 1, 1};
    case 0x04:
        return {Action::kWriteDisable, opcode, 1, 1};
    case 0x0F:
        return {Action::kGetFeature, opcode, 2, 1};
    case 0x1F:
        return {Action::kSetFeature, opcode, 2, 1};
    case 0x9F:
        return {Action::kReadId, opcode,
                static_cast<std::uint8_t>(1 + data.identity.id_dummy_bytes), 1};
    case 0xFF:
        return {Action::kReset, opcode, 1, 1};
    default:
        return {Action::kUnknown, opcode, 1, 1};
    }
}

void SpiNand::Impl::check_clock(const SpiTransfer& transfer, AccessContext& access)
{
    if (transfer.clock_period == clock_checked) {
        return;
    }
    clock_checked = transfer.clock_period;
    if (transfer.clock_period.count() * std::int64_t{data.clock.max_hz} < 1'000'000'000'000) {
        report_violation(access.rules, "spi-nand-clock", data.name, 0, kNandSourceWire,
                         "%s: SCK with a period of %lld ps is faster than its %u Hz",
                         data.name.c_str(), static_cast<long long>(transfer.clock_period.count()),
                         data.clock.max_hz);
    }
}

bool SpiNand::Impl::accepts(Duration at, AccessContext& access)
{
    const unsigned opcode = command.opcode;
    if (command.action == SpiNandAction::kUnknown) {
        report_violation(access.rules, "spi-nand-opcode", data.name, opcode, kNandSourceWire,
                         "%s: it has no command 0x%02X: ignored", data.name.c_str(), opcode);
        return false;
    }
    const bool always =
        command.action == SpiNandAction::kGetFeature || command.action == SpiNandAction::kReset;
    if (!always && oip(at)) {
        report_violation(access.rules, "spi-nand-busy", data.name, opcode, kNandSourceWire,
                         "%s: command 0x%02X while OIP is set: ignored", data.name.c_str(), opcode);
        return false;
    }
    const std::uint32_t quad = data.features.quad_enable;
    if (command.data_lines == 4 && quad != 0 && (latches.configuration & quad) == 0) {
        report_violation(access.rules, "spi-nand-quad-disabled", data.name, opcode, kNandSourceWire,
                         "%s: command 0x%02X needs QE: ignored", data.name.c_str(), opcode);
        return false;
    }
    const bool loads =
        command.action == SpiNandAction::kLoad || command.action == SpiNandAction::kLoadRandom;
    if (loads && data.programs.load_needs_write_enable && latches.write_enabled == 0) {
        report_violation(access.rules, "spi-nand-not-enabled", data.name, opcode, kNandSourceWire,
                         "%s: command 0x%02X without WEL: ignored", data.name.c_str(), opcode);
        return false;
    }
    return true;
}

void SpiNand::Impl::take_opcode(const SpiTransfer& transfer, AccessContext& access)
{
    settle(transfer.start);
    check_clock(transfer, access);
    command = command_of(transfer.out(0));
    bytes_clocked = 1;
    ignored = !check_lines(transfer, 1, access) || !accepts(transfer.start, access);
    if (!ignored && command.action == SpiNandAction::kLoad) {
        std::fill(cache().begin(), cache().end(), std::uint8_t{0xFF});
    }
}

bool SpiNand::Impl::check_lines(const SpiTransfer& transfer, unsigned lines, AccessContext& access)
{
    if (transfer.lines == lines) {
        return true;
    }
    report_violation(access.rules, "spi-nand-lines", data.name, command.opcode, kNandSourceWire,
                     "%s: byte %u of command 0x%02X comes on %u lines instead of %u: ignored",
                     data.name.c_str(), bytes_clocked, unsigned{command.opcode}, transfer.lines,
                     lines);
    ignored = true;
    return false;
}

void SpiNand::Impl::take_load(const SpiTransfer& transfer, std::uint32_t index,
                              AccessContext& access)
{
    const std::span<std::uint8_t> page = cache();
    const std::size_t column = (address & kColumnMask) + std::size_t{data_count};
    for (std::uint32_t i = index; i < transfer.byte_count; ++i) {
        const std::size_t at = column + (i - index);
        if (at >= page.size()) {
            report_violation(access.rules, "spi-nand-column", data.name, at, kNandSourceWire,
                             "%s: data for column %zu, behind the %zu bytes of a page: dropped",
                             data.name.c_str(), at, page.size());
            return;
        }
        page[at] = transfer.out(i);
    }
}

// The next bytes of the cache; answers how many there were before its end.
std::uint32_t SpiNand::Impl::read_cache(std::span<std::uint8_t> to) const
{
    const std::size_t column = (address >> 8 & kColumnMask) + std::size_t{data_count};
    const std::span<const std::uint8_t> bytes = cache();
    if (column >= bytes.size()) {
        return 0;
    }
    const std::size_t count = std::min(to.size(), bytes.size() - column);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(column), count, to.begin());
    return static_cast<std::uint32_t>(count);
}

std::uint8_t SpiNand::Impl::answer(std::uint32_t data_index, Duration at) const
{
    switch (command.action) {
    case SpiNandAction::kGetFeature:
        return feature(address & 0xFFu, at);
    case SpiNandAction::kReadId:
        return data_index < data.identity.id.size() ? data.identity.id[data_index]
                                                    : kSpiNandFloating;
    case SpiNandAction::kReadEccCount:
        return latches.corrected_bits;
    default:
        return kSpiNandFloating;
    }
}

void SpiNand::Impl::stream(const SpiTransfer& transfer, std::uint32_t index, AccessContext& access)
{
    const bool loads =
        command.action == SpiNandAction::kLoad || command.action == SpiNandAction::kLoadRandom;
    if (loads) {
        take_load(transfer, index, access);
    } else if (command.action == SpiNandAction::kSetFeature && data_count == 0) {
        feature_data = transfer.out(index);
    }
    std::uint32_t i = index;
    if (command.action == SpiNandAction::kReadCache) {
        i += read_cache(transfer.miso.subspan(std::min<std::size_t>(i, transfer.miso.size())));
    }
    for (; i < transfer.miso.size(); ++i) {
        transfer.miso[i] =
            answer(data_count + i - index, transfer.start + transfer.byte_time() * std::int64_t{i});
    }
    data_count += transfer.byte_count - index;
    bytes_clocked += transfer.byte_count - index;
}

// ---- SpiNand -----------------------------------------------------------------------------------

SpiNand::SpiNand(const SpiNandData& data, const SpiNandOptions& options, std::uint32_t device_index)
{
    BROWNOUT_ASSERT(problem_with(data).empty() && problem_with(data, options).empty());
    impl_ = std::make_unique<Impl>(data, options, device_index);
}

SpiNand::~SpiNand() = default;

FlashArray SpiNand::delivered_cells(const SpiNandData& data, const SpiNandOptions& options)
{
    FlashArray cells(NandPages::geometry(data));
    const NandPages pages(data);
    for (const std::uint32_t block : factory_bad_blocks(data, options)) {
        pages.mark_bad(cells, block);
    }
    return cells;
}

std::string_view SpiNand::name() const noexcept
{
    return impl_->data.name;
}

void SpiNand::attach(FlashArray& cells, PartState& state)
{
    BROWNOUT_ASSERT(cells.geometry().size_bytes == NandPages::geometry(impl_->data).size_bytes);
    impl_->cells = &cells;
    impl_->state = &state;
}

void SpiNand::reset(ResetKind kind)
{
    if (kind == ResetKind::kPowerOn || impl_->state->running.empty()) {
        impl_->power_on();
    }
    impl_->load_latches();
    impl_->selected = false;
    impl_->clock_checked = {};
}

void SpiNand::select(AccessContext&) noexcept
{
    impl_->selected = true;
    impl_->ignored = false;
    impl_->bytes_clocked = 0;
    impl_->address = 0;
    impl_->data_count = 0;
}

void SpiNand::transfer(const SpiTransfer& transfer, AccessContext& access) noexcept
{
    Impl& part = *impl_;
    if (!part.selected || transfer.byte_count == 0) {
        std::fill(transfer.miso.begin(), transfer.miso.end(), kSpiNandFloating);
        return;
    }
    std::uint32_t index = 0;
    if (part.bytes_clocked == 0) {
        part.take_opcode(transfer, access);
        index = 1;
    }
    for (; index < transfer.byte_count && part.bytes_clocked < part.command.header_bytes; ++index) {
        part.address = part.address << 8 | transfer.out(index);
        ++part.bytes_clocked;
    }
    const std::size_t quiet = std::min<std::size_t>(index, transfer.miso.size());
    std::fill_n(transfer.miso.begin(), quiet, kSpiNandFloating);
    if (index == transfer.byte_count) {
        return;
    }
    if (part.ignored || !part.check_lines(transfer, part.command.data_lines, access)) {
        std::fill(transfer.miso.begin() + static_cast<std::ptrdiff_t>(quiet), transfer.miso.end(),
                  kSpiNandFloating);
        part.bytes_clocked += transfer.byte_count - index;
        return;
    }
    part.stream(transfer, index, access);
}

void SpiNand::deselect(unsigned loose_bits, AccessContext& access) noexcept
{
    Impl& part = *impl_;
    if (!part.selected) {
        return;
    }
    part.selected = false;
    const bool whole =
        !part.ignored && part.bytes_clocked >= part.command.header_bytes && part.bytes_clocked > 0;
    if (whole && loose_bits == 0) {
        part.execute(access);
    } else if (whole && loose_bits != 0) {
        report_violation(access.rules, "spi-nand-byte-boundary", part.data.name,
                         part.command.opcode, kNandSourceWire,
                         "%s: CS# rises %u clocks into a byte of command 0x%02X: not executed",
                         part.data.name.c_str(), loose_bits, unsigned{part.command.opcode});
    }
    part.store_latches();
}

std::optional<Duration> SpiNand::status_settles_at(std::uint8_t read_status_opcode,
                                                   std::uint8_t mask, std::uint8_t expected,
                                                   Duration now) noexcept
{
    const Impl& part = *impl_;
    if (read_status_opcode != 0x0F) {
        return std::nullopt;
    }
    if ((part.status(now) & mask) == expected) {
        return now;
    }
    const Duration later = std::max(now, part.busy_until());
    return (part.status(later) & mask) == expected ? std::optional<Duration>(later) : std::nullopt;
}

}  // namespace brownout::models
