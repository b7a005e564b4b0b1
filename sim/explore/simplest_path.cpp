#include "simplest_path.hpp"

#include "node_path.hpp"
#include "sector_erases.hpp"
#include "way_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace brownout::sim {

namespace {

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

// Follows one way after the other, in a graph of its own.
class Trial {
public:
    Trial(ScenarioMachine& machine, const Graph& graph, const CutPlan& plan, const Check& check)
        : machine_(machine), plan_(plan), check_(check), graph_(root_of(graph))
    {
    }

    std::uint32_t boots = 0;

    // Appends the node that `label` leads to; false if no edge has that label.
    bool step(const EdgeLabel& label)
    {
        const std::uint32_t from = last();
        std::optional<Node> reached;
        const EraseCounter erases(machine_.machine().board(), graph_.nodes[from].state,
                                  plan_.counts_erases);
        boot([&](const Edge& edge) {
            if (!reached && edge.label == label) {
                reached = node_after(edge, graph_, from);
                reached->erases = erases.since(edge.state);
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
        boot([&](const Edge& edge) { list.emplace_back(edge.label, key_of(edge)); });
        return list;
    }

    // What the check says of the last node.
    std::optional<Failure> judge()
    {
        const std::uint32_t node = last();
        boots += boot_ahead(machine_, plan_, graph_, check_.looks_ahead() ? kBootsAheadMax : 1);
        auto failure = failure_at(check_, graph_, node);
        forget_ahead(graph_, node);
        return failure;
    }

    void cut_back(std::size_t steps) { graph_.nodes.resize(steps + 1); }

    // For people: the way to the last node, and the boot of it, which was judged.
    std::vector<std::string> trace()
    {
        std::vector<PathStep> steps;
        for (std::size_t i = 0; i < last(); ++i) {
            steps.push_back({graph_.nodes[i].state, graph_.nodes[i + 1].label});
        }
        std::vector<std::string> lines = path_text(machine_, steps);
        const BootFacts& facts = graph_.nodes.back().facts;
        for (const std::string& error : facts.errors) {
            lines.push_back("boot: E: " + error);
        }
        lines.push_back("boot: " + facts.text);
        return lines;
    }

private:
    std::uint32_t last() const { return static_cast<std::uint32_t>(graph_.nodes.size() - 1); }

    // The last node, with all that can happen to it.
    void boot(const std::function<void(const Edge&)>& visit)
    {
        ++boots;
        boot_node(machine_, graph_, graph_.nodes.back(), plan_, visit);
    }

    ScenarioMachine& machine_;
    const CutPlan& plan_;
    const Check& check_;
    Graph graph_;
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
        best_ = path;
        if (!fails(path, 0)) {
            return std::nullopt;
        }
        while (leave_out_one() || replace_one()) {
        }
        // The last trial may have been another way.
        auto failure = fails(best_, 0);
        if (!failure) {
            return std::nullopt;
        }
        return SimplestPath{std::move(*failure), trial_.trace(), tried_};
    }

private:
    bool may_go_on() const { return trial_.boots < kMinimisingBootsMax; }

    // `path`, of which the first `kept` edges were followed already. False: it ends before.
    bool follow(const std::vector<EdgeLabel>& path, std::size_t kept)
    {
        trial_.cut_back(kept);
        for (std::size_t i = kept; i < path.size(); ++i) {
            if (!trial_.step(path[i])) {
                return false;
            }
        }
        return true;
    }

    std::optional<Failure> fails(const std::vector<EdgeLabel>& path, std::size_t kept)
    {
        return follow(path, kept) ? trial_.judge() : std::nullopt;
    }

    bool take_if_it_fails(const std::vector<EdgeLabel>& path, std::size_t kept)
    {
        ++tried_;
        if (!fails(path, kept)) {
            return false;
        }
        best_ = path;
        return true;
    }

    bool leave_out_one()
    {
        for (std::size_t i = best_.size(); i > 0 && may_go_on(); --i) {
            std::vector<EdgeLabel> shorter = best_;
            shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i - 1));
            if (take_if_it_fails(shorter, 0)) {
                return true;
            }
        }
        return false;
    }

    bool replace_one()
    {
        for (std::size_t i = best_.size(); i > 0 && may_go_on(); --i) {
            const std::vector<EdgeLabel> before(best_.begin(),
                                                best_.begin() + static_cast<std::ptrdiff_t>(i - 1));
            if (follow(before, 0) && replace(i - 1)) {
                return true;
            }
        }
        return false;
    }

    // The edges from the state that `index` edges of the way lead to, which the trial is at.
    bool replace(std::size_t index)
    {
        auto edges = trial_.edges();
        const PathCost best = cost_of(best_);
        std::vector<EdgeLabel> other = best_;
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
        const bool is_last = index + 1 == best_.size();
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
    std::vector<EdgeLabel> best_;
    std::uint32_t tried_ = 0;
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
