#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class ConfirmedStays final : public Check {
public:
    std::string_view name() const override { return "confirmed-image-stays"; }

    std::string_view verifies() const override
    {
        return "After the confirmation, or a permanent upgrade, every later boot starts the new "
               "image.";
    }

    std::string_view does_not_verify() const override { return "Later upgrades."; }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        const bool applies =
            (node.story.confirmed || (node.story.permanent && node.story.ran_new)) &&
            node.story.new_image >= 0;
        if (!applies || node.facts.outcome != OutcomeKind::kHandedOver ||
            node.facts.image == node.story.new_image) {
            return std::nullopt;
        }
        return "the new image does not stay: " + node.facts.text;
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        return expect_boots(machine, node.story.new_image);
    }
};

}  // namespace

std::unique_ptr<Check> make_confirmed_stays()
{
    return std::make_unique<ConfirmedStays>();
}

}  // namespace brownout::sim
