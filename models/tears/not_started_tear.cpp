// T1, atomic: the operation did not happen; that it did is the cut after it.
//
// The baseline of other tools (littlefs emubd cuts between operations), and exact for a SPI command
// whose chip select never rose: the part does not execute it.
#include "tears/tear_models.hpp"

namespace brownout::models::tears {

namespace {

class NotStartedTear final : public TearModel {
public:
    std::string_view name() const override { return "not-started"; }
    std::string_view leaves() const override { return "nothing of the operation"; }
    std::string_view source() const override { return "SPI parts: no CS# edge, no operation"; }
    std::uint32_t default_samples() const override { return 0; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation&, std::uint32_t) const override
    {
        return 0;
    }
    void apply(FlashArray&, const TornOperation&, TearOutcome, const CellHash&) const override {}
};

}  // namespace

const TearModel& not_started_tear()
{
    static const NotStartedTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
