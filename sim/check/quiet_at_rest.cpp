#include "check_rules.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

class QuietAtRest final : public Check {
public:
    std::string_view name() const override { return "quiet-at-rest"; }
    bool looks_ahead() const override { return true; }

    std::string_view verifies() const override
    {
        return "A boot that leaves everything as it was writes and erases nothing on the way: a "
               "device that only starts does not wear its flash.";
    }

    std::string_view does_not_verify() const override
    {
        return "Boots that change something: see comes-to-rest and the budgets.";
    }

    std::optional<std::string> judge(const Graph& graph, const Node& node) const override
    {
        const auto index = static_cast<std::uint32_t>(&node - graph.nodes.data());
        if (node.next != index || node.facts.operations == 0) {
            return std::nullopt;
        }
        return fmt::format("every boot does {} flash operations that change nothing",
                           node.facts.operations);
    }
};

}  // namespace

std::unique_ptr<Check> make_quiet_at_rest()
{
    return std::make_unique<QuietAtRest>();
}

}  // namespace brownout::sim
