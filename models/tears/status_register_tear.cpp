// T12, status register: a cut while a SPI NOR part writes its status and configuration registers
// leaves the bits that it keeps over a loss of power at anything.
//
// Why: tW is long (up to 30 ms, MX25R6435F) because these bits are cells that are erased and
// programmed; the old value is not safe meanwhile. No vendor's text was found: an assumption.
// Outcomes: 0 every kept bit 0 (quad enable lost, nothing protected), 1 every kept bit 1 (all of
// the array protected, the registers locked where WP# is low), others drawn bit by bit. The old
// value and the new one are what the cuts before and after the operation leave.
// Not modelled: bits that are marginal; UICR of a SoC; features of NAND parts, which are volatile.
#include "tears/tear_models.hpp"

#include <models/assert.hpp>
#include <models/part_state.hpp>
#include <models/spi_nor_data.hpp>

#include <algorithm>

namespace brownout::models {

namespace tears {

namespace {

class StatusRegisterTear final : public TearModel {
public:
    std::string_view name() const override { return "status-register"; }
    std::string_view leaves() const override { return "kept bits of a status register at random"; }
    std::string_view source() const override { return "tW up to 30 ms; an assumption"; }
    std::uint32_t default_samples() const override { return 4; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        return operation.kind == OperationKind::kWriteStatus ? samples : 0;
    }

    // Its registers are not cells.
    void apply(FlashArray&, const TornOperation&, TearOutcome, const CellHash&) const override {}
};

}  // namespace

const TearModel& status_register_tear()
{
    static const StatusRegisterTear kModel;
    return kModel;
}

}  // namespace tears

void tear_status_registers(const SpiNorStatus& status, PartState& part, std::uint32_t first,
                           std::uint32_t count, TearOutcome outcome, const CellHash& hash)
{
    BROWNOUT_ASSERT(std::size_t{first} + count <= status.registers.size());
    // A part as delivered has none.
    std::vector<std::uint8_t> registers = part.kept;
    if (registers.empty()) {
        for (const SpiNorRegister& info : status.registers) {
            registers.push_back(info.delivered);
        }
    }
    for (std::uint32_t i = first; i < first + count; ++i) {
        const std::uint8_t kept = status.registers[i].kept;
        const std::uint64_t drawn = hash.of(std::uint64_t{outcome.number} << 8 | i);
        const std::uint64_t bits = outcome.number == 0 ? 0 : outcome.number == 1 ? 0xFF : drawn;
        registers[i] = static_cast<std::uint8_t>((registers[i] & ~kept) | (bits & kept));
    }
    const bool as_delivered = std::equal(
        registers.begin(), registers.end(), status.registers.begin(),
        [](std::uint8_t value, const SpiNorRegister& info) { return value == info.delivered; });
    part.kept = as_delivered ? std::vector<std::uint8_t>{} : std::move(registers);
}

}  // namespace brownout::models
