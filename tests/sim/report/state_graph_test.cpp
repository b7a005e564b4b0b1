#include "sim/explore/small_scenario.hpp"

#include <sim/state_graph.hpp>

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace brownout::sim {
namespace {

std::uint64_t drawn_nodes(const StateGraph& drawn)
{
    return std::accumulate(
        drawn.states.begin(), drawn.states.end(), std::uint64_t{0},
        [](std::uint64_t sum, const DrawnState& state) { return sum + state.states; });
}

// A graph of `count` states, each found by a cut of the one before it.
Graph chain(std::uint32_t count)
{
    Graph graph;
    graph.nodes.resize(count);
    for (std::uint32_t i = 1; i < count; ++i) {
        Node& node = graph.nodes[i];
        node.depth = i;
        node.parent = i - 1;
        node.label.is_cut = true;
        node.label.call = i;
    }
    return graph;
}

class StateGraphTest : public testing::Test {
protected:
    ScenarioMachine machine{SmallScenario{}.load()};
};

TEST_F(StateGraphTest, EveryStateIsDrawnOnceAndEveryOneButTheFirstIsLedTo)
{
    Graph graph;
    const Exploration exploration = explore_all(machine, &graph);
    const StateGraph drawn = state_graph(machine, exploration, graph);
    EXPECT_EQ(drawn.nodes, exploration.nodes);
    EXPECT_EQ(drawn_nodes(drawn), exploration.nodes);
    EXPECT_LT(drawn.states.size(), exploration.nodes);
    std::set<std::uint32_t> reached;
    std::uint64_t found = 0;
    for (const DrawnEdge& edge : drawn.edges) {
        reached.insert(edge.to);
        found += edge.kind == DrawnEdge::Kind::kCut ? edge.states : 0;
    }
    EXPECT_EQ(reached.size() + (reached.count(0) == 0 ? 1 : 0), drawn.states.size());
    EXPECT_EQ(found, std::count_if(graph.nodes.begin(), graph.nodes.end(),
                                   [](const Node& node) { return node.label.is_cut; }));
}

TEST_F(StateGraphTest, FortyStatesAreDrawnOneByOneMoreAreNot)
{
    const StateGraph single = state_graph(machine, {}, chain(40));
    EXPECT_EQ(single.states.size(), 40u);
    EXPECT_EQ(state_graph_summary(single), "all 40 states drawn");
    Graph wide = chain(41);
    for (Node& node : wide.nodes) {
        node.depth = std::min(node.depth, 2u);
    }
    const StateGraph drawn = state_graph(machine, {}, wide);
    ASSERT_EQ(drawn.states.size(), 3u);
    EXPECT_EQ(drawn.states[2].states, 39u);
    EXPECT_EQ(state_graph_summary(drawn),
              "41 states drawn as 3: those alike in number of cuts, what the application did and "
              "what the next boot does are drawn as one");
}

TEST_F(StateGraphTest, WhereDepthsAreTooManyTheyAreDrawnAsOne)
{
    EXPECT_EQ(state_graph(machine, {}, chain(150)).states.size(), 150u);
    const StateGraph drawn = state_graph(machine, {}, chain(151));
    ASSERT_EQ(drawn.states.size(), 1u);
    EXPECT_EQ(drawn.states[0].depth_max, 150u);
    EXPECT_EQ(state_graph_summary(drawn),
              "151 states drawn as 1: those alike in what the application did and what the next "
              "boot does are drawn as one");
}

TEST_F(StateGraphTest, TheWayToAFindingIsDrawnStateByState)
{
    SmallScenario broken;
    broken.mutant = "resume-one-late";
    ScenarioMachine bad(broken.load());
    Graph graph;
    const Exploration exploration = explore_all(bad, &graph);
    ASSERT_FALSE(exploration.findings.empty());
    const StateGraph drawn = state_graph(bad, exploration, graph);
    const std::uint32_t node = exploration.findings[0].node;
    const auto at = std::find_if(drawn.states.begin(), drawn.states.end(),
                                 [&](const DrawnState& state) { return state.first_node == node; });
    ASSERT_NE(at, drawn.states.end());
    EXPECT_EQ(at->states, 1u);
    EXPECT_EQ(at->broken_check, exploration.findings[0].check);
    EXPECT_TRUE(at->on_way_to_finding);
    EXPECT_TRUE(drawn.states[0].on_way_to_finding);
    const auto marked = std::count_if(drawn.edges.begin(), drawn.edges.end(),
                                      [](const DrawnEdge& edge) { return edge.on_way_to_finding; });
    EXPECT_GE(marked, exploration.findings[0].cuts);
    EXPECT_NE(state_graph_dot(bad, exploration, drawn).find("FAILED " + at->broken_check),
              std::string::npos);
}

TEST_F(StateGraphTest, NamesAreQuoted)
{
    Scenario named = SmallScenario{}.load();
    named.name = "a \"b\" \\ <script>\nc";
    ScenarioMachine quoted(std::move(named));
    const StateGraph drawn = state_graph(quoted, {}, chain(1));
    EXPECT_NE(state_graph_dot(quoted, {}, drawn).find(R"(label="a \"b\" \\ <script>\nc: )"),
              std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
