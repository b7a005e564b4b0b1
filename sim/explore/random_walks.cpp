#include "random_walks.hpp"

#include "node_path.hpp"
#include "sector_erases.hpp"
#include "simplest_path.hpp"
#include "walk_bytes.hpp"
#include "way_graph.hpp"

#include "workers/forked_workers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unordered_map>

namespace brownout::sim {

namespace {

// Chances in four of going on to a state that was never booted.
constexpr std::uint64_t kDrawnToNew = 3;

// One of a sequence of edges, each as likely as the others, without keeping them all.
class DrawnEdge {
public:
    std::optional<Node> node;

    void offer(const Edge& edge, const Graph& graph, std::mt19937_64& generator)
    {
        ++offered_;
        if (generator() % offered_ == 0) {
            node = node_after(edge, graph, static_cast<std::uint32_t>(graph.nodes.size() - 1));
        }
    }

private:
    std::uint64_t offered_ = 0;
};

// The shortest ways that a walk saw, where erases are counted; otherwise the one that it went.
class SeenWays {
public:
    explicit SeenWays(bool counts_erases) : counts_erases_(counts_erases) {}

    void see(const Edge& edge, std::uint32_t parent, const EraseCounter& erases)
    {
        if (counts_erases_ && ways_.count(key_of(edge)) == 0) {
            ways_[key_of(edge)] = {parent, edge.label, erases.since(edge.state)};
        }
    }

    void shorten(Node& node, const Graph& graph) const
    {
        if (counts_erases_) {
            const Way& way = ways_.at(key_of(node));
            node.parent = way.parent;
            node.label = way.label;
            node.erases = way.erases;
            node.depth = graph.nodes[way.parent].depth + (way.label.is_cut ? 1 : 0);
        }
    }

private:
    struct Way {
        std::uint32_t parent = 0;
        EdgeLabel label;
        std::vector<SectorErases> erases;
    };

    bool counts_erases_;
    std::unordered_map<NodeKey, Way, NodeKeyHash> ways_;
};

std::mt19937_64 generator_of(std::uint64_t seed, std::uint64_t index)
{
    std::seed_seq seeds{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                        static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)};
    return std::mt19937_64(seeds);
}

}  // namespace

RandomWalks::RandomWalks(const Judged& judged, const RandomSearch& search)
    : judged_(judged), search_(search), findings_(judged.checks.size())
{
}

// The last node of `graph`, which was booted.
void RandomWalks::judge(Graph& graph, bool looks_ahead, Walk& walk) const
{
    const auto last = static_cast<std::uint32_t>(graph.nodes.size() - 1);
    if (looks_ahead) {
        boot_ahead(judged_.machine, judged_.plan, graph, kBootsAheadMax);
    }
    for (std::uint32_t i = 0; i < judged_.checks.size(); ++i) {
        if (auto failure = failure_at(*judged_.checks[i], graph, last)) {
            walk.failures.push_back({i, last, std::move(*failure)});
        }
    }
    forget_ahead(graph, last);
}

Walk RandomWalks::walk(std::uint64_t index, std::uint32_t boots_max, bool looks_ahead) const
{
    Walk walk;
    Graph graph = root_of(judged_.graph);
    std::mt19937_64 generator = generator_of(judged_.plan.seed, index);
    std::unordered_set<NodeKey, NodeKeyHash> seen;
    SeenWays ways(judged_.plan.counts_erases);
    for (std::uint32_t boot = 0; boot < boots_max; ++boot) {
        const Node node = graph.nodes[boot];
        const bool is_new = seen.insert(key_of(node)).second && known_.count(key_of(node)) == 0;
        walk.depth = std::max(walk.depth, node.depth);
        walk.booted.push_back({key_of(node), node.state.content_digest()});
        const EraseCounter erases(judged_.machine.machine().board(), node.state,
                                  judged_.plan.counts_erases);
        DrawnEdge any;
        DrawnEdge fresh;
        BootedNode booted =
            boot_node(judged_.machine, graph, node, judged_.plan, [&](const Edge& edge) {
                ++walk.edges;
                ways.see(edge, boot, erases);
                any.offer(edge, graph, generator);
                if (known_.count(key_of(edge)) == 0 && seen.count(key_of(edge)) == 0) {
                    fresh.offer(edge, graph, generator);
                }
            });
        walk.runs += booted.runs;
        graph.nodes[boot].facts = std::move(booted.facts);
        graph.nodes[boot].expanded = true;
        judge(graph, looks_ahead && is_new, walk);
        const bool goes_new = generator() % 4 < kDrawnToNew;
        Node next = std::move(goes_new && fresh.node ? *fresh.node : *any.node);
        ways.shorten(next, graph);
        graph.nodes.push_back(std::move(next));
    }
    walk.path = path_to(graph, boots_max);
    walk.story = graph.nodes[boots_max].story;
    return walk;
}

