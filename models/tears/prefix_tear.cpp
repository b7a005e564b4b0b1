// T2, prefix: the first bytes of a page program are done, the rest is old.
//
// Why: NVMC writes are serial, word by word; page buffers of SPI NOR parts are filled byte by byte.
// Other simulators (Tardigrade's power loss in a write) tear this way. A word is the unit of an
// NVMC write and is not split here (monotone-subset does that): between the words of one call the
// exploration cuts, as many times as samples are asked for.
// Not for NAND, whose page is programmed at once.
#include "tears/tear_models.hpp"

#include <algorithm>

namespace brownout::models::tears {

namespace {

class PrefixTear final : public TearModel {
public:
    std::string_view name() const override { return "prefix"; }
    std::string_view leaves() const override { return "the first bytes of a write"; }
    std::string_view source() const override
    {
        return "serial word writes (nRF52840 PS, NVMC); page buffers filled byte by byte";
    }
    std::uint32_t default_samples() const override { return 3; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        const bool applies =
            operation.kind == OperationKind::kProgramPage && operation.byte_count > 1;
        return applies ? std::min(samples, operation.byte_count - 1) : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash&) const override
    {
        const std::uint64_t done =
            std::uint64_t{operation.byte_count} * (outcome.number + 1) / (outcome.count + 1);
        const auto length = static_cast<std::uint32_t>(
            std::clamp<std::uint64_t>(done, 1, operation.byte_count - 1));
        cells.program(operation.offset, operation.data.first(length));
    }
};

}  // namespace

const TearModel& prefix_tear()
{
    static const PrefixTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
