// T3, monotone subset: each bit that was to change has changed or not, none outside of the word or
// page has.
//
// Why: linux-mtd's advice is to assume that bits of an interrupted program go from 1 to 0 in any
// order; it is legal for NOR cells and covers torn words of fields and checksums. On devices that
// overwrite (RRAM), bits change in both directions.
// Outcome i of n is the state at (i + 1) / (n + 1) of the operation. Samples see one order of the
// bits of every cell; another seed is another order.
// Not modelled: the second word that READYNEXT buffers.
#include "tears/tear_models.hpp"

namespace brownout::models::tears {

namespace {

class MonotoneSubsetTear final : public TearModel {
public:
    std::string_view name() const override { return "monotone-subset"; }
    std::string_view leaves() const override { return "some of the bits that were to change"; }
    std::string_view source() const override { return "linux-mtd 026433; NOR cells"; }
    std::uint32_t default_samples() const override { return 3; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        return is_program(operation) ? samples : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        program_changed_bits(cells, operation, progress_of(outcome), hash);
    }
};

}  // namespace

const TearModel& monotone_subset_tear()
{
    static const MonotoneSubsetTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
