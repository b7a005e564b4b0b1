#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class UpdateCompletes final : public Check {
public:
    std::string_view name() const override { return "requested-update-completes"; }

    std::string_view verifies() const override
    {
        return "Once the request is complete, the first boot that is not cut starts the new image.";
    }

    std::string_view does_not_verify() const override
    {
        return "Requests that the bootloader must refuse (no authentic new image, an older one "
               "where that is prevented, one that lacks another image).";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        const bool applies = node.story.requested && !node.story.ran_new && !node.story.refused &&
                             node.story.new_image >= 0;
        if (!applies || node.facts.outcome != OutcomeKind::kHandedOver ||
            node.facts.image == node.story.new_image) {
            return std::nullopt;
        }
        return "the requested image is not started: " + node.facts.text;
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        return expect_boots(machine, node.story.new_image);
    }
};

}  // namespace

std::unique_ptr<Check> make_update_completes()
{
    return std::make_unique<UpdateCompletes>();
}

}  // namespace brownout::sim
