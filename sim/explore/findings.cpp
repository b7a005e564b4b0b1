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
    std::optional<RawFinding> best;
    std::optional<PathCost> best_cost;
    std::uint64_t count = 0;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
        if (!graph.nodes[i].expanded || !check.judge(graph, graph.nodes[i])) {
            continue;
        }
        ++count;
        if (best && graph.nodes[i].depth > best_cost->cuts) {
            continue;
        }
        PathCost cost = cost_of(path_to(graph, i));
        if (!best || cost < *best_cost) {
            best = RawFinding{&check, *failure_at(check, graph, i), i, 0, {}};
            best_cost = std::move(cost);
        }
    }
    if (best) {
        best->count = count;
        best->trace = trace_of(judged, best->node);
    }
    return best;
}

std::string bytes_of(const std::optional<SimplestPath>& found)
{
    ByteWriter out;
    out.put(found.has_value());
    if (found) {
        put_failure(out, found->failure);
        out.put(found->tried);
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
    found.failure = get_failure(in);
    found.tried = in.get<std::uint32_t>();
    for (auto n = in.get<std::uint32_t>(); n > 0 && !in.failed; --n) {
        found.trace.push_back(in.get_text());
    }
    return in.failed ? std::nullopt : std::optional<SimplestPath>(std::move(found));
}

bool expects_something(const ExpectStep& expect)
{
    return expect.boots || expect.outcome || expect.network_core || expect.violations;
}

// For a check that no `expect` stands for: see <sim/replay.hpp>.
ExploreOptions asking_only_for(const Check& check, ExploreOptions options)
{
    options.checks.clear();
    std::erase_if(options.custom_checks,
                  [&](const CustomCheck& rule) { return rule.name != check.name(); });
    const auto named = named_checks();
    if (std::any_of(named.begin(), named.end(),
                    [&](const auto& other) { return other->name() == check.name(); })) {
        options.checks.push_back(Expected{std::string(check.name()), {}});
        options.budgets = {};
    }
    return options;
}

Scenario repro_of(const Judged& judged, const Check& check, const Failure& failure)
{
    Scenario repro = path_scenario(judged.graph, judged.machine, failure.path);
    repro.name += ": " + std::string(check.name());
    ResetStep last;
    last.marginal = failure.path.empty() ? std::nullopt : failure.path.back().marginal;
    repro.steps.push_back(Step{{}, last});
    Node node;
    node.story = failure.story;
    node.facts.image = failure.image;
    const ExpectStep expect = check.expectation(judged.graph, node, judged.machine);
    if (expects_something(expect)) {
        repro.steps.push_back(Step{{}, expect});
    } else {
        const ExploreOptions explored =
            judged.machine.scenario().explore.value_or(ExploreOptions{});
        repro.explore = asking_only_for(check, explored);
    }
    return repro;
}

Finding finding_of(const Judged& judged, RawFinding raw, std::optional<SimplestPath> simplest)
{
    Finding finding;
    finding.check = raw.check->name();
    finding.node = raw.node;
    finding.count = raw.count;
    Failure failure = raw.failure;
    finding.trace = std::move(raw.trace);
    if (simplest) {
        failure = std::move(simplest->failure);
        finding.trace = std::move(simplest->trace);
        finding.tried = simplest->tried;
        if (failure.path != raw.failure.path) {
            finding.found_as = path_words(raw.failure.path);
        }
    }
    finding.repro = repro_of(judged, *raw.check, failure);
    finding.cuts = cost_of(failure.path).cuts;
    finding.sentence = std::move(failure.sentence);
    finding.path = std::move(failure.path);
    return finding;
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
    return simplest_path(judged.machine, graph, judged.plan, *raw.check, raw.failure.path, known);
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
        findings.push_back(finding_of(judged, std::move(raw[i]), std::move(simplest[i])));
    }
    return findings;
}

}  // namespace brownout::sim
