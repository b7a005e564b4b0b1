// What the commands of a SPI NAND part do when CS# rises.
#include "controllers/violation.hpp"
#include "parts/spi_nand_impl.hpp"

#include <algorithm>

namespace brownout::models {

namespace {

constexpr std::string_view kNandSourceLock = "data sheet, block lock; devices.md 5.3, 5.5";
constexpr std::string_view kNandSourceProgram =
    "data sheet, program and NOP; devices.md 5.5 (ascending order, 4 programs, sectors once)";
constexpr std::string_view kNandSourceBadBlock = "data sheet, bad blocks; devices.md 5.5";
constexpr std::string_view kNandSourceBuffer = "W25N01GV, BUF bit; devices.md 5.3";

bool is_listed(const std::vector<std::uint32_t>& list, std::uint32_t block)
{
    return std::find(list.begin(), list.end(), block) != list.end();
}

bool all_ones(std::span<const std::uint8_t> bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

}  // namespace

void SpiNand::Impl::execute(AccessContext& access)
{
    const std::uint32_t row = (address & 0xFFFFu) % data.rows();
    switch (command.action) {
    case SpiNandAction::kPageRead:
        read_page(row, access);
        break;
    case SpiNandAction::kProgramExecute:
        program_page(row, access);
        break;
    case SpiNandAction::kBlockErase:
        erase_block(row - row % data.geometry.pages_per_block, access);
        break;
    case SpiNandAction::kWriteEnable:
        latches.write_enabled = 1;
        break;
    case SpiNandAction::kWriteDisable:
        latches.write_enabled = 0;
        break;
    case SpiNandAction::kSetFeature:
        set_feature(access);
        break;
    case SpiNandAction::kReset:
        reset_command(access);
        break;
    case SpiNandAction::kUnknown:
    case SpiNandAction::kReadCache:
    case SpiNandAction::kLoad:
    case SpiNandAction::kLoadRandom:
    case SpiNandAction::kGetFeature:
    case SpiNandAction::kReadId:
    case SpiNandAction::kReadEccCount:
        break;
    }
}

void SpiNand::Impl::begin(SpiNandBusy kind, const PartTime& time, AccessContext& access)
{
    latches.busy = kind;
    state->busy_until = access.now + duration(time);
}

NandPages::Check SpiNand::Impl::correct(std::uint32_t row)
{
    if (cells->has_marginal_bits()) {
        return pages.correct(*cells, row, image);
    }
    const Digest128 digest =
        cells->content_digest(NandPages::offset_of(row), NandPages::kStrideBytes);
    Digest128& good = good_pages[digest.low % good_pages.size()];
    if (good == digest) {
        return {};
    }
    const NandPages::Check check = pages.correct(*cells, row, image);
    if (check.corrected_bits == 0 && !check.uncorrectable) {
        good = digest;
    }
    return check;
}

void SpiNand::Impl::read_page(std::uint32_t row, AccessContext& access)
{
    cells->read(NandPages::offset_of(row), image);
    latches.ecc_code = 0;
    latches.corrected_bits = 0;
    if (ecc_enabled()) {
        const NandPages::Check check = correct(row);
        latches.corrected_bits = static_cast<std::uint8_t>(check.corrected_bits);
        const auto code =
            std::find_if(data.ecc.corrected.begin(), data.ecc.corrected.end(),
                         [&](const SpiNandEccCode& c) { return check.corrected_bits <= c.errors; });
        latches.ecc_code =
            static_cast<std::uint8_t>(check.uncorrectable ? data.ecc.uncorrectable : code->code);
    }
    std::copy_n(image.begin(), cache().size(), cache().begin());
    begin(SpiNandBusy::kReading, ecc_enabled() ? data.times.read_page : data.times.read_page_raw,
          access);
    const std::uint32_t buffered = data.features.buffer_read;
    if (buffered != 0 && (latches.configuration & buffered) == 0) {
        report_violation(access.rules, "spi-nand-continuous-read", data.name, row,
                         kNandSourceBuffer,
                         "%s: page 0x%04X is read with BUF = 0: continuous read is not modelled, "
                         "the page is read to the cache",
                         data.name.c_str(), row);
    }
}

// Enabled, unlocked, not bad as delivered. `failed`: the flag of the status register.
bool SpiNand::Impl::may_change(std::uint32_t row, const char* what, std::uint8_t& failed,
                               AccessContext& access)
{
    if (latches.write_enabled == 0) {
        report_violation(access.rules, "spi-nand-not-enabled", data.name, row, kNandSourceLock,
                         "%s: %s of page 0x%04X without WEL: ignored", data.name.c_str(), what,
                         row);
        return false;
    }
    latches.program_failed = 0;
    latches.erase_failed = 0;
    if ((latches.lock & data.features.lock_bits) != 0) {
        failed = 1;
        latches.write_enabled = 0;
        report_violation(access.rules, "spi-nand-locked", data.name, row, kNandSourceLock,
                         "%s: %s of page 0x%04X while block lock is 0x%02X: refused",
                         data.name.c_str(), what, row, unsigned{latches.lock});
        return false;
    }
    const std::uint32_t block = row / data.geometry.pages_per_block;
    if (is_listed(factory_bad, block)) {
        failed = 1;
        latches.write_enabled = 0;
        report_violation(access.rules, "spi-nand-bad-block", data.name, row, kNandSourceBadBlock,
                         "%s: %s in block %u, which was bad as delivered: it fails",
                         data.name.c_str(), what, block);
        return false;
    }
    return true;
}

bool SpiNand::Impl::is_written(std::uint32_t first_row, std::uint32_t row_count) const
{
    const std::uint64_t offset = NandPages::offset_of(first_row);
    const std::uint64_t byte_count = std::uint64_t{row_count} * NandPages::kStrideBytes;
    return !cells->is_erased(offset, byte_count) ||
           cells->most_writes_since_erase(offset, byte_count) > 0;
}

// Rules on programs; those that break them are carried out all the same. A page whose data bytes
// stay erased is a mark: those go to the first page of a block whenever it turns bad.
void SpiNand::Impl::check_program(std::uint32_t row, AccessContext& access) const
{
    const std::uint64_t offset = NandPages::offset_of(row);
    const auto new_data = std::span<const std::uint8_t>(image).first(data.geometry.page_bytes);
    const std::uint32_t per_block = data.geometry.pages_per_block;
    const std::uint32_t pages_after = per_block - 1 - row % per_block;
    if (pages_after > 0 && !all_ones(new_data) && is_written(row + 1, pages_after)) {
        report_violation(access.rules, "spi-nand-page-order", data.name, row, kNandSourceProgram,
                         "%s: page 0x%04X is programmed after a later page of its block",
                         data.name.c_str(), row);
    }
    if (cells->writes_since_erase(offset) >= data.programs.partial_programs_max) {
        report_violation(access.rules, "spi-nand-partial-programs", data.name, row,
                         kNandSourceProgram,
                         "%s: page 0x%04X is programmed more than %u times between erases",
                         data.name.c_str(), row, data.programs.partial_programs_max);
    }
    for (std::uint32_t sector = 0; ecc_enabled() && sector < NandPages::kSectors; ++sector) {
        const std::uint32_t column = sector * NandPages::kSectorBytes;
        const bool again = !all_ones(new_data.subspan(column, NandPages::kSectorBytes)) &&
                           !cells->is_erased(offset + column, NandPages::kSectorBytes);
        if (again) {
            report_violation(access.rules, "spi-nand-sector-again", data.name, row,
                             kNandSourceProgram,
                             "%s: bytes %u to %u of page 0x%04X are programmed again: their parity "
                             "becomes the AND of two codewords",
                             data.name.c_str(), column, column + NandPages::kSectorBytes - 1, row);
        }
    }
}

bool SpiNand::Impl::admitted(OperationKind kind, std::uint32_t row, std::uint32_t byte_count,
                             const PartTime& time, AccessContext& access) const
{
    OperationBatch batch;
    batch.kind = kind;
    batch.device = device;
    batch.offset = NandPages::offset_of(row);
    batch.unit_bytes = byte_count;
    batch.start = access.now;
    batch.duration = duration(time);
    if (kind == OperationKind::kProgramPage) {
        batch.data = image;
    }
    return access.supply.admit(batch) > 0;
}

void SpiNand::Impl::program_page(std::uint32_t row, AccessContext& access)
{
    if (!may_change(row, "program", latches.program_failed, access)) {
        return;
    }
    std::fill(image.begin(), image.end(), std::uint8_t{0xFF});
    std::copy(cache().begin(), cache().end(), image.begin());
    if (ecc_enabled()) {
        pages.protect(image);
    }
    check_program(row, access);
    if (is_listed(options.failing_programs, row / data.geometry.pages_per_block)) {
        const std::vector<std::uint8_t> blank(data.geometry.page_bytes, 0xFF);
        std::copy(blank.begin(), blank.end(), image.begin());
        pages.protect(image);
        latches.program_failed = 1;
    }
    if (!admitted(OperationKind::kProgramPage, row, pages.stored_bytes(), data.times.program_page,
                  access)) {
        return;
    }
    cells->program(NandPages::offset_of(row), image);
    begin(SpiNandBusy::kProgramming, data.times.program_page, access);
}

void SpiNand::Impl::erase_block(std::uint32_t row, AccessContext& access)
{
    if (!may_change(row, "erase", latches.erase_failed, access)) {
        return;
    }
    const std::uint32_t byte_count = data.geometry.pages_per_block * NandPages::kStrideBytes;
    if (is_listed(options.failing_erases, row / data.geometry.pages_per_block)) {
        latches.erase_failed = 1;
    } else {
        if (!admitted(OperationKind::kEraseSector, row, byte_count, data.times.erase_block,
                      access)) {
            return;
        }
        cells->erase(NandPages::offset_of(row), byte_count);
    }
    begin(SpiNandBusy::kErasing, data.times.erase_block, access);
}

void SpiNand::Impl::set_feature(AccessContext& access)
{
    if (data_count == 0) {
        return;
    }
    switch (address & 0xFFu) {
    case nand_feature::kLock:
        latches.lock = feature_data;
        break;
    case nand_feature::kConfiguration:
        latches.configuration = feature_data;
        break;
    default:
        report_violation(access.rules, "spi-nand-feature", data.name, address & 0xFFu,
                         kNandSourceLock, "%s: feature 0x%02X cannot be set: ignored",
                         data.name.c_str(), address & 0xFFu);
        break;
    }
}

// What was in flight is complete here; features keep their values.
void SpiNand::Impl::reset_command(AccessContext& access)
{
    const SpiNandBusy interrupted = oip(access.now) ? latches.busy : SpiNandBusy::kNothing;
    latches.write_enabled = 0;
    latches.erase_failed = 0;
    latches.program_failed = 0;
    latches.ecc_code = 0;
    latches.corrected_bits = 0;
    begin(SpiNandBusy::kResetting,
          interrupted == SpiNandBusy::kErasing       ? data.times.reset_erase
          : interrupted == SpiNandBusy::kProgramming ? data.times.reset_program
                                                     : data.times.reset_idle,
          access);
}

}  // namespace brownout::models
