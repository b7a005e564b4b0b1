#include "random_walks.hpp"

#include "sector_erases.hpp"
#include "walk_bytes.hpp"

#include "workers/forked_workers.hpp"

#include <fmt/format.h>

#include <random>

namespace brownout::sim {

namespace {

// Chances in four of going on to a state that was never booted.
constexpr std::uint64_t kDrawnToNew = 3;

// One of a sequence of edges, each as likely as the others, without keeping them all.
class DrawnEdge {
public:
    std::optional<Node> node;

    void offer(const Edge& edge, std::uint32_t parent, std::mt19937_64& generator)
    {
        ++offered_;
        if (generator() % offered_ != 0) {
            return;
        }
        Node drawn;
        drawn.state = edge.state;
        drawn.story = edge.story;
        drawn.torn = edge.torn;
        drawn.parent = parent;
        drawn.label = edge.label;
        node = std::move(drawn);
    }

private:
    std::uint64_t offered_ = 0;
};

}  // namespace

RandomWalks::RandomWalks(const Judged& judged, const RandomSearch& search)
    : judged_(judged), search_(search), findings_(judged.checks.size())
{
}

void RandomWalks::judge(const Node& node, const Graph& graph, Walk& walk) const
{
    for (std::uint32_t i = 0; i < judged_.checks.size(); ++i) {
        if (auto sentence = judged_.checks[i]->judge(graph, node)) {
            walk.failures.push_back({i, static_cast<std::uint32_t>(walk.path.size()), node.story,
                                     std::move(*sentence)});
        }
    }
}

Walk RandomWalks::walk(std::uint64_t index, std::uint32_t boots_max) const
{
    Walk walk;
    Graph graph;
    graph.first_step = judged_.graph.first_step;
    graph.offers_request = judged_.graph.offers_request;
    graph.offers_confirm = judged_.graph.offers_confirm;
    graph.nodes.push_back(judged_.graph.nodes[0]);
    std::seed_seq seeds{static_cast<std::uint32_t>(judged_.plan.seed),
                        static_cast<std::uint32_t>(judged_.plan.seed >> 32),
                        static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)};
    std::mt19937_64 generator(seeds);
    std::unordered_set<NodeKey, NodeKeyHash> seen;
    for (std::uint32_t boot = 0; boot < boots_max; ++boot) {
        const Node node = graph.nodes[boot];
        seen.insert(key_of(node));
        walk.depth = node.depth;
        walk.booted.push_back({key_of(node), node.state.content_digest()});
        DrawnEdge any;
        DrawnEdge fresh;
        BootedNode booted =
            boot_node(judged_.machine, graph, node, judged_.plan, [&](const Edge& edge) {
                ++walk.edges;
                const NodeKey key{edge.state.digest(), edge.story.key(), edge.torn};
                any.offer(edge, boot, generator);
                if (known_.count(key) == 0 && seen.count(key) == 0) {
                    fresh.offer(edge, boot, generator);
                }
            });
        walk.runs += booted.runs;
        graph.nodes[boot].facts = std::move(booted.facts);
        graph.nodes[boot].expanded = true;
        judge(graph.nodes[boot], graph, walk);
        const bool goes_new = generator() % 4 < kDrawnToNew;
        Node next = std::move(goes_new && fresh.node ? *fresh.node : *any.node);
        EraseCounter erases(judged_.machine.machine().board(), node.state,
                            judged_.plan.counts_erases);
        next.erases = erases.since(next.state);
        next.depth = node.depth + (next.label.is_cut ? 1 : 0);
        walk.path.push_back(next.label);
        graph.nodes.push_back(std::move(next));
    }
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
            return bytes_of(walk(index, static_cast<std::uint32_t>(boots) + 1));
        },
        [&](std::size_t, const WorkResult& result) {
            const auto part = result.answer ? read_walk(*result.answer) : std::nullopt;
            died = died || !part;
            if (!died) {
                longest = *part;
            }
        });
    Graph graph;
    graph.nodes.push_back(judged_.graph.nodes[0]);
    BootFacts& facts = graph.nodes[0].facts;
    facts.outcome = OutcomeKind::kFirmwareFault;
    facts.text = "the core ended its process: " + death;
    judge(graph.nodes[0], graph, longest);
    return longest;
}

bool RandomWalks::run_batch(const std::function<bool()>& should_stop)
{
    std::vector<std::optional<Walk>> walks(kWalksPerBatch);
    std::vector<std::pair<std::size_t, std::string>> dead;
    std::size_t delivered = 0;
    run_in_workers(
        kWalksPerBatch, judged_.jobs,
        [&](std::size_t i) { return bytes_of(walk(counts_.walks + i, kBootsPerWalk)); },
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
    for (const Walk::Failure& failure : walk.failures) {
        RawFinding raw;
        raw.check = judged_.checks[failure.check].get();
        raw.story = failure.story;
        raw.finding.check = raw.check->name();
        raw.finding.sentence = failure.sentence;
        raw.finding.path = {walk.path.begin(),
                            walk.path.begin() + static_cast<std::ptrdiff_t>(failure.length)};
        raw.cost = cost_of(raw.finding.path);
        std::optional<RawFinding>& best = findings_[failure.check];
        const bool counts = failure.length >= is_new.size() || is_new[failure.length];
        raw.finding.count = (best ? best->finding.count : 0) + (counts ? 1 : 0);
        if (!best || raw.cost < best->cost) {
            best = std::move(raw);
        } else {
            best->finding.count = raw.finding.count;
        }
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
            out.put(finding->story);
            out.put(finding->finding.count);
            out.put_text(finding->finding.sentence);
            put_path(out, finding->finding.path);
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
        raw.story = in.get<Story>();
        raw.finding.check = raw.check->name();
        raw.finding.count = in.get<std::uint64_t>();
        raw.finding.sentence = in.get_text();
        raw.finding.path = get_path(in);
        raw.cost = cost_of(raw.finding.path);
    }
    require_whole(in, search_.state_file);
}

}  // namespace brownout::sim
