// Every sequence of power cuts over an update of both cores.
#include "net_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace brownout::sim {
namespace {

Exploration explore_network(const NetScenario& scenario, Graph* graph = nullptr,
                            bool every_network_content = false)
{
    static const std::atomic<bool> never{false};
    ScenarioMachine machine(scenario.load());
    ExploreLimits limits;
    limits.jobs = 2;
    limits.every_network_content = every_network_content;
    return explore(machine, limits, {}, never, graph);
}

NetScenario between_calls()
{
    NetScenario scenario;
    scenario.explore = "explore: {during: [reset], granularity: calls}";
    return scenario;
}

NetScenario sequential_between_calls()
{
    NetScenario scenario = NetScenario::sequential();
    scenario.explore = between_calls().explore;
    return scenario;
}

bool fails(const Exploration& exploration, const std::string& check)
{
    return std::any_of(exploration.findings.begin(), exploration.findings.end(),
                       [&](const Finding& finding) { return finding.check == check; });
}

TEST(NetworkExploration, ASimultaneousUpdateClosesAndNoMixtureEverRuns)
{
    const Exploration exploration = explore_network(between_calls());
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
    ASSERT_TRUE(exploration.network);
    EXPECT_GT(exploration.network->network_half_written, 0u);
    EXPECT_GT(exploration.network->application_newer, 0u);  // between the two images
    EXPECT_EQ(exploration.network->mixtures_running, 0u);
    EXPECT_EQ(exploration.network->versions_differ_running, 0u);
    EXPECT_EQ(exploration.network->boots_to_heal_max, 1u);
}

TEST(NetworkExploration, ASequentialUpdateClosesAndNoMixtureEverRuns)
{
    const Exploration exploration = explore_network(sequential_between_calls());
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
    ASSERT_TRUE(exploration.network);
    EXPECT_GT(exploration.network->network_half_written, 0u);
    EXPECT_EQ(exploration.network->mixtures_running, 0u);
    EXPECT_EQ(exploration.network->boots_to_heal_max, 1u);
}

TEST(NetworkExploration, CutsReachTheNetworkCoreWhileItCopies)
{
    Graph graph;
    const NetScenario scenario = sequential_between_calls();
    ASSERT_TRUE(explore_network(scenario, &graph, true).closed);
    const ScenarioMachine machine(scenario.load());
    const AreaPlan& slot = *machine.machine().area("net_app");
    const auto is_partly_erased = [&](const Node& node) {
        return node.state.devices[slot.device].is_erased(slot.offset_bytes, 2048);
    };
    EXPECT_TRUE(std::any_of(graph.nodes.begin(), graph.nodes.end(), is_partly_erased));
}

// The verdicts, check by check.
std::string verdicts(const Exploration& exploration)
{
    std::string text;
    for (const CheckResult& check : exploration.checks) {
        text += check.name + (check.holds ? " holds\n" : " fails\n");
    }
    return text;
}

TEST(NetworkExploration, ForgettingHalfWrittenImagesChangesNoVerdict)
{
    for (const char* const mode : {"simultaneous", "sequential"}) {
        for (const char* const switches : {"", "pcd-fails", "drops-failed"}) {
            NetScenario scenario = between_calls();
            scenario.mode = mode;
            scenario.switches = switches;
            const Exploration reduced = explore_network(scenario);
            const Exploration whole = explore_network(scenario, nullptr, true);
            EXPECT_TRUE(reduced.closed && whole.closed) << mode << ' ' << switches;
            EXPECT_EQ(verdicts(reduced), verdicts(whole)) << mode << ' ' << switches;
            EXPECT_EQ(reduced.network->boots_to_heal_max, whole.network->boots_to_heal_max);
            EXPECT_EQ(reduced.boots_to_rest_max, whole.boots_to_rest_max);
            EXPECT_LE(reduced.states, whole.states);
        }
    }
}

// A bootloader that takes the request back before the network image is whole again.
TEST(NetworkExploration, AForgottenPageThatIsReadCountsAsAMixtureThatRuns)
{
    NetScenario scenario = sequential_between_calls();
    ScenarioMachine machine(scenario.load());
    MachineState state = run_scenario(machine, nullptr).state;  // updated, nothing requested
    state.unknown_network_pages = 3;
    const RunReport report = machine.machine().boot(state);
    EXPECT_TRUE(report.network->read_unknown_pages);
    EXPECT_EQ(network_words(machine, state, *report.network),
              "starts from a half-written slot, unchecked");
}

TEST(NetworkExploration, WarmResetsAreClosedTooWithTheCommandInRam)
{
    NetScenario scenario = sequential_between_calls();
    scenario.explore =
        "explore: {during: [reset], granularity: calls, resets: [power-loss, mcu-reset]}";
    const Exploration exploration = explore_network(scenario);
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    EXPECT_TRUE(exploration.findings.empty());
    EXPECT_GT(exploration.states, explore_network(sequential_between_calls()).states);
}

TEST(NetworkExploration, AFailingNetworkCoreIsFoundInBothFlavours)
{
    NetScenario simultaneous = between_calls();
    simultaneous.switches = "pcd-fails";
    EXPECT_TRUE(fails(explore_network(simultaneous), "always-boots-an-authentic-image"));
    NetScenario sequential = sequential_between_calls();
    sequential.switches = "pcd-fails";
    const Exploration exploration = explore_network(sequential);
    EXPECT_TRUE(fails(exploration, "network-core-runs-a-whole-image"));
    EXPECT_TRUE(fails(exploration, "requested-network-update-completes"));
    EXPECT_GT(exploration.network->network_not_running, 0u);
}

TEST(NetworkExploration, ARequestThatStaysNeverComesToRest)
{
    NetScenario scenario = sequential_between_calls();
    scenario.strategy = "overwrite-only-fast";
    scenario.switches = "request-stays";
    scenario.explore = "explore: {during: [reset], granularity: calls, checks: [quiet-at-rest]}";
    EXPECT_FALSE(explore_network(scenario).findings.empty());
}

// Each image needs the other's version.
NetScenario hardened()
{
    NetScenario scenario = between_calls();
    scenario.switches = "hardened";
    scenario.application_more = ", dependencies: [{image: 1, version: 2.0.0}]";
    scenario.network_damage = ", dependencies: [{image: 0, version: 2.0.0}]";
    return scenario;
}

TEST(NetworkExploration, HardenedBothCoresAreOldOrNewWheneverAnApplicationRuns)
{
    const Exploration exploration = explore_network(hardened());
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
    EXPECT_GT(exploration.network->network_newer, 0u);  // the network image goes first
    EXPECT_EQ(exploration.network->application_newer, 0u);
}

TEST(NetworkExploration, HardenedARefusalLeavesTheOldPairRunning)
{
    for (const char* const fault : {"pcd-fails", "wrong-magic"}) {
        NetScenario scenario = hardened();
        scenario.switches += std::string(", ") + fault;
        const Exploration exploration = explore_network(scenario);
        EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
        EXPECT_FALSE(fails(exploration, "always-boots-an-authentic-image")) << fault;
        EXPECT_FALSE(fails(exploration, "network-core-runs-a-whole-image")) << fault;
        EXPECT_FALSE(fails(exploration, "cores-run-the-same-version")) << fault;
        EXPECT_TRUE(fails(exploration, "requested-network-update-completes")) << fault;
    }
}

// ---- cuts between the requests for the two images ----

enum class First { kApplication, kNetwork };

NetScenario requests_explored(First first, bool with_dependencies)
{
    NetScenario scenario = with_dependencies ? hardened() : between_calls();
    scenario.switches.clear();
    scenario.uploads = "  - upload: {image: net2, to: mcuboot_secondary_1}\n"
                       "  - upload: {image: app2, to: mcuboot_secondary}\n";
    const bool application = first == First::kApplication;
    for (const bool one : {application, !application}) {
        *scenario.uploads += one ? "  - request_upgrade: {type: permanent}\n"
                                 : "  - request_upgrade: {type: permanent, image: 1}\n";
    }
    scenario.explore = "explore: {during: [request_upgrade, reset], granularity: calls}";
    return scenario;
}

TEST(NetworkExploration, ACutBetweenTwoRequestsRunsTwoVersionsForGood)
{
    for (const First first : {First::kApplication, First::kNetwork}) {
        const Exploration exploration = explore_network(requests_explored(first, false));
        const bool application = first == First::kApplication;
        EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
        EXPECT_TRUE(fails(exploration, "cores-run-the-same-version")) << application;
        EXPECT_FALSE(fails(exploration, "network-core-runs-a-whole-image")) << application;
        EXPECT_FALSE(fails(exploration, "requested-network-update-completes")) << application;
        const NetworkSummary& network = *exploration.network;
        EXPECT_GT(network.versions_differ_running, 0u);
        EXPECT_GT(application ? network.application_newer : network.network_newer, 0u);
        EXPECT_FALSE(application ? network.application_newer_after.empty()
                                 : network.network_newer_after.empty());
        EXPECT_FALSE(network.boots_to_match_max) << "by boots alone";
        for (const Finding& finding : exploration.findings) {
            ScenarioMachine machine(parse_scenario(to_yaml(finding.repro, "x.yaml"), "x.yaml"));
            EXPECT_FALSE(run_scenario(machine, nullptr).holds) << finding.check;
        }
    }
}

TEST(NetworkExploration, WithDependenciesACutBetweenTwoRequestsOnlyDelaysBoth)
{
    for (const First first : {First::kApplication, First::kNetwork}) {
        const Exploration exploration = explore_network(requests_explored(first, true));
        EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
        for (const Finding& finding : exploration.findings) {
            ADD_FAILURE() << finding.check << ": " << finding.sentence;
        }
        EXPECT_EQ(exploration.network->versions_differ_running, 0u);
        EXPECT_EQ(exploration.network->boots_to_match_max, 1u);
        EXPECT_GT(exploration.network->same_version, 2u);
    }
}

// One slot for both: the second image is uploaded when the first runs, so that two versions run by
// intent, until the second is requested and no cut is met.
TEST(NetworkExploration, SequentiallyTwoVersionsRunUntilTheSecondIsRequested)
{
    const std::string application = "  - upload: {image: app2, to: mcuboot_secondary}\n";
    const std::string network = "  - upload: {image: net2, to: mcuboot_secondary}\n";
    const std::string request = "  - request_upgrade: {type: permanent}\n";
    for (const bool application_first : {true, false}) {
        NetScenario scenario = NetScenario::sequential();
        scenario.strategy = "overwrite-only-fast";
        scenario.uploads = (application_first ? application : network) + request + "  - reset:\n" +
                           (application_first ? network : application) + request;
        scenario.explore = "explore: {during: [request_upgrade, reset], granularity: calls}";
        const Exploration exploration = explore_network(scenario);
        EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
        for (const Finding& finding : exploration.findings) {
            ADD_FAILURE() << finding.check << ": " << finding.sentence;
        }
        const NetworkSummary& summary = *exploration.network;
        EXPECT_GT(application_first ? summary.application_newer : summary.network_newer, 0u);
        EXPECT_EQ(application_first ? summary.network_newer : summary.application_newer, 0u);
        EXPECT_GT(summary.versions_differ_running, 0u);
        EXPECT_EQ(application_first ? summary.application_newer_after : summary.network_newer_after,
                  "at the start");
    }
}

// Both cores run one version, and the application asks for a later one.
TEST(NetworkExploration, WhatAnImageAsksOfTheNetworkCoreIsCheckedToo)
{
    NetScenario scenario = between_calls();
    scenario.application_more = ", dependencies: [{image: 1, version: 3.0.0}]";
    scenario.more_boot = ", mutant: no-dependency-check";
    const Exploration exploration = explore_network(scenario);
    EXPECT_FALSE(fails(exploration, "cores-run-the-same-version"));
    EXPECT_TRUE(fails(exploration, "dependencies-are-met"));
    scenario.application_more = ", dependencies: [{image: 1, version: 2.0.0}]";
    EXPECT_FALSE(fails(explore_network(scenario), "dependencies-are-met"));
}

// The update of one image alone: the request of the other is left out.
Exploration explore_alone(const NetScenario& scenario, std::uint32_t without_image,
                          const ExploreLimits& limits = {})
{
    static const std::atomic<bool> never{false};
    Scenario alone = scenario.load();
    std::erase_if(alone.steps, [without_image](const Step& step) {
        const auto* const request = std::get_if<RequestUpgradeStep>(&step.action);
        return request != nullptr && request->image_index == without_image;
    });
    ScenarioMachine machine(std::move(alone));
    return explore(machine, limits, {}, never);
}

TEST(NetworkExploration, OneImageRequestedAloneRunsTwoVersions)
{
    const Exploration exploration = explore_alone(between_calls(), 1);
    EXPECT_TRUE(fails(exploration, "cores-run-the-same-version"));
    EXPECT_GT(exploration.network->versions_differ_running, 0u);
    for (const Finding& finding : exploration.findings) {
        ScenarioMachine machine(parse_scenario(to_yaml(finding.repro, "x.yaml"), "x.yaml"));
        EXPECT_FALSE(run_scenario(machine, nullptr).holds) << finding.check << " can be replayed";
    }
    // With dependencies it does not start at all.
    EXPECT_EQ(explore_alone(hardened(), 1).network->versions_differ_running, 0u);
    EXPECT_EQ(explore_alone(hardened(), 0).network->versions_differ_running, 0u);
}

TEST(NetworkExploration, WhatRandomWalksFoundCanBeReplayedFromTheirFileToo)
{
    ExploreLimits limits;
    limits.random = RandomSearch{20, testing::TempDir() + "network-walks.state"};
    std::filesystem::remove(limits.random->state_file);
    explore_alone(between_calls(), 1, limits);
    const Exploration walked = explore_alone(between_calls(), 1, limits);
    EXPECT_TRUE(fails(walked, "cores-run-the-same-version"));
    for (const Finding& finding : walked.findings) {
        ScenarioMachine machine(parse_scenario(to_yaml(finding.repro, "x.yaml"), "x.yaml"));
        EXPECT_FALSE(run_scenario(machine, nullptr).holds) << finding.check << " can be replayed";
    }
}

}  // namespace
}  // namespace brownout::sim
