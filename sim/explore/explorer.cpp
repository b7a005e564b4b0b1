// The search: breadth-first over states at reset, one frontier for each number of power cuts.
//
// Nodes of the frontier are booted by worker processes (expansion_workers.hpp). What they found is
// merged in the order of nodes and cut points, whoever found it first, so the graph does not depend
// on the number of workers and a node's parent is on a shortest way to it. When the frontier is
// empty the graph is closed; checks are judged on all of it, and what fails is minimised
// (findings.hpp).
#include <sim/exploration.hpp>

#include "expansion_workers.hpp"
#include "exploration_root.hpp"
#include "findings.hpp"
#include "random_walks.hpp"

#include "check/wear.hpp"

#include <sim/check.hpp>

#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_map>

#include <malloc.h>

namespace brownout::sim {

namespace {

// Of a random search: how often its state file is written.
constexpr std::uint32_t kBatchesPerSave = 64;

// Bytes of heap in use: what the graph costs is the difference.
std::uint64_t heap_bytes()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

class Explorer {
public:
    Explorer(ScenarioMachine& machine, const ExploreLimits& limits,
             const std::function<void(const ExploreProgress&)>& progress,
             const std::atomic<bool>& stop)
        : machine_(machine), limits_(limits), progress_(progress), stop_(stop),
          options_(machine.scenario().explore.value_or(ExploreOptions{}))
    {
        if (limits_.jobs == 0) {
            limits_.jobs = std::max(1u, std::thread::hardware_concurrency());
        }
        if (!limits_.states) {
            limits_.states = options_.states_max;
        }
        if (!limits_.seconds && options_.time_budget) {
            limits_.seconds = models::seconds(*options_.time_budget);
        }
        plan_ = cut_plan(options_, limits_);
        // A boot that asks what the network core holds tells half-written images apart.
        const auto& netcore = machine.scenario().netcore;
        plan_.every_network_content |= netcore && (netcore->switches & NETCORE_READS_VERSION) != 0;
        checks_ = checks_of(machine_);
    }

    Exploration run()
    {
        memory_at_start_ = heap_bytes();
        Graph root = exploration_root(machine_, options_);
        graph_.first_step = root.first_step;
        graph_.offers_request = root.offers_request;
        graph_.offers_confirm = root.offers_confirm;
        frontier_.push_back(add_node(std::move(root.nodes[0])));
        if (limits_.random) {
            return walk_at_random(*limits_.random);
        }
        bool complete = true;
        // Nodes of one depth lead to others of the same depth (completed runs) and of the next
        // (cuts): finish a depth before the next, so that every node is found on a shortest way.
        while (complete && !frontier_.empty()) {
            if (limits_.depth && depth_ > *limits_.depth) {
                complete = give_up(fmt::format("depth limit of {} cuts reached", *limits_.depth));
                break;
            }
            while (complete && !frontier_.empty()) {
                complete = expand_frontier();
            }
            frontier_.swap(next_frontier_);
            drop_expanded(frontier_);
            if (!frontier_.empty()) {
                ++depth_;
            }
        }
        return finish(complete);
    }

    Graph take_graph() { return std::move(graph_); }

private:
    std::uint32_t add_node(Node node)
    {
        const auto index = static_cast<std::uint32_t>(graph_.nodes.size());
        const NodeKey key = key_of(node);
        index_of_[key] = index;
        known_.insert(key);
        states_.insert(NodeKey{key.digest});
        contents_.insert(NodeKey{node.state.content_digest()});
        graph_.nodes.push_back(std::move(node));
        return index;
    }

    bool give_up(std::string reason)
    {
        stopped_by_ = std::move(reason);
        return false;
    }

    double seconds_elapsed() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

    std::string why_stop() const
    {
        if (stop_) {
            return "interrupted";
        }
        if (violated_) {
            return "stopped at the first violation";
        }
        if (limits_.seconds && seconds_elapsed() > *limits_.seconds) {
            return fmt::format("time budget of {:g} s reached", *limits_.seconds);
        }
        if (limits_.states && states_.size() >= *limits_.states) {
            return fmt::format("budget of {} states reached", *limits_.states);
        }
        return {};
    }

