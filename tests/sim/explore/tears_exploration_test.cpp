// Torn operations in explorations and replays.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

struct TornScenario : SmallScenario {
    explicit TornScenario(const std::string& tears)
    {
        old_bytes = 300;
        new_bytes = 300;
        during = "reset], tears: [not-started, " + tears;
    }
};

TEST(TornOperations, AddStatesAndTheVerdictCountsThemAsSamples)
{
    TornScenario plain("not-started");
    TornScenario torn("erase-phases");
    const Exploration without = explore_all(plain);
    const Exploration with = explore_all(torn);
    EXPECT_FALSE(without.sampled);
    EXPECT_TRUE(with.sampled);
    EXPECT_TRUE(with.closed);
    EXPECT_GT(with.states, without.states);
    ASSERT_EQ(with.tears.size(), 1u);
    EXPECT_EQ(with.tears[0].kind, models::TearKind::kErasePhases);
    EXPECT_TRUE(with.findings.empty());
}

TEST(TornOperations, AreTheSameWithOneWorkerAndWithThree)
{
    TornScenario scenario("monotone-subset: {samples: 2}, erase-phases], tears_max: 1, seed: 5");
    std::string& during = scenario.during;
    during += ", checks: [always-boots-an-authentic-image";
    ScenarioMachine machine(scenario.load());
    Graph one;
    Graph three;
    const Exploration first = explore_all(machine, &one, 1);
    const Exploration second = explore_all(machine, &three, 3);
    EXPECT_TRUE(first.closed);
    EXPECT_EQ(first.seed, 5u);
    EXPECT_EQ(first.edges, second.edges);
    EXPECT_EQ(first.boots, second.boots);
    ASSERT_EQ(one.nodes.size(), three.nodes.size());
    for (std::size_t i = 0; i < one.nodes.size(); ++i) {
        EXPECT_TRUE(one.nodes[i].state.same_as(three.nodes[i].state));
        EXPECT_EQ(one.nodes[i].parent, three.nodes[i].parent);
        EXPECT_EQ(one.nodes[i].next, three.nodes[i].next);
        EXPECT_LE(one.nodes[i].torn, 1);
    }
}

TEST(TornOperations, WithAPrefixAreCutInsideCallsThatAreOtherwiseCutBetween)
{
    TornScenario scenario("prefix: {samples: 7}");
    const Exploration prefix = explore_all(scenario);
    EXPECT_TRUE(prefix.closed);
    EXPECT_GT(prefix.states, explore_all(TornScenario("not-started")).states * 3);
}

// Power lost in a word of a magic, in a revert: nothing asks for the old image any more.
TEST(TornOperations, FindTheMagicThatIsTornBetweenCallsToo)
{
    SmallScenario scenario;
    scenario.type = "test";
    for (const char* tear : {"prefix", "monotone-subset"}) {
        scenario.during = std::string("reset], tears_max: 1, tears: [not-started, ") + tear;
        const Exploration exploration = explore_all(scenario);
        ASSERT_TRUE(finds(exploration, "unconfirmed-image-reverts")) << tear;
        for (const Finding& finding : exploration.findings) {
            const std::string yaml = to_yaml(finding.repro, "torn.repro.yaml");
            ScenarioMachine machine(parse_scenario(yaml, "torn.repro.yaml"));
            EXPECT_FALSE(run_scenario(machine, nullptr).holds) << yaml;
        }
    }
}

// The state that a node has in the graph is the one that its path, replayed, leaves.
TEST(TornOperations, AreReplayedToExactlyTheStateThatWasExplored)
{
    TornScenario scenario("marginal-bits], tears_max: 1, checks: [comes-to-rest");
    ScenarioMachine machine(scenario.load());
    Graph graph;
    ExploreLimits limits;
    limits.states = 300;
    explore_all(machine, &graph, 1, limits);
    std::size_t replayed = 0;
    for (std::uint32_t i = 0; i < graph.nodes.size(); i += 7) {
        const Node& node = graph.nodes[i];
        if (!node.label.marginal) {
            continue;
        }
        ScenarioMachine again(
            parse_scenario(to_yaml(path_scenario(graph, machine, i), "p.yaml"), "p.yaml"));
        ScenarioResult result = run_scenario(again, nullptr);
        draw_marginal_levels(result.state, *node.label.marginal, 1);
        EXPECT_TRUE(result.state.same_as(node.state)) << i;
        ++replayed;
    }
    EXPECT_GT(replayed, 3u);
}

TEST(TornOperations, OfWhichACutMeetsNoneAreAnError)
{
    SmallScenario scenario;
    Scenario loaded = scenario.load();
    StepCut cut;
    cut.where.at = PowerCut::At::kCall;
    cut.where.index = 0;
    cut.where.tear = {models::TearKind::kNandErase, 0, 1, 1};
    std::get<ResetStep>(loaded.steps[2].action).cut = cut;
    const std::string yaml = to_yaml(loaded, "x.yaml");
    ScenarioMachine machine(parse_scenario(yaml, "x.yaml"));
    // The first call of a swap using move is an erase.
    EXPECT_NO_THROW(run_scenario(machine, nullptr));
    cut.where.tear.kind = models::TearKind::kNandPage;
    std::get<ResetStep>(loaded.steps[2].action).cut = cut;
    ScenarioMachine other(std::move(loaded));
    EXPECT_THROW(run_scenario(other, nullptr), InputError);
}

TEST(CutTimes, ReplaceCutPointsAndTearWhatIsInFlight)
{
    SmallScenario scenario;
    scenario.during = "reset], at_times: {every: 20 ms, until: 3 s}, tears: [not-started, "
                      "erase-phases";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    const Exploration exploration = explore_all(machine, &graph);
    EXPECT_TRUE(exploration.closed);
    EXPECT_FALSE(exploration.at_times.empty());
    EXPECT_GT(exploration.states, 10u);
    const bool torn = std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
        return node.label.tear.kind == models::TearKind::kErasePhases;
    });
    EXPECT_TRUE(torn) << "erases last 85 ms: some time falls into one";

    ExploreLimits limits;
    limits.at_times = {models::milliseconds(100'000)};
    const Exploration late = explore_all(machine, nullptr, 2, limits);
    EXPECT_EQ(late.depth, 0u) << "no boot lasts 100 s";
}

}  // namespace
}  // namespace brownout::sim
