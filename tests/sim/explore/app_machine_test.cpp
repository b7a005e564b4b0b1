// The application between boots, and the way to a dump.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

#include <set>

namespace brownout::sim {
namespace {

SmallScenario with_app(const std::string& app)
{
    SmallScenario scenario;
    scenario.type = "test";
    scenario.old_bytes = 300;
    scenario.new_bytes = 300;
    scenario.more = app.empty() ? "" : "app: {" + app + "}";
    return scenario;
}

bool has_run(const Graph& graph, RunKind kind, bool cut)
{
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        return node.label.run == kind && node.label.is_cut == cut;
    });
}

TEST(AppMachine, ThatMayOnlyConfirmExploresWhatStepsThatConfirmDo)
{
    SmallScenario steps = with_app("");
    steps.confirm = "- confirm:";
    steps.during = "reset, confirm";
    const Exploration by_steps = explore_all(steps);
    const Exploration by_app = explore_all(with_app("confirms: true"));
    EXPECT_EQ(by_app.states, by_steps.states);
    EXPECT_EQ(by_app.edges, by_steps.edges);
    EXPECT_TRUE(by_app.findings.empty());
}

TEST(AppMachine, ThatNeverConfirmsEndsInTheOldImage)
{
    ScenarioMachine machine(with_app("confirms: false").load());
    Graph graph;
    const Exploration exploration = explore_all(machine, &graph);
    EXPECT_TRUE(exploration.closed);
    EXPECT_FALSE(has_run(graph, RunKind::kConfirm, false));
    for (const Node& node : graph.nodes) {
        EXPECT_FALSE(node.story.confirmed);
    }
}

TEST(AppMachine, MayRequestAgainAfterARevertAndUploadOnceAnUpgradeIsOver)
{
    ScenarioMachine machine(with_app("requests: [test, permanent], uploads: [v1, v2]").load());
    Graph graph;
    ExploreLimits limits;
    limits.states = 20000;
    const Exploration exploration = explore_all(machine, &graph, 2, limits);
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    EXPECT_TRUE(has_run(graph, RunKind::kRequest, false));
    EXPECT_TRUE(has_run(graph, RunKind::kUpload, false));
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence << "\n"
                      << to_yaml(finding.repro, "x.yaml");
    }
    // Back and forth: somewhere the image that was new is the old one.
    EXPECT_TRUE(std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        return node.story.old_image == graph.nodes[0].story.new_image;
    }));
}

TEST(AppMachine, HasItsUploadsCutAtEachCallOfItsWriter)
{
    SmallScenario scenario = with_app("uploads: [v1]");
    ScenarioMachine machine(scenario.load());
    Graph graph;
    EXPECT_TRUE(explore_all(machine, &graph).closed);
    std::set<std::uint32_t> calls;
    for (const Node& node : graph.nodes) {
        if (node.label.run == RunKind::kUpload && node.label.is_cut) {
            calls.insert(node.label.call);
        }
    }
    EXPECT_GE(calls.size(), 3u) << "two erases and two blocks, all but the first";

    ScenarioMachine direct(with_app("uploads: [v1], uploads_via: direct").load());
    explore_all(direct, &graph);
    EXPECT_TRUE(has_run(graph, RunKind::kUpload, false));
    EXPECT_FALSE(has_run(graph, RunKind::kUpload, true));
}

TEST(AppMachine, UploadsByAProgrammerWhereNoWriterPutsTheImageWhereItMustGo)
{
    SmallScenario scenario = with_app("uploads: [v1], uploads_via: stream");
    scenario.strategy = "swap-offset";
    EXPECT_THROW(scenario.load(), InputError);
    scenario = with_app("uploads: [v1]");
    scenario.strategy = "swap-offset";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    explore_all(machine, &graph);
    EXPECT_TRUE(has_run(graph, RunKind::kUpload, false));
    EXPECT_FALSE(has_run(graph, RunKind::kUpload, true));
}

TEST(AppMachine, HasItsOwnFlashCallsCut)
{
    SmallScenario scenario = with_app("requests: [test]");
    scenario.granularity = "default";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    explore_all(machine, &graph);
    EXPECT_TRUE(has_run(graph, RunKind::kRequest, true));
    EXPECT_TRUE(has_run(graph, RunKind::kConfirm, false));
}

// Every node's path, run as a scenario, ends in the node's state.
TEST(NodePath, LeadsToTheStateOfItsNode)
{
    ScenarioMachine machine(with_app("requests: [test], uploads: [v1]").load());
    Graph graph;
    explore_all(machine, &graph);
    for (std::uint32_t i = 0; i < graph.nodes.size(); i += 1 + i / 3) {
        const std::string yaml = to_yaml(path_scenario(graph, machine, i), "p.yaml");
        ScenarioMachine again(parse_scenario(yaml, "p.yaml"));
        const ScenarioResult result = run_scenario(again, nullptr);
        EXPECT_TRUE(result.state.same_as(graph.nodes[i].state)) << yaml;
    }
}

TEST(NearestNode, IsTheOneThatADumpWasTakenFromOrDiffersInTheFewestSectors)
{
    ScenarioMachine machine(with_app("").load());
    Graph graph;
    explore_all(machine, &graph);
    const BoardPlan& board = machine.machine().board();
    const std::vector<FlashWindow> windows = {{0, 0x10000, 0x6000}, {0, 0x20000, 0x6000}};
    const std::uint32_t wanted = static_cast<std::uint32_t>(graph.nodes.size() / 2);
    MachineState dump = graph.nodes[wanted].state;
    const NearestNode exact = nearest_node(graph, board, dump, windows);
    EXPECT_EQ(exact.sectors, 12u);
    EXPECT_EQ(exact.differing, 0u);
    EXPECT_EQ(graph.nodes[exact.node].state.content_digest(), dump.content_digest());

    dump.devices[0].disturb(0x13000, std::vector<std::uint8_t>{0x12, 0x34});
    const NearestNode near = nearest_node(graph, board, dump, windows);
    EXPECT_EQ(near.differing, 1u);
    ASSERT_EQ(near.differences.size(), 1u);
    EXPECT_EQ(near.differences[0].offset_bytes, 0x13000u);
}

}  // namespace
}  // namespace brownout::sim
