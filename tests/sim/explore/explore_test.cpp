// The exploration against brute force, and against itself.
#include "small_scenario.hpp"

#include <sim/report.hpp>
#include <sim/runner.hpp>
#include <sim/suite.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

// Every state that up to `cuts` power cuts can leave at reset, found by running each sequence of
// cuts again and again, with exact comparison of states instead of digests.
class BruteForce {
public:
    explicit BruteForce(ScenarioMachine& machine) : machine_(machine) {}

    std::vector<MachineState> states;

    void visit(const MachineState& start, int cuts)
    {
        remember(start);
        MachineState whole = start;
        const RunReport uncut = machine_.machine().boot(whole);
        remember(whole);
        if (cuts == 0) {
            return;
        }
        for (std::uint32_t call = 0; call < uncut.calls; ++call) {
            MachineState cut = start;
            RunOptions options;
            options.cut = PowerCut{PowerCut::At::kCall, call, {}};
            EXPECT_EQ(machine_.machine().boot(cut, options).outcome.kind, OutcomeKind::kPowerLost);
            if (remember(cut)) {
                visit(cut, cuts - 1);
            }
        }
    }

private:
    // True if the state is new. Known states were visited with at least as many cuts left, except
    // at the last levels; those are visited again through `deeper`.
    bool remember(const MachineState& state)
    {
        for (const MachineState& known : states) {
            if (known.same_as(state)) {
                return false;
            }
        }
        states.push_back(state);
        return true;
    }

    ScenarioMachine& machine_;
};

TEST(Exploration, ClosesOnExactlyTheStatesThatBruteForceOverThreeCutsFinds)
{
    for (const char* strategy : {"swap-move"}) {
        SmallScenario small;
        small.strategy = strategy;
        small.new_bytes = 3000;
        ScenarioMachine machine(small.load());
        Graph graph;
        const Exploration exploration = explore_all(machine, &graph);
        ASSERT_TRUE(exploration.closed);
        ASSERT_LE(exploration.depth, 3u);

        BruteForce brute(machine);
        brute.visit(graph.nodes[0].state, 3);
        EXPECT_EQ(brute.states.size(), exploration.states);
        for (const Node& node : graph.nodes) {
            const bool found =
                std::any_of(brute.states.begin(), brute.states.end(),
                            [&](const MachineState& state) { return state.same_as(node.state); });
            EXPECT_TRUE(found);
        }
    }
}

TEST(Exploration, TellsNodesApartByDigestExactlyAsByComparison)
{
    ScenarioMachine machine(SmallScenario{}.load());
    Graph graph;
    explore_all(machine, &graph);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool same = graph.nodes[i].state.same_as(graph.nodes[j].state);
            EXPECT_EQ(same, graph.nodes[i].state.digest() == graph.nodes[j].state.digest());
        }
    }
}

TEST(Exploration, OfAPermanentMoveHoldsAndClosesAfterOneCut)
{
    const Exploration exploration = explore_all(SmallScenario{});
    EXPECT_TRUE(exploration.closed);
    EXPECT_TRUE(exploration.findings.empty());
    EXPECT_EQ(exploration.depth, 1u);
    EXPECT_GT(exploration.states, 30u);
}

TEST(Exploration, SeesMoreStatesTheFinerTheGranularity)
{
    SmallScenario scenario;
    scenario.old_bytes = 300;
    scenario.new_bytes = 300;
    const std::uint64_t calls = explore_all(scenario).states;
    scenario.granularity = "default";
    const std::uint64_t normal = explore_all(scenario).states;
    scenario.granularity = "ops";
    const std::uint64_t ops = explore_all(scenario).states;
    EXPECT_LT(calls, normal);
    EXPECT_LT(normal, ops);
    EXPECT_GT(ops, 3u * 1024u);  // three sector copies of 1024 words each
}

TEST(Exploration, IsTheSameWithOneWorkerAndWithThree)
{
    ScenarioMachine machine(SmallScenario{}.load());
    Graph one;
    Graph three;
    const Exploration first = explore_all(machine, &one, 1);
    const Exploration second = explore_all(machine, &three, 3);
    EXPECT_EQ(first.edges, second.edges);
    ASSERT_EQ(one.nodes.size(), three.nodes.size());
    for (std::size_t i = 0; i < one.nodes.size(); ++i) {
        EXPECT_TRUE(one.nodes[i].state.same_as(three.nodes[i].state));
        EXPECT_EQ(one.nodes[i].parent, three.nodes[i].parent);
        EXPECT_EQ(one.nodes[i].next, three.nodes[i].next);
    }
}

