// Flash contents that one core reaches under power cuts and the other does not.
#include <sim/core_diff.hpp>

#include <fmt/format.h>

#include <map>

namespace brownout::sim {

namespace {

struct ReachedContents {
    Exploration exploration;
    Graph graph;
    // The first node of each content: the one with the fewest cuts.
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> nodes;
};

ReachedContents contents_of(ScenarioMachine& machine, const ExploreLimits& limits,
                            const std::atomic<bool>& stop)
{
    ReachedContents reached;
    reached.exploration = explore(machine, limits, {}, stop, &reached.graph);
    for (std::uint32_t i = 0; i < reached.graph.nodes.size(); ++i) {
        const models::Digest128 digest = reached.graph.nodes[i].state.content_digest();
        reached.nodes.emplace(std::pair{digest.high, digest.low}, i);
    }
    return reached;
}

// How many contents of `mine` the other does not reach; lines of how to get to the nearest.
std::uint64_t only_in(ReachedContents& mine, const ReachedContents& other, const char* name,
                      ScenarioMachine& machine, std::vector<std::string>& lines)
{
    std::uint64_t count = 0;
    std::uint32_t nearest = kNoNode;
    for (const auto& [content, node] : mine.nodes) {
        if (other.nodes.count(content) == 0) {
            ++count;
            nearest = std::min(nearest, node);
        }
    }
    if (count == 0) {
        return 0;
    }
    lines.push_back(fmt::format(
        "{} flash contents are reached by {} alone; with the fewest cuts:", count, name));
    for (const std::string& line : path_text(mine.graph, machine, nearest)) {
        lines.push_back("  " + line);
    }
    const BootFacts& facts = mine.graph.nodes[nearest].facts;
    lines.push_back(fmt::format("  the boot from there: {}",
                                facts.text.empty() ? to_string(facts.outcome) : facts.text));
    return count;
}

}  // namespace

StateDiff diff_states(ScenarioMachine& first, ScenarioMachine& second, const ExploreLimits& limits,
                      const std::atomic<bool>& stop)
{
    ReachedContents a = contents_of(first, limits, stop);
    ReachedContents b = contents_of(second, limits, stop);
    StateDiff diff;
    diff.closed = a.exploration.closed && b.exploration.closed;
    diff.states_first = a.nodes.size();
    diff.states_second = b.nodes.size();
    const std::uint64_t only_a = only_in(a, b, "A", first, diff.lines);
    const std::uint64_t only_b = only_in(b, a, "B", second, diff.lines);
    diff.common = diff.states_first - only_a;
    diff.agree = only_a == 0 && only_b == 0;
    return diff;
}

}  // namespace brownout::sim
