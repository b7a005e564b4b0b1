// T9, write budget: a unit that is programmed more often between erases than the data sheet allows
// drifts: it and bits near it leave the erased level.
//
// Why: nWRITE and nWRITE,BLOCK of the nRF52840's NVMC; reports of other bits of a block drifting
// (DevZone 26382). Only programs beyond the limit are torn. How far "near" is: an assumption (512
// bytes, the block of nWRITE,BLOCK).
// Not modelled: the delay; bits that drift long after.
#include "tears/tear_models.hpp"

#include <algorithm>

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kWriteBudgetBlockBytes = 512;
constexpr std::uint32_t kDriftingBits = 4;

class WriteBudgetTear final : public TearModel {
public:
    std::string_view name() const override { return "write-budget"; }
    std::string_view leaves() const override
    {
        return "bits drifting around a unit that is written too often";
    }
    std::string_view source() const override { return "nRF52840 PS, nWRITE; DevZone 26382"; }
    std::uint32_t default_samples() const override { return 1; }

    std::uint32_t outcomes(const FlashArray& cells, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        const FlashGeometry& geometry = cells.geometry();
        const bool counted = is_program(operation) && geometry.count_unit_bytes != 0;
        const bool exceeds =
            counted && cells.most_writes_since_erase(operation.offset, operation.byte_count) >=
                           geometry.write_count_limit;
        return exceeds ? samples : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        cells.program(operation.offset, operation.data);
        const std::uint64_t block =
            operation.offset / kWriteBudgetBlockBytes * kWriteBudgetBlockBytes;
        const auto length = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(kWriteBudgetBlockBytes, cells.geometry().size_bytes - block));
        TornOperation nothing;  // the unit itself drifts too
        disturb_bits(cells, block, length, nothing, kDriftingBits, block + outcome.number, hash);
    }
};

}  // namespace

const TearModel& write_budget_tear()
{
    static const WriteBudgetTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
