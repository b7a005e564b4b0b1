// T6, collateral: a cut in a program also takes a few bits of other pages in its sector away from
// the erased level.
//
// Why: SST26 data sheets warn that a power loss in a program may spoil the whole sector; program
// voltage reaches other cells on the same word and bit lines (TI SLAA392). How many bits: an
// assumption. The operation itself is half done, as in monotone-subset.
#include "tears/tear_models.hpp"

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kDisturbedBits = 3;

class CollateralTear final : public TearModel {
public:
    std::string_view name() const override { return "collateral"; }
    std::string_view leaves() const override
    {
        return "half of a write, and bits of the same sector disturbed";
    }
    std::string_view source() const override { return "SST26 data sheets; TI SLAA392"; }
    std::uint32_t default_samples() const override { return 1; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        const bool applies = is_program(operation) && operation.sector_bytes > operation.byte_count;
        return applies ? samples : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        program_changed_bits(cells, operation, 128, hash);
        disturb_bits(cells, operation.sector_offset, operation.sector_bytes, operation,
                     kDisturbedBits, operation.sector_offset + outcome.number, hash);
    }
};

}  // namespace

const TearModel& collateral_tear()
{
    static const CollateralTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
