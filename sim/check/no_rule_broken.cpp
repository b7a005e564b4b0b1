#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class NoRuleBroken final : public Check {
public:
    std::string_view name() const override { return "no-device-rule-broken"; }

    std::string_view verifies() const override
    {
        return "No boot asks a device for something that its data sheet forbids.";
    }

    std::string_view does_not_verify() const override
    {
        return "Rules that the models do not have: see models/STATUS.md.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.violations.empty()) {
            return std::nullopt;
        }
        const Violation& first = node.facts.violations.front();
        return first.rule + ": " + first.text + " (" + first.source + ")";
    }

    ExpectStep expectation(const Graph&, const Node&, const ScenarioMachine&) const override
    {
        ExpectStep expect;
        expect.violations = std::vector<Expected>{};
        return expect;
    }
};

}  // namespace

std::unique_ptr<Check> make_no_rule_broken()
{
    return std::make_unique<NoRuleBroken>();
}

}  // namespace brownout::sim
