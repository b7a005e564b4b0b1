#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class ComesToRest final : public Check {
public:
    std::string_view name() const override { return "comes-to-rest"; }
    bool looks_ahead() const override { return true; }

    std::string_view verifies() const override
    {
        return "From every state, uncut boots reach one that changes nothing any more.";
    }

    std::string_view does_not_verify() const override
    {
        return "Erases and writes that leave the same bytes: a boot may wear flash for ever.";
    }

    std::optional<std::string> judge(const Graph& graph, const Node& node) const override
    {
        const auto index = static_cast<std::uint32_t>(&node - graph.nodes.data());
        if (boots_to_rest(graph, index)) {
            return std::nullopt;
        }
        return "boots go on changing the flash for ever";
    }
};

}  // namespace

std::optional<std::uint32_t> boots_to_rest(const Graph& graph, std::uint32_t start)
{
    std::uint32_t node = start;
    // A chain longer than the graph has come back to a node that it passed before.
    for (std::uint32_t boots = 0; boots <= graph.nodes.size(); ++boots) {
        const std::uint32_t next = graph.nodes[node].next;
        if (next == kNoNode || next == node) {
            return boots;
        }
        node = next;
    }
    return std::nullopt;
}

std::unique_ptr<Check> make_comes_to_rest()
{
    return std::make_unique<ComesToRest>();
}

}  // namespace brownout::sim
