#include "simplest_path.hpp"

#include "sector_erases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace brownout::sim {

namespace {

// A state that changes for longer than this many boots is taken for one that comes to rest.
constexpr std::uint32_t kBootsAheadMax = 12;

std::uint32_t kind_of_cut(const EdgeLabel& label)
{
    if (!label.is_cut) {
        return 0;
    }
    const auto tear = static_cast<std::uint32_t>(label.tear.kind);
    const std::uint32_t levels = label.marginal ? static_cast<std::uint32_t>(*label.marginal) : 0;
    const std::uint32_t reset = label.reset == models::ResetKind::kPowerOn ? 0 : 1;
    return (label.at_call_start ? 0u : 1u) + 2 * tear + 2 * models::kTearKinds * reset + levels;
}

// Violations are judged in a graph of their own: the nodes of a way and, where a check looks ahead,
// those that boots without a cut lead to.
class Trial {
public:
    Trial(ScenarioMachine& machine, const Graph& graph, const CutPlan& plan, const Check& check)
        : machine_(machine), plan_(plan), check_(check)
    {
        graph_.first_step = graph.first_step;
        graph_.offers_request = graph.offers_request;
        graph_.offers_confirm = graph.offers_confirm;
        graph_.nodes.push_back(graph.nodes[0]);
    }

    std::uint32_t boots = 0;

    // Appends the node that `label` leads to; false if no edge has that label.
    bool step(const EdgeLabel& label)
    {
        const auto from = static_cast<std::uint32_t>(graph_.nodes.size() - 1);
        std::optional<Node> reached;
        boot(from, [&](const Edge& edge) {
            if (!reached && edge.label == label) {
                reached = node_of(edge, from);
            }
        });
        if (!reached) {
            return false;
        }
        graph_.nodes.push_back(std::move(*reached));
        return true;
    }

    std::vector<std::pair<EdgeLabel, NodeKey>> edges()
    {
        std::vector<std::pair<EdgeLabel, NodeKey>> list;
        boot(static_cast<std::uint32_t>(graph_.nodes.size() - 1), [&](const Edge& edge) {
            list.emplace_back(edge.label,
                              NodeKey{edge.state.digest(), edge.story.key(), edge.torn});
        });
        return list;
    }

    // What the check says of the last node.
    std::optional<std::string> judge()
    {
        const auto last = static_cast<std::uint32_t>(graph_.nodes.size() - 1);
        look_ahead(last);
        auto sentence = check_.judge(graph_, graph_.nodes[last]);
        facts_ = graph_.nodes[last].facts;
        graph_.nodes.resize(last + 1);
        graph_.nodes[last].next = kNoNode;
        return sentence;
    }

    void cut_back(std::size_t steps) { graph_.nodes.resize(steps + 1); }
    const Node& last() const { return graph_.nodes.back(); }

    std::vector<std::string> trace(const std::vector<EdgeLabel>& path)
    {
        std::vector<PathStep> steps;
        for (std::size_t i = 0; i < path.size(); ++i) {
            steps.push_back({graph_.nodes[i].state, path[i]});
        }
        std::vector<std::string> lines = path_text(machine_, steps);
        for (const std::string& error : facts_.errors) {
            lines.push_back("boot: E: " + error);
        }
        lines.push_back("boot: " + facts_.text);
        return lines;
    }

private:
    void boot(std::uint32_t index, const std::function<void(const Edge&)>& visit)
    {
        ++boots;
        const Node node = graph_.nodes[index];
        EraseCounter erases(machine_.machine().board(), node.state, plan_.counts_erases);
        erases_ = &erases;
        graph_.nodes[index].facts = boot_node(machine_, graph_, node, plan_, visit).facts;
        graph_.nodes[index].expanded = true;
    }

    Node node_of(const Edge& edge, std::uint32_t parent) const
    {
        Node node;
        node.state = edge.state;
        node.story = edge.story;
        node.torn = edge.torn;
        node.parent = parent;
        node.label = edge.label;
        node.depth = graph_.nodes[parent].depth + (edge.label.is_cut ? 1 : 0);
        node.erases = erases_->since(edge.state);
        return node;
    }

    // Boots `index` and sets its `next`; further boots if the check looks ahead.
    void look_ahead(std::uint32_t index)
    {
        const std::uint32_t first = index;
        for (std::uint32_t ahead = 0; ahead < kBootsAheadMax; ++ahead) {
            std::optional<Node> next;
            boot(index, [&](const Edge& edge) {
                if (!next && edge.label.run == RunKind::kBoot && !edge.label.is_cut) {
                    next = node_of(edge, index);
                }
            });
            if (!check_.looks_ahead()) {
                return;
            }
            const NodeKey key = key_of(*next);
            const auto same = std::find_if(graph_.nodes.begin() + first, graph_.nodes.end(),
                                           [&](const Node& node) { return key_of(node) == key; });
            if (same != graph_.nodes.end()) {
                graph_.nodes[index].next = static_cast<std::uint32_t>(same - graph_.nodes.begin());
                return;
            }
            graph_.nodes[index].next = static_cast<std::uint32_t>(graph_.nodes.size());
            graph_.nodes.push_back(std::move(*next));
            index = static_cast<std::uint32_t>(graph_.nodes.size() - 1);
        }
    }

