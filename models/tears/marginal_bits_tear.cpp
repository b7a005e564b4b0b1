// T4, marginal bits: of the bits that were to change some have, and some are between the levels.
//
// Why: UBI treats erased pages with bit-flips as needing an erase; interrupted programs leave data
// that reads differently later (DAC11, power cuts on flash). It breaks blank checks, reading twice
// to compare, and check-then-use.
// A marginal bit has a level for each power-on (draw_marginal_levels) and keeps it until the next:
// the variant "stable per power cycle". It stays marginal until it is erased or programmed.
// Not modelled: bits that differ from read to read within one boot.
#include "tears/tear_models.hpp"

namespace brownout::models::tears {

namespace {

class MarginalBitsTear final : public TearModel {
public:
    std::string_view name() const override { return "marginal-bits"; }
    std::string_view leaves() const override { return "bits without a certain level"; }
    std::string_view source() const override { return "UBI; DAC11 on interrupted programs"; }
    std::uint32_t default_samples() const override { return 1; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        return is_program(operation) ? samples : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        constexpr std::uint32_t kWindow = 64;  // a quarter of the operation on each side
        const std::uint32_t middle = progress_of(outcome);
        const Target target = target_of(cells, operation);
        const std::uint32_t begin = middle > kWindow ? middle - kWindow : 0;
        program_changed_bits(cells, operation, begin, hash);
        std::vector<std::uint8_t> masks(operation.byte_count);
        for (std::uint32_t i = 0; i < operation.byte_count; ++i) {
            const std::uint64_t at = operation.offset + i;
            const std::uint32_t between = static_cast<std::uint32_t>(
                hash.changed_bits(at, middle + kWindow) & ~hash.changed_bits(at, begin));
            masks[i] = static_cast<std::uint8_t>(between & (target.old[i] ^ target.wanted[i]));
        }
        cells.set_marginal(operation.offset, masks);
    }
};

}  // namespace

const TearModel& marginal_bits_tear()
{
    static const MarginalBitsTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