    // False if the exploration has to end here.
    bool expand_frontier()
    {
        // Batches bound what is in flight when a budget runs out.
        constexpr std::size_t kBatch = 2048;
        const std::size_t count = std::min(kBatch, frontier_.size());
        const std::vector<std::uint32_t> nodes(
            frontier_.begin(), frontier_.begin() + static_cast<std::ptrdiff_t>(count));
        const WorkerBatch batch{machine_, graph_, nodes, known_, plan_, limits_.jobs};
        std::vector<Expansion> expansions =
            expand_in_workers(batch, [this, count](std::size_t done) {
                report_progress(count - done);
                return !why_stop().empty();
            });
        frontier_.erase(frontier_.begin(), frontier_.begin() + static_cast<std::ptrdiff_t>(count));
        for (Expansion& expansion : expansions) {
            merge(expansion);
        }
        drop_expanded(frontier_);
        if (expansions.size() < count) {
            for (const std::uint32_t node : nodes) {
                if (!graph_.nodes[node].expanded) {
                    frontier_.push_back(node);
                }
            }
        }
        const std::string reason = why_stop();
        if (!reason.empty() && (!frontier_.empty() || !next_frontier_.empty())) {
            return give_up(reason);
        }
        return true;
    }

    void report_progress(std::size_t in_flight)
    {
        if (progress_) {
            progress_({states_.size(), frontier_.size() + next_frontier_.size() + in_flight, boots_,
                       seconds_elapsed()});
        }
    }

    void merge(Expansion& expansion)
    {
        const std::uint32_t source = expansion.node;
        edges_ += expansion.edges;
        boots_ += expansion.boots;
        network_half_written_ += expansion.network_half_written;
        read_new_states(
            expansion, graph_.nodes[source].state,
            [&](const NewState& found, const MachineState& state) { reach(source, found, state); });
        Node& node = graph_.nodes[source];
        node.expanded = true;
        node.facts = std::move(expansion.facts);
        const std::optional<NodeKey> next = known_as(index_of_, expansion.next);
        BROWNOUT_ASSERT(next);
        node.next = index_of_.at(*next);
        if (limits_.stop_at_first && !violated_) {
            violated_ = std::any_of(checks_.begin(), checks_.end(), [&](const auto& check) {
                return check->judge(graph_, node).has_value();
            });
        }
    }

    void reach(std::uint32_t source, const NewState& found, const MachineState& state)
    {
        const std::uint32_t depth = graph_.nodes[source].depth + (found.label.is_cut ? 1 : 0);
        if (const std::optional<NodeKey> seen = known_as(index_of_, found.key)) {
            const std::uint32_t index = index_of_.at(*seen);
            Node& node = graph_.nodes[index];
            if (!node.expanded && depth < node.depth) {
                node.depth = depth;
                node.parent = source;
                node.label = found.label;
                node.erases = found.erases;
                frontier_.push_back(index);
            }
            return;
        }
        Node node;
        node.state = state;
        node.story = found.story;
        node.torn = found.key.torn;
        node.depth = depth;
        node.parent = source;
        node.label = found.label;
        node.erases = found.erases;
        const std::uint32_t index = add_node(std::move(node));
        (found.label.is_cut ? next_frontier_ : frontier_).push_back(index);
    }

    void drop_expanded(std::vector<std::uint32_t>& nodes) const
    {
        nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                                   [this](std::uint32_t n) { return graph_.nodes[n].expanded; }),
                    nodes.end());
    }

    Judged judged() { return {graph_, machine_, plan_, checks_, index_of_, limits_.jobs, stop_}; }