    ScenarioMachine& machine_;
    const CutPlan& plan_;
    const Check& check_;
    Graph graph_;
    BootFacts facts_;
    const EraseCounter* erases_ = nullptr;  // of the boot in progress
};

class Minimiser {
public:
    Minimiser(ScenarioMachine& machine, const Graph& graph, const CutPlan& plan, const Check& check,
              const KnownVerdict& known)
        : trial_(machine, graph, plan, check), known_(known)
    {
    }

    std::optional<SimplestPath> run(const std::vector<EdgeLabel>& path)
    {
        best_.path = path;
        if (!fails(path, 0)) {
            return std::nullopt;
        }
        while (leave_out_one() || replace_one()) {
        }
        // The last trial may have been another way.
        const auto sentence = fails(best_.path, 0);
        best_.sentence = sentence.value_or("");
        best_.story = trial_.last().story;
        best_.trace = trial_.trace(best_.path);
        best_.image = trial_.last().facts.image;
        return best_;
    }

private:
    bool may_go_on() const { return trial_.boots < kMinimisingBootsMax; }

    // `path`, of which the first `kept` edges were followed already.
    std::optional<std::string> fails(const std::vector<EdgeLabel>& path, std::size_t kept)
    {
        trial_.cut_back(kept);
        for (std::size_t i = kept; i < path.size(); ++i) {
            if (!trial_.step(path[i])) {
                return std::nullopt;
            }
        }
        return trial_.judge();
    }

    bool take_if_it_fails(const std::vector<EdgeLabel>& path, std::size_t kept)
    {
        ++best_.tried;
        if (!fails(path, kept)) {
            return false;
        }
        best_.path = path;
        return true;
    }

    bool leave_out_one()
    {
        for (std::size_t i = best_.path.size(); i > 0 && may_go_on(); --i) {
            std::vector<EdgeLabel> shorter = best_.path;
            shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i - 1));
            if (take_if_it_fails(shorter, 0)) {
                return true;
            }
        }
        return false;
    }

    bool replace_one()
    {
        for (std::size_t i = best_.path.size(); i > 0 && may_go_on(); --i) {
            const std::vector<EdgeLabel> before(
                best_.path.begin(), best_.path.begin() + static_cast<std::ptrdiff_t>(i - 1));
            fails(before, 0);
            if (replace(i - 1)) {
                return true;
            }
        }
        return false;
    }

    // The edges from the state that `index` edges of the way lead to, which the trial is at.
    bool replace(std::size_t index)
    {
        auto edges = trial_.edges();
        const PathCost best = cost_of(best_.path);
        std::vector<EdgeLabel> other = best_.path;
        const auto cost_with = [&](const EdgeLabel& label) {
            other[index] = label;
            return cost_of(other);
        };
        std::vector<std::pair<PathCost, std::size_t>> simpler;
        for (std::size_t e = 0; e < edges.size(); ++e) {
            PathCost cost = cost_with(edges[e].first);
            if (cost < best) {
                simpler.emplace_back(std::move(cost), e);
            }
        }
        std::sort(simpler.begin(), simpler.end());
        const bool is_last = index + 1 == best_.path.size();
        for (const auto& [cost, e] : simpler) {
            if (!may_go_on()) {
                return false;
            }
            if (is_last && known_sound(edges[e].second)) {
                continue;
            }
            other[index] = edges[e].first;
            if (take_if_it_fails(other, index)) {
                return true;
            }
            if (is_last) {
                sound_.insert(edges[e].second);
            }
        }
        return false;
    }

    // Was a node with this key looked at and found to hold?
    bool known_sound(const NodeKey& key) const
    {
        const auto verdict = known_ ? known_(key) : std::nullopt;
        return (verdict && !*verdict) || sound_.count(key) > 0;
    }

    Trial trial_;
    const KnownVerdict& known_;
    std::unordered_set<NodeKey, NodeKeyHash> sound_;
    SimplestPath best_;
};

}  // namespace

PathCost cost_of(const std::vector<EdgeLabel>& path)
{
    PathCost cost;
    cost.runs = static_cast<std::uint32_t>(path.size());
    for (const EdgeLabel& label : path) {
        cost.cuts += label.is_cut ? 1 : 0;
        cost.kinds += kind_of_cut(label);
        cost.places.push_back(label.is_cut ? label.operation + 1 : 0);
        cost.places.push_back(label.tear.sample);
        cost.places.push_back(static_cast<std::uint64_t>(label.run));
    }
    return cost;
}

std::optional<SimplestPath> simplest_path(ScenarioMachine& machine, const Graph& graph,
                                          const CutPlan& plan, const Check& check,
                                          const std::vector<EdgeLabel>& path,
                                          const KnownVerdict& known)
{
    return Minimiser(machine, graph, plan, check, known).run(path);
}

std::string path_words(const std::vector<EdgeLabel>& path)
{
    std::string words;
    for (const EdgeLabel& label : path) {
        words += words.empty() ? "" : "; ";
        if (!label.is_cut) {
            words += "completes";
        } else if (label.at_call_start) {
            words += fmt::format("cut before call {}", label.call);
        } else {
            words += fmt::format("cut in op {}", label.operation);
        }
        if (label.tear.kind != models::TearKind::kNotStarted) {
            words += fmt::format(", torn ({} {})", models::tear_model(label.tear.kind).name(),
                                 label.tear.sample);
        }
        if (label.reset == models::ResetKind::kSystemReset) {
            words += ", MCU alone";
        }
    }
    return words;
}

}  // namespace brownout::sim