// A walk whose process died: as far as it goes, and what the boot after that did.
Walk RandomWalks::survived_part(std::uint64_t index, const std::string& death) const
{
    Walk longest;
    bool died = false;
    run_in_workers(
        kBootsPerWalk, judged_.jobs,
        [&](std::size_t boots) {
            return bytes_of(walk(index, static_cast<std::uint32_t>(boots) + 1, false));
        },
        [&](std::size_t, const WorkResult& result) {
            const auto part = result.answer ? read_walk(*result.answer) : std::nullopt;
            died = died || !part;
            if (!died) {
                longest = *part;
            }
        });
    if (!died) {
        return longest;  // something ahead of it did: some walk comes there
    }
    // What died was the boot of the state that the path leads to.
    ++longest.runs;
    Graph graph = root_of(judged_.graph);
    Node& dead = graph.nodes[0];
    dead.story = longest.booted.empty() ? dead.story : longest.story;
    dead.facts.outcome = OutcomeKind::kFirmwareFault;
    dead.facts.text = "the core ended its process: " + death;
    const std::size_t judged_before = longest.failures.size();
    judge(graph, false, longest);
    for (std::size_t i = judged_before; i < longest.failures.size(); ++i) {
        longest.failures[i].boot = static_cast<std::uint32_t>(longest.booted.size());
        longest.failures[i].failure.path = longest.path;
    }
    return longest;
}

bool RandomWalks::run_batch(const std::function<bool()>& should_stop)
{
    std::vector<std::optional<Walk>> walks(kWalksPerBatch);
    std::vector<std::pair<std::size_t, std::string>> dead;
    const bool looks_ahead = std::any_of(judged_.checks.begin(), judged_.checks.end(),
                                         [](const auto& check) { return check->looks_ahead(); });
    std::size_t delivered = 0;
    run_in_workers(
        kWalksPerBatch, judged_.jobs,
        [&](std::size_t i) {
            return bytes_of(walk(counts_.walks + i, kBootsPerWalk, looks_ahead));
        },
        [&](std::size_t i, const WorkResult& result) {
            ++delivered;
            walks[i] = result.answer ? read_walk(*result.answer) : std::nullopt;
            if (!walks[i]) {
                dead.emplace_back(i, result.death);
            }
        },
        should_stop);
    if (delivered < kWalksPerBatch) {
        return false;
    }
    for (const auto& [i, death] : dead) {
        walks[i] = survived_part(counts_.walks + i, death);
    }
    for (const std::optional<Walk>& made : walks) {
        take(*made);
    }
    return true;
}

void RandomWalks::take(const Walk& walk)
{
    ++counts_.walks;
    counts_.boots += walk.runs;
    counts_.edges += walk.edges;
    counts_.depth = std::max(counts_.depth, walk.depth);
    std::vector<bool> is_new;
    for (const Walk::Booted& booted : walk.booted) {
        is_new.push_back(known_.insert(booted.key).second);
        if (is_new.back()) {
            order_.push_back(booted);
            states_.insert(NodeKey{booted.key.digest});
            contents_.insert(NodeKey{booted.content});
        }
    }
    for (const Walk::Failed& failed : walk.failures) {
        const bool counts = failed.boot >= is_new.size() || is_new[failed.boot];
        std::optional<RawFinding>& best = findings_[failed.check];
        const std::uint64_t count = (best ? best->count : 0) + (counts ? 1 : 0);
        if (!best || cost_of(failed.failure.path) < cost_of(best->failure.path)) {
            best = RawFinding{judged_.checks[failed.check].get(), failed.failure, 0, 0, {}};
        }
        best->count = count;
    }
}

std::vector<RawFinding> RandomWalks::findings() const
{
    std::vector<RawFinding> found;
    for (const std::optional<RawFinding>& finding : findings_) {
        if (finding) {
            found.push_back(*finding);
        }
    }
    return found;
}

void RandomWalks::fill(Exploration& exploration) const
{
    exploration.stopped_by = fmt::format("{} boots sampled in {} random walks, not closed",
                                         counts_.boots, counts_.walks);
    exploration.walks = counts_.walks;
    exploration.boots = counts_.boots;
    exploration.edges = counts_.edges;
    exploration.depth = counts_.depth;
    exploration.states = states_.size();
    exploration.contents = contents_.size();
    exploration.nodes = known_.size();
    exploration.seed = judged_.plan.seed;
}

std::string RandomWalks::identity() const
{
    return identity_of(judged_.machine, judged_.plan.seed);
}

void RandomWalks::save() const
{
    if (search_.state_file.empty()) {
        return;
    }
    ByteWriter out;
    out.put(counts_);
    out.put(static_cast<std::uint64_t>(order_.size()));
    for (const Walk::Booted& booted : order_) {
        out.put(booted);
    }
    for (const std::optional<RawFinding>& finding : findings_) {
        out.put(finding.has_value());
        if (finding) {
            out.put(finding->count);
            put_failure(out, finding->failure);
        }
    }
    write_state_file(search_.state_file, identity(), out.bytes);
}

void RandomWalks::load()
{
    const auto bytes = read_state_file(search_.state_file, identity());
    if (!bytes) {
        return;
    }
    ByteReader in(*bytes);
    counts_ = in.get<Counts>();
    for (auto n = in.get<std::uint64_t>(); n > 0 && !in.failed; --n) {
        order_.push_back(in.get<Walk::Booted>());
        known_.insert(order_.back().key);
        states_.insert(NodeKey{order_.back().key.digest});
        contents_.insert(NodeKey{order_.back().content});
    }
    for (std::size_t i = 0; i < findings_.size() && !in.failed; ++i) {
        if (!in.get<bool>()) {
            continue;
        }
        RawFinding& raw = findings_[i].emplace();
        raw.check = judged_.checks[i].get();
        raw.count = in.get<std::uint64_t>();
        raw.failure = get_failure(in);
    }
    require_whole(in, search_.state_file);
}

}  // namespace brownout::sim
