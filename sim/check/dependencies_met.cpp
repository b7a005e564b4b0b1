#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class DependenciesMet final : public Check {
public:
    std::string_view name() const override { return "dependencies-are-met"; }

    std::string_view verifies() const override
    {
        return "With several images: whenever one is started, the primary slots, and the slot of "
               "the network core, together hold what the dependency TLVs of each image in them ask "
               "for.";
    }

    std::string_view does_not_verify() const override
    {
        return "Strategies that start either slot (direct-xip, ram-load); images that are none of "
               "the scenario's; a half-written network image (network-core-runs-a-whole-image "
               "does).";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.unmet_dependency.empty()) {
            return std::nullopt;
        }
        return "a combination is started that does not fit together: " +
               node.facts.unmet_dependency;
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        return expect_boots(machine, node.story.old_image >= 0 ? node.story.old_image
                                                               : node.story.new_image);
    }
};

}  // namespace

std::unique_ptr<Check> make_dependencies_met()
{
    return std::make_unique<DependenciesMet>();
}

}  // namespace brownout::sim
