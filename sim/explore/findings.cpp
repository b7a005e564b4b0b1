#include "findings.hpp"

#include "byte_stream.hpp"
#include "node_path.hpp"
#include "simplest_path.hpp"

#include "workers/forked_workers.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

std::vector<std::string> trace_of(const Judged& judged, std::uint32_t node)
{
    std::vector<std::string> lines = path_text(judged.graph, judged.machine, node);
    const BootFacts& facts = judged.graph.nodes[node].facts;
    for (const std::string& error : facts.errors) {
        lines.push_back("boot: E: " + error);
    }
    lines.push_back("boot: " + facts.text);
    return lines;
}

// Of all nodes at which `check` fails, the one with the simplest way to it.
std::optional<RawFinding> simplest_node(const Judged& judged, const Check& check)
{
    const Graph& graph = judged.graph;
    std::uint32_t best_node = 0;
    std::optional<RawFinding> best;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        auto sentence = node.expanded ? check.judge(graph, node) : std::nullopt;
        if (!sentence) {
            continue;
        }
        const std::uint64_t count = best ? best->finding.count + 1 : 1;
        if (!best || node.depth <= best->cost.cuts) {
            PathCost cost = cost_of(path_to(graph, i));
            if (!best || cost < best->cost) {
                best = RawFinding{&check, node.story, node.facts.image, std::move(cost), {}, {}};
                best_node = i;
                best->finding.sentence = std::move(*sentence);
            }
        }
        best->finding.count = count;
    }
    if (best) {
        best->finding.check = check.name();
        best->finding.node = best_node;
        best->finding.path = path_to(graph, best_node);
        best->trace = trace_of(judged, best_node);
    }
    return best;
}

std::string bytes_of(const std::optional<SimplestPath>& found)
{
    ByteWriter out;
    out.put(found.has_value());
    if (found) {
        out.put(found->story);
        out.put(found->image);
        out.put(found->tried);
        out.put_text(found->sentence);
        out.put(static_cast<std::uint32_t>(found->path.size()));
        for (const EdgeLabel& label : found->path) {
            out.put(label);
        }
        out.put(static_cast<std::uint32_t>(found->trace.size()));
        for (const std::string& line : found->trace) {
            out.put_text(line);
        }
    }
    return {out.bytes.begin(), out.bytes.end()};
}

std::optional<SimplestPath> read_simplest(const std::string& bytes)
{
    ByteReader in({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!in.get<bool>()) {
        return std::nullopt;
    }
    SimplestPath found;
    found.story = in.get<Story>();
    found.image = in.get<std::int32_t>();
    found.tried = in.get<std::uint32_t>();
    found.sentence = in.get_text();
    for (auto n = in.get<std::uint32_t>(); n > 0 && !in.failed; --n) {
        found.path.push_back(in.get<EdgeLabel>());
    }
    for (auto n = in.get<std::uint32_t>(); n > 0 && !in.failed; --n) {
        found.trace.push_back(in.get_text());
    }
    return in.failed ? std::nullopt : std::optional<SimplestPath>(std::move(found));
}

Scenario repro_of(const Judged& judged, const RawFinding& raw, const Node& node)
{
    const std::vector<EdgeLabel>& path = raw.finding.path;
    Scenario repro = path_scenario(judged.graph, judged.machine, path);
    repro.name += ": " + raw.finding.check;
    ResetStep last;
    last.marginal = path.empty() ? std::nullopt : path.back().marginal;
    repro.steps.push_back(Step{{}, last});
    repro.steps.push_back(Step{{}, raw.check->expectation(judged.graph, node, judged.machine)});
    return repro;
}

void finish(const Judged& judged, RawFinding& raw, std::optional<SimplestPath> simplest)
{
    Finding& finding = raw.finding;
    Node node;
    node.story = raw.story;
    node.facts.image = raw.image;
    if (simplest) {
        node.story = simplest->story;
        node.facts.image = simplest->image;
        finding.tried = simplest->tried;
        if (simplest->path != finding.path) {
            finding.found_as = path_words(finding.path);
        }
        finding.path = std::move(simplest->path);
        finding.sentence = std::move(simplest->sentence);
        finding.trace = std::move(simplest->trace);
    } else {
        finding.trace = std::move(raw.trace);
    }
    finding.cuts = cost_of(finding.path).cuts;
    finding.repro = repro_of(judged, raw, node);
}

std::optional<SimplestPath> simplify(const Judged& judged, const RawFinding& raw)
{
    const Graph& graph = judged.graph;
    const KnownVerdict known = [&](const NodeKey& key) -> std::optional<bool> {
        const auto at = judged.index_of.find(key);
        if (at == judged.index_of.end() || !graph.nodes[at->second].expanded) {
            return std::nullopt;
        }
        return raw.check->judge(graph, graph.nodes[at->second]).has_value();
    };
    return simplest_path(judged.machine, graph, judged.plan, *raw.check, raw.finding.path, known);
}

}  // namespace

std::vector<Finding> find_violations(const Judged& judged)
{
    std::vector<RawFinding> raw;
    for (const auto& check : judged.checks) {
        if (auto found = simplest_node(judged, *check)) {
            raw.push_back(std::move(*found));
        }
    }
    return minimised_findings(judged, std::move(raw));
}

std::vector<Finding> minimised_findings(const Judged& judged, std::vector<RawFinding> raw)
{
    // In other processes: whatever the core did to them, it may do again.
    std::vector<std::optional<SimplestPath>> simplest(raw.size());
    run_in_workers(
        raw.size(), judged.jobs,
        [&](std::size_t index) { return bytes_of(simplify(judged, raw[index])); },
        [&](std::size_t index, const WorkResult& result) {
            simplest[index] = result.answer ? read_simplest(*result.answer) : std::nullopt;
        },
        [&] { return judged.stop.load(); });
    std::vector<Finding> findings;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        finish(judged, raw[i], std::move(simplest[i]));
        findings.push_back(std::move(raw[i].finding));
    }
    return findings;
}

}  // namespace brownout::sim