TEST(Exploration, ThatRunsOutOfStatesSaysSoAndIsNotClosed)
{
    ScenarioMachine machine(SmallScenario{}.load());
    ExploreLimits limits;
    limits.states = 10;
    const Exploration exploration = explore_all(machine, nullptr, 2, limits);
    EXPECT_FALSE(exploration.closed);
    EXPECT_EQ(exploration.stopped_by, "budget of 10 states reached");
    EXPECT_GT(exploration.waiting, 0u);
}

TEST(Exploration, ThatIsInterruptedAtOnceIsNotClosed)
{
    ScenarioMachine machine(SmallScenario{}.load());
    const std::atomic<bool> stop{true};
    const Exploration exploration = explore(machine, {}, {}, stop);
    EXPECT_FALSE(exploration.closed);
    EXPECT_EQ(exploration.stopped_by, "interrupted");
}

TEST(Exploration, OfATestUpgradeBetweenCallsAlwaysRevertsAnUnconfirmedImage)
{
    SmallScenario scenario;
    scenario.type = "test";
    scenario.confirm = "- confirm:";
    scenario.during = "reset, confirm";
    const Exploration exploration = explore_all(scenario);
    EXPECT_TRUE(exploration.closed);
    EXPECT_TRUE(exploration.findings.empty());
}

// A magic of 16 bytes is four words: power lost between them in the wrong one of two places of a
// revert, and the old image is never asked for again.
TEST(Exploration, InsideTheMagicOfARevertFindsTheImageThatStays)
{
    SmallScenario scenario;
    scenario.type = "test";
    scenario.granularity = "default";
    const Exploration exploration = explore_all(scenario);
    ASSERT_TRUE(finds(exploration, "unconfirmed-image-reverts"));
    EXPECT_EQ(exploration.findings.size(), 1u);
    EXPECT_EQ(exploration.findings[0].cuts, 2u);
}

TEST(Exploration, WritesAFindingAsAScenarioThatFailsWhenReplayed)
{
    SmallScenario scenario;
    scenario.type = "test";
    scenario.granularity = "default";
    const Exploration exploration = explore_all(scenario);
    ASSERT_EQ(exploration.findings.size(), 1u);
    const std::string yaml = to_yaml(exploration.findings[0].repro, "small.repro.yaml");
    ScenarioMachine machine(parse_scenario(yaml, "small.repro.yaml"));
    const ScenarioResult replayed = run_scenario(machine, nullptr);
    EXPECT_FALSE(replayed.holds);
}

TEST(Exploration, WithoutAStepToExploreAfterTheLastUploadIsAnError)
{
    SmallScenario scenario;
    scenario.confirm = "- upload: {image: v1, to: mcuboot_secondary}";
    ScenarioMachine machine(scenario.load());
    EXPECT_THROW(explore_all(machine), InputError);
}

TEST(Exploration, JudgesByTheRequestThatFollowsTheLastUpload)
{
    SmallScenario scenario;
    scenario.type = "permanent";
    scenario.confirm = "- upload: {image: v1, to: mcuboot_secondary}\n"
                       "  - request_upgrade: {type: test}\n"
                       "  - reset:";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    const Exploration exploration = explore_all(machine, &graph);
    EXPECT_FALSE(graph.nodes[0].story.permanent);
    EXPECT_TRUE(exploration.findings.empty());
}

TEST(Exploration, HasJsonWithTheFieldsThatScriptsNeed)
{
    ScenarioMachine machine(SmallScenario{}.load());
    const Exploration exploration = explore_all(machine);
    ExplorationReport report;
    const SuiteEntry entry;
    report.add({&entry, &machine, &exploration, {}});
    const std::string json = report.json();
    for (const char* key : {"\"explorations\"", "\"closed\": true", "\"granularity\": \"calls\"",
                            "\"tears\"", "\"states\"", "\"edges\"", "\"boots\"", "\"depth\"",
                            "\"violations\": []", "\"elapsed_s\""}) {
        EXPECT_NE(json.find(key), std::string::npos) << key;
    }
}

}  // namespace
}  // namespace brownout::sim
