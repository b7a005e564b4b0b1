#include "torn_state.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

// The erase unit of `device` that holds `offset`.
void place_in_sector(const DevicePlan& device, models::TornOperation& operation)
{
    std::uint64_t run_start = 0;
    for (const SectorRun& run : device.sectors) {
        const std::uint64_t run_bytes = std::uint64_t{run.size_bytes} * run.count;
        if (operation.offset < run_start + run_bytes) {
            const std::uint64_t into = (operation.offset - run_start) % run.size_bytes;
            operation.sector_offset = operation.offset - into;
            operation.sector_bytes = run.size_bytes;
            return;
        }
        run_start += run_bytes;
    }
}

// NAND is torn by pages and blocks alone: no prefixes, no pre-programming, no neighbours. Commands
// on a bus and status registers are those of SPI NOR parts.
bool suits(const DevicePlan& device, models::TearKind kind)
{
    const bool is_nand = device.controller == ControllerKind::kSpiNand;
    const bool is_nor = device.controller == ControllerKind::kSpiNor ||
                        device.controller == ControllerKind::kQspiNor;
    switch (kind) {
    case models::TearKind::kNotStarted:
    case models::TearKind::kNandPage:
    case models::TearKind::kNandErase:
        return true;
    case models::TearKind::kBusError:
    case models::TearKind::kStatusRegister:
        return is_nor;
    case models::TearKind::kPrefix:
    case models::TearKind::kMonotoneSubset:
    case models::TearKind::kMarginalBits:
    case models::TearKind::kErasePhases:
    case models::TearKind::kCollateral:
    case models::TearKind::kWriteBudget:
        break;
    }
    return !is_nand;
}

}  // namespace

models::TornOperation torn_operation(const BoardPlan& board, const models::OperationBatch& batch)
{
    models::TornOperation operation;
    operation.kind = batch.kind;
    operation.offset = batch.offset;
    operation.byte_count = batch.unit_bytes;
    operation.data = batch.data.first(std::min<std::size_t>(batch.data.size(), batch.unit_bytes));
    place_in_sector(board.devices[batch.device], operation);
    return operation;
}

std::uint32_t tear_outcomes(const BoardPlan& board, const MachineState& state,
                            const models::OperationBatch& batch, models::TearKind kind,
                            std::uint32_t samples)
{
    const models::TornOperation operation = torn_operation(board, batch);
    const models::FlashArray& cells = state.devices[batch.device];
    const bool touches_cells =
        suits(board.devices[batch.device], kind) && operation.byte_count > 0 &&
        operation.offset + operation.byte_count <= cells.geometry().size_bytes &&
        (operation.data.size() == operation.byte_count ||
         batch.kind == models::OperationKind::kEraseSector ||
         batch.kind == models::OperationKind::kEraseChip);
    return touches_cells ? models::tear_model(kind).outcomes(cells, operation, samples) : 0;
}

bool tear_state(const BoardPlan& board, MachineState& state, const models::OperationBatch& batch,
                const CutTear& tear)
{
    const std::uint32_t outcomes = tear_outcomes(board, state, batch, tear.kind, tear.samples);
    if (tear.sample >= outcomes) {
        return false;
    }
    const models::CellHash hash(tear.seed, tear.kind, batch.device);
    const models::TearOutcome outcome{tear.sample, outcomes};
    if (tear.kind == models::TearKind::kStatusRegister) {
        models::tear_status_registers(
            board.devices[batch.device].external->nor.status, state.parts[batch.device],
            static_cast<std::uint32_t>(batch.offset), batch.unit_bytes, outcome, hash);
        return true;
    }
    models::tear_model(tear.kind).apply(state.devices[batch.device], torn_operation(board, batch),
                                        outcome, hash);
    return true;
}

}  // namespace brownout::sim