    Exploration walk_at_random(const RandomSearch& search)
    {
        const Judged judges = judged();
        RandomWalks walks(judges, search);
        walks.load();
        const auto stops = [&] {
            return stop_ || (limits_.seconds && seconds_elapsed() > *limits_.seconds);
        };
        for (std::uint32_t batch = 1; !walks.is_done() && !stops(); ++batch) {
            if (limits_.stop_at_first && !walks.findings().empty()) {
                break;
            }
            walks.run_batch(stops);
            if (progress_) {
                progress_({walks.states(), 0, walks.boots(), seconds_elapsed()});
            }
            if (batch % kBatchesPerSave == 0) {
                walks.save();
            }
        }
        walks.save();
        Exploration result = settings();
        walks.fill(result);
        result.findings = minimised_findings(judges, walks.findings());
        add_check_results(result);
        return result;
    }

    // What is the same whatever is found.
    Exploration settings() const
    {
        Exploration result;
        result.granularity = options_.granularity;
        result.tears = plan_.tears;
        result.tears_max = plan_.tears_max;
        result.sampled = !plan_.tears.empty();
        result.seed = plan_.seed;
        result.resets = options_.resets;
        result.at_times = plan_.at_times;
        return result;
    }

    Exploration finish(bool complete)
    {
        Exploration result = settings();
        result.closed = complete;
        result.stopped_by = stopped_by_;
        result.states = states_.size();
        result.contents = contents_.size();
        result.nodes = graph_.nodes.size();
        result.edges = edges_;
        result.boots = boots_;
        for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            result.depth = std::max(result.depth, node.depth);
            result.waiting += node.expanded ? 0 : 1;
            if (complete) {
                result.boots_to_rest_max =
                    std::max(result.boots_to_rest_max, boots_to_rest(graph_, i).value_or(0));
            }
        }
        result.network = network_summary(graph_, machine_);
        if (result.network) {
            result.network->cuts_half_written = network_half_written_;
        }
        result.findings = find_violations(judged());
        if (options_.budgets.upgrades_per_lifetime) {
            result.wear = wear_report(graph_, machine_.machine().board());
        }
        add_check_results(result);
        return result;
    }

    void add_check_results(Exploration& result) const
    {
        for (const auto& check : checks_) {
            const bool broken =
                std::any_of(result.findings.begin(), result.findings.end(),
                            [&](const Finding& f) { return f.check == check->name(); });
            result.checks.push_back({std::string(check->name()), !broken});
        }
        result.elapsed_seconds = seconds_elapsed();
        const std::uint64_t now = heap_bytes();
        const std::uint64_t grown = now > memory_at_start_ ? now - memory_at_start_ : 0;
        result.memory_bytes_per_state = grown / std::max<std::uint64_t>(1, result.states);
    }

    ScenarioMachine& machine_;
    ExploreLimits limits_;
    const std::function<void(const ExploreProgress&)>& progress_;
    const std::atomic<bool>& stop_;
    ExploreOptions options_;
    CutPlan plan_;
    std::vector<std::unique_ptr<Check>> checks_;
    Graph graph_;
    KnownNodes known_;
    KnownNodes states_;
    KnownNodes contents_;
    std::unordered_map<NodeKey, std::uint32_t, NodeKeyHash> index_of_;
    std::vector<std::uint32_t> frontier_;
    std::vector<std::uint32_t> next_frontier_;
    std::uint32_t depth_ = 0;
    std::uint64_t edges_ = 0;
    std::uint64_t boots_ = 0;
    std::uint64_t network_half_written_ = 0;
    std::uint64_t memory_at_start_ = 0;
    std::string stopped_by_;
    bool violated_ = false;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

Exploration explore(ScenarioMachine& machine, const ExploreLimits& limits,
                    const std::function<void(const ExploreProgress&)>& progress,
                    const std::atomic<bool>& stop, Graph* graph)
{
    Explorer explorer(machine, limits, progress, stop);
    Exploration result = explorer.run();
    if (graph != nullptr) {
        *graph = explorer.take_graph();
    }
    return result;
}

}  // namespace brownout::sim
