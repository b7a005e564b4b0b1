#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class UnconfirmedReverts final : public Check {
public:
    std::string_view name() const override { return "unconfirmed-image-reverts"; }

    std::string_view verifies() const override
    {
        return "After a test image ran once without being confirmed, every later boot starts the "
               "old one.";
    }

    std::string_view does_not_verify() const override
    {
        return "Permanent requests; what the application does by itself.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        const bool applies = node.story.ran_new && !node.story.confirmed &&
                             !node.story.confirming && !node.story.permanent &&
                             node.story.old_image >= 0;
        if (!applies || node.facts.outcome != OutcomeKind::kHandedOver ||
            node.facts.image == node.story.old_image) {
            return std::nullopt;
        }
        return "the unconfirmed image stays: " + node.facts.text;
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        return expect_boots(machine, node.story.old_image);
    }
};

}  // namespace

std::unique_ptr<Check> make_unconfirmed_reverts()
{
    return std::make_unique<UnconfirmedReverts>();
}

}  // namespace brownout::sim
