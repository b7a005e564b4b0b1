#include "check_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// What a scenario itself says must hold, under a name of its own.
class Custom final : public Check {
public:
    Custom(const CustomCheck& rule, const ScenarioMachine& machine) : rule_(rule), machine_(machine)
    {
    }
    std::string_view name() const override { return rule_.name; }

    std::string_view verifies() const override
    {
        return "What the scenario says: which images may start, what partitions hold at every "
               "reset, which errors the log must lack.";
    }

    std::string_view does_not_verify() const override { return "Anything else."; }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (rule_.once_confirmed && !node.story.confirmed) {
            return std::nullopt;
        }
        if (!rule_.boots.empty() && node.facts.outcome == OutcomeKind::kHandedOver &&
            !is_allowed(node.facts.image)) {
            return "this may not be started: " + node.facts.text;
        }
        for (const ExpectedContent& content : rule_.holds) {
            if (!holds(node.state, content)) {
                return fmt::format("at reset, {} does not hold {}", content.partition,
                                   content.image.empty() ? "erased flash" : content.image);
            }
        }
        for (const Expected& part : rule_.errors_lack) {
            for (const std::string& line : node.facts.errors) {
                if (line.find(part.text) != std::string::npos) {
                    return "the log has: " + line;
                }
            }
        }
        return std::nullopt;
    }

private:
    bool is_allowed(std::int32_t image) const
    {
        return image >= 0 &&
               std::any_of(rule_.boots.begin(), rule_.boots.end(), [&](const Expected& allowed) {
                   return machine_.images()[static_cast<std::size_t>(image)].name == allowed.text;
               });
    }

    bool holds(const MachineState& state, const ExpectedContent& content) const
    {
        const AreaPlan* const area = machine_.machine().area(content.partition);
        if (content.image.empty()) {
            return state.devices[area->device].is_erased(area->offset_bytes, area->size_bytes);
        }
        const auto image = machine_.image_in(state, *area);
        return image && machine_.images()[*image].name == content.image;
    }

    CustomCheck rule_;
    const ScenarioMachine& machine_;
};

}  // namespace

std::unique_ptr<Check> make_custom(const CustomCheck& rule, const ScenarioMachine& machine)
{
    return std::make_unique<Custom>(rule, machine);
}

}  // namespace brownout::sim
