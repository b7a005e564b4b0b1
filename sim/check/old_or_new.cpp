#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class OldOrNew final : public Check {
public:
    std::string_view name() const override { return "old-or-new-never-a-mix"; }

    std::string_view verifies() const override
    {
        return "What is started is, byte for byte over header, payload and TLVs, the old image or "
               "the new one.";
    }

    std::string_view does_not_verify() const override
    {
        return "Bytes behind the TLVs; the slot that is not started.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.outcome != OutcomeKind::kHandedOver) {
            return std::nullopt;  // always-boots-an-authentic-image says so
        }
        const bool known = node.facts.image >= 0 && (node.facts.image == node.story.old_image ||
                                                     node.facts.image == node.story.new_image);
        if (known) {
            return std::nullopt;
        }
        return "what is started is neither the old nor the new image: " + node.facts.text;
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        return expect_boots(machine, node.story.old_image >= 0 ? node.story.old_image
                                                               : node.story.new_image);
    }
};

}  // namespace

std::unique_ptr<Check> make_old_or_new()
{
    return std::make_unique<OldOrNew>();
}

}  // namespace brownout::sim
