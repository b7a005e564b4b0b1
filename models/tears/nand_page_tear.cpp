// T7, NAND torn page: a page program that was cut reads as one of several things later.
//
// Why: DAC11 found interrupted programs that read correctly at first and fail later; single-level
// cells keep their neighbours. The NAND model keeps data and parity in cells and corrects what it
// reads, so bits are all that is torn:
//   0  half of the bits are programmed: more are wrong than any ECC here corrects
//   1  correctable now: programmed, one marginal bit in every 512 bytes, within 1-bit ECC
//   2  reads erased: nothing programmed, one marginal bit in every 512 bytes
// (still erased and fully good are the cuts before and after it).
#include "tears/tear_models.hpp"

#include <algorithm>

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kNandPageOutcomes = 3;
constexpr std::uint32_t kNandPageCodewordBytes = 512;

class NandPageTear final : public TearModel {
public:
    std::string_view name() const override { return "nand-page"; }
    std::string_view leaves() const override
    {
        return "a NAND page that is uncorrectable, fragile or unclear";
    }
    std::string_view source() const override { return "DAC11; W25N01GV ECC"; }
    std::uint32_t default_samples() const override { return kNandPageOutcomes; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        return operation.kind == OperationKind::kProgramPage ? std::min(samples, kNandPageOutcomes)
                                                             : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        if (outcome.number == 0) {
            program_changed_bits(cells, operation, 128, hash);
            return;
        }
        if (outcome.number == 1) {
            cells.program(operation.offset, operation.data);
        }
        weaken_codewords(cells, operation.offset, operation.byte_count, kNandPageCodewordBytes, 1,
                         hash);
    }
};

}  // namespace

const TearModel& nand_page_tear()
{
    static const NandPageTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
