// T7, NAND torn page: a page program that was cut reads as one of several things later.
//
// Why: DAC11 found interrupted programs that read correctly at first and fail later; single-level
// cells keep their neighbours. A NAND model counts marginal bits of a codeword as raw bit errors:
//   0  uncorrectable: more of them in every codeword than any ECC here corrects
//   1  correctable now: programmed, one marginal bit in every codeword, within 1-bit ECC
//   2  reads erased: nothing certain, one marginal bit in every codeword
// (still erased and fully good are the cuts before and after it). 512-byte codewords, as in
// W25N01GV and GD5F parts.
#include "tears/tear_models.hpp"

#include <algorithm>

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kNandPageOutcomes = 3;
constexpr std::uint32_t kNandPageCodewordBytes = 512;
constexpr std::uint32_t kUncorrectableBits = 16;  // ECC of the parts here: 1 to 8 bits

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
        if (outcome.number != 2) {
            cells.program(operation.offset, operation.data);
        }
        const std::uint32_t bits = outcome.number == 0 ? kUncorrectableBits : 1;
        weaken_codewords(cells, operation.offset, operation.byte_count, kNandPageCodewordBytes,
                         bits, hash);
    }
};

}  // namespace

const TearModel& nand_page_tear()
{
    static const NandPageTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
