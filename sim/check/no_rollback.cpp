#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class NoRollback final : public Check {
public:
    std::string_view name() const override { return "no-rollback"; }

    std::string_view verifies() const override
    {
        return "Where boot: downgrade asks for it, no boot starts an image with a lower version, "
               "or a lower security counter, than the one that ran for good.";
    }

    std::string_view does_not_verify() const override
    {
        return "A test image may be newer and revert: only what is confirmed or permanent counts. "
               "Images other than image 0; counters in hardware.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (!node.facts.goes_back) {
            return std::nullopt;
        }
        return "an older image is started than the configuration allows: " + node.facts.text;
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        const bool settled = node.story.confirmed || (node.story.permanent && node.story.ran_new);
        const bool new_stays = settled && !node.story.refused;
        return expect_boots(machine, new_stays ? node.story.new_image : node.story.old_image);
    }
};

}  // namespace

std::unique_ptr<Check> make_no_rollback()
{
    return std::make_unique<NoRollback>();
}

}  // namespace brownout::sim
