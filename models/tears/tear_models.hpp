// The tear models, one per file, and what they share.
#pragma once

#include <models/tears.hpp>

#include <cstdint>
#include <vector>

namespace brownout::models::tears {

const TearModel& not_started_tear();
const TearModel& prefix_tear();
const TearModel& monotone_subset_tear();
const TearModel& marginal_bits_tear();
const TearModel& erase_phases_tear();
const TearModel& collateral_tear();
const TearModel& write_budget_tear();
const TearModel& nand_page_tear();
const TearModel& nand_erase_tear();
const TearModel& bus_error_tear();
const TearModel& status_register_tear();

inline bool is_program(const TornOperation& operation)
{
    return operation.kind == OperationKind::kProgramWord ||
           operation.kind == OperationKind::kProgramPage;
}

inline bool is_erase(const TornOperation& operation)
{
    return operation.kind == OperationKind::kEraseSector ||
           operation.kind == OperationKind::kEraseChip;
}

// 256ths of the operation that are over in an outcome; never 0 or 256.
inline std::uint32_t progress_of(TearOutcome outcome)
{
    const std::uint32_t progress = (outcome.number + 1) * 256u / (outcome.count + 1);
    return progress == 0 ? 1 : progress;
}

// Bytes before the operation, and what it would leave.
struct Target {
    std::vector<std::uint8_t> old;
    std::vector<std::uint8_t> wanted;
};
Target target_of(const FlashArray& cells, const TornOperation& operation);

// Programs the bits of `operation` that have changed at `progress`.
void program_changed_bits(FlashArray& cells, const TornOperation& operation, std::uint32_t progress,
                          const CellHash& hash);

// Moves `bits` bits of [offset, offset + byte_count) away from the erased level, outside of
// `operation`; which ones is up to `hash` and `salt`.
void disturb_bits(FlashArray& cells, std::uint64_t offset, std::uint32_t byte_count,
                  const TornOperation& operation, std::uint32_t bits, std::uint64_t salt,
                  const CellHash& hash);

// Makes `bits` bits of each `codeword_bytes` of [offset, offset + byte_count) marginal.
void weaken_codewords(FlashArray& cells, std::uint64_t offset, std::uint32_t byte_count,
                      std::uint32_t codeword_bytes, std::uint32_t bits, const CellHash& hash);

}  // namespace brownout::models::tears
