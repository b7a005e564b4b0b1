#include <sim/state_graph.hpp>

#include <sim/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace brownout::sim {

namespace {

constexpr std::size_t kDrawnSingly = 40;  // so many states are drawn one by one
constexpr std::size_t kDrawnMax = 150;    // more cannot be read: depths are drawn as one

// What makes states look alike. The last member keeps those apart that are drawn singly.
using Look =
    std::tuple<std::uint32_t, std::uint64_t, bool, bool, std::string, std::string, std::uint32_t>;

class StateGraphBuilder {
public:
    StateGraphBuilder(const ScenarioMachine& machine, const Exploration& exploration,
                      const Graph& graph)
        : machine_(machine), graph_(graph), on_way_(graph.nodes.size(), false)
    {
        for (const Finding& finding : exploration.findings) {
            for (std::uint32_t node = finding.node; node != kNoNode;
                 node = graph.nodes[node].parent) {
                on_way_[node] = true;
            }
        }
        for (const auto& check : checks_of(machine)) {
            for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
                if (graph.nodes[node].expanded && check->judge(graph, graph.nodes[node])) {
                    broken_.emplace(node, check->name());
                }
            }
        }
    }

    StateGraph build()
    {
        StateGraph drawn = with_depths(false);
        return drawn.states.size() > kDrawnMax ? with_depths(true) : drawn;
    }

private:
    StateGraph with_depths(bool merged)
    {
        merges_depths_ = merged;
        StateGraph drawn;
        drawn.nodes = graph_.nodes.size();
        drawn.merges_depths = merged;
        place_.assign(graph_.nodes.size(), 0);
        std::map<Look, std::uint32_t> seen;
        for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node) {
            const auto next = static_cast<std::uint32_t>(drawn.states.size());
            const auto [entry, is_new] = seen.emplace(look_of(node), next);
            place_[node] = entry->second;
            if (is_new) {
                drawn.states.push_back(drawn_state(node));
                continue;
            }
            DrawnState& state = drawn.states[entry->second];
            ++state.states;
            state.depth = std::min(state.depth, graph_.nodes[node].depth);
            state.depth_max = std::max(state.depth_max, graph_.nodes[node].depth);
        }
        add_edges(drawn);
        return drawn;
    }

    std::string next_boot(const Node& node) const
    {
        if (!node.expanded) {
            return "not booted yet";
        }
        if (node.facts.image >= 0) {
            const KnownImage& image = machine_.images()[static_cast<std::size_t>(node.facts.image)];
            return image.is_image
                       ? fmt::format("{} ({})", to_string(image.info.version), image.name)
                       : image.name;
        }
        return node.facts.text;
    }

    Look look_of(std::uint32_t index) const
    {
        const Node& node = graph_.nodes[index];
        const bool single = on_way_[index] || graph_.nodes.size() <= kDrawnSingly;
        return {merges_depths_ ? 0 : node.depth,
                node.story.key(),
                node.expanded,
                node.next == index,
                broken_at(index),
                next_boot(node),
                single ? index : kNoNode};
    }

    std::string broken_at(std::uint32_t node) const
    {
        const auto broken = broken_.find(node);
        return broken != broken_.end() ? broken->second : std::string();
    }

    DrawnState drawn_state(std::uint32_t index) const
    {
        const Node& node = graph_.nodes[index];
        DrawnState state;
        state.first_node = index;
        state.depth = node.depth;
        state.depth_max = node.depth;
        state.story = node.story;
        state.next_boot = next_boot(node);
        state.image = static_cast<std::int16_t>(std::max(node.facts.image, -1));
        state.at_rest = node.next == index;
        state.booted = node.expanded;
        state.on_way_to_finding = on_way_[index];
        state.broken_check = broken_at(index);
        return state;
    }

    static DrawnEdge::Kind kind_of(const EdgeLabel& label)
    {
        if (!label.is_cut) {
            return DrawnEdge::Kind::kCompletes;
        }
        if (label.reset == models::ResetKind::kSystemReset) {
            return DrawnEdge::Kind::kMcuReset;
        }
        return label.tear.kind == models::TearKind::kNotStarted ? DrawnEdge::Kind::kCut
                                                                : DrawnEdge::Kind::kTorn;
    }

    void add_edges(StateGraph& drawn) const
    {
        std::map<std::tuple<std::uint32_t, std::uint32_t, DrawnEdge::Kind, RunKind>, DrawnEdge> all;
        const auto add = [&](std::uint32_t from, std::uint32_t to, const EdgeLabel& label) {
            DrawnEdge edge;
            edge.from = place_[from];
            edge.to = place_[to];
            edge.kind = kind_of(label);
            edge.run = label.run;
            edge.first_call = label.call;
            edge.last_call = label.call;
            edge.on_way_to_finding =
                on_way_[from] && on_way_[to] && graph_.nodes[to].parent == from;
            const auto [entry, is_new] =
                all.emplace(std::tuple(edge.from, edge.to, edge.kind, edge.run), edge);
            if (!is_new) {
                DrawnEdge& known = entry->second;
                ++known.states;
                known.first_call = std::min(known.first_call, label.call);
                known.last_call = std::max(known.last_call, label.call);
                known.on_way_to_finding = known.on_way_to_finding || edge.on_way_to_finding;
            }
        };
        for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node) {
            const Node& found = graph_.nodes[node];
            if (found.parent != kNoNode) {
                add(found.parent, node, found.label);
            }
            // Where the uncut boot leads, unless it is the way that was drawn already.
            const std::uint32_t next = found.next;
            if (next != kNoNode && next != node &&
                (graph_.nodes[next].parent != node || graph_.nodes[next].label.is_cut ||
                 graph_.nodes[next].label.run != RunKind::kBoot)) {
                add(node, next, EdgeLabel{});
            }
        }
        for (const auto& entry : all) {
            drawn.edges.push_back(entry.second);
        }
    }

    const ScenarioMachine& machine_;
    const Graph& graph_;
    std::vector<bool> on_way_;
    std::map<std::uint32_t, std::string> broken_;  // by node: the first check that does not hold
    std::vector<std::uint32_t> place_;             // by node: index of what it is drawn as
    bool merges_depths_ = false;
};

}  // namespace

StateGraph state_graph(const ScenarioMachine& machine, const Exploration& exploration,
                       const Graph& graph)
{
    return StateGraphBuilder(machine, exploration, graph).build();
}

std::string state_graph_summary(const StateGraph& graph)
{
    if (graph.states.size() == graph.nodes) {
        return fmt::format("all {} states drawn", graph.nodes);
    }
    return fmt::format("{} states drawn as {}: those alike in {}what the application did and what "
                       "the next boot does are drawn as one",
                       graph.nodes, graph.states.size(),
                       graph.merges_depths ? "" : "number of cuts, ");
}

}  // namespace brownout::sim
