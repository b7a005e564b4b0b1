// Cores with a defect on purpose: each is found, with a scenario that replays it.
#include "small_scenario.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <set>

#include <unistd.h>

namespace brownout::sim {
namespace {

struct Defect {
    const char* mutant;
    const char* check;  // that finds it
    const char* type = "permanent";
    const char* damage = "";  // of the new image
    const char* more = "";    // options of explore
    const char* boot = "";    // options of the bootloader
    const char* version = "2.0.0";
};

void PrintTo(const Defect& defect, std::ostream* out)
{
    *out << defect.mutant;
}

class BrokenCore : public testing::TestWithParam<Defect> {};

TEST_P(BrokenCore, IsCaughtWithAScenarioThatReplaysIt)
{
    SmallScenario scenario;
    scenario.mutant = GetParam().mutant;
    scenario.type = GetParam().type;
    scenario.damage = GetParam().damage;
    scenario.granularity += GetParam().more;
    scenario.boot = GetParam().boot;
    scenario.new_version = GetParam().version;
    // A broken core may have no end of states.
    ExploreLimits limits;
    limits.states = 3000;
    ScenarioMachine explored(scenario.load());
    const Exploration exploration = explore_all(explored, nullptr, 2, limits);
    ASSERT_TRUE(finds(exploration, GetParam().check));
    for (const Finding& finding : exploration.findings) {
        EXPECT_TRUE(still_fails(finding)) << to_yaml(finding.repro, "x.yaml");
    }
}

constexpr Defect kDefects[] = {
    {"status-before-copy", "always-boots-an-authentic-image"},
    {"no-trailer-erase", "always-boots-an-authentic-image", "test"},
    {"magic-first", "unconfirmed-image-reverts", "test"},
    {"resume-one-late", "always-boots-an-authentic-image"},
    {"skip-sector-erase", "always-boots-an-authentic-image"},
    {"copy-done-early", "always-boots-an-authentic-image"},
    {"missing-status", "always-boots-an-authentic-image"},
    {"image-ok-always", "unconfirmed-image-reverts", "test"},
    {"revert-ignored", "unconfirmed-image-reverts", "test"},
    {"swap-size-one-short", "always-boots-an-authentic-image"},
    {"no-secondary-trailer-erase", "comes-to-rest"},
    {"no-validation", "always-boots-an-authentic-image", "permanent",
     ", damage: [{offset: 0x300, xor: 1}]"},
    {"no-downgrade-check", "no-rollback", "permanent", "", "", ", downgrade: by-version", "0.9.0"},
    {"erase-twice", "wear", "permanent", "", ", budgets: {upgrades_per_lifetime: 2000}"},
    {"erase-at-rest", "quiet-at-rest", "permanent", "", ", checks: [default, quiet-at-rest]"},
};

// The same scenarios with the core as it is.
TEST_P(BrokenCore, IsTheOnlyReason)
{
    SmallScenario scenario;
    scenario.type = GetParam().type;
    scenario.damage = GetParam().damage;
    scenario.granularity += GetParam().more;
    scenario.boot = GetParam().boot;
    scenario.new_version = GetParam().version;
    const Exploration exploration = explore_all(scenario);
    EXPECT_TRUE(exploration.closed);
    EXPECT_FALSE(finds(exploration, GetParam().check));
}

TEST(BrokenCores, AreAllListed)
{
    // several_images_test.cpp has the one that needs two images.
    std::set<std::string> listed = {"none", "no-dependency-check"};
    for (const Defect& defect : kDefects) {
        listed.insert(defect.mutant);
    }
    std::set<std::string> known;
    for (const Named<boot_mutant>& mutant : mutant_names()) {
        known.insert(std::string(mutant.name));
    }
    EXPECT_EQ(listed, known);
    EXPECT_GE(known.size(), 13u);
}

INSTANTIATE_TEST_SUITE_P(Mutants, BrokenCore, testing::ValuesIn(kDefects),
                         [](const testing::TestParamInfo<Defect>& tested) {
                             std::string name = tested.param.mutant;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(BrokenCore, ThatWorksOnlyIfAStaticSurvivesResetIsCaught)
{
    SmallScenario scenario;
    scenario.core = TEST_FIRMWARE_FOLDER "/static_progress_core.so";
    scenario.strategy = "overwrite-only";
    const Exploration exploration = explore_all(scenario);
    EXPECT_TRUE(exploration.closed);
    ASSERT_FALSE(exploration.findings.empty());
    EXPECT_EQ(exploration.findings[0].cuts, 1u);

    ScenarioMachine machine(scenario.load());
    ScenarioResult uncut = run_scenario(machine, nullptr);
    const auto booted = machine.image_in(uncut.state, *machine.machine().area("mcuboot_primary"));
    ASSERT_TRUE(booted.has_value());  // without a cut, it works
    EXPECT_EQ(machine.images()[*booted].name, "v2");
}

class MisbehavingCore : public testing::TestWithParam<const char*> {};

TEST_P(MisbehavingCore, IsAFindingAndTheExplorationGoesOnToItsEnd)
{
    SmallScenario scenario;
    scenario.core = std::string(TEST_FIRMWARE_FOLDER "/") + GetParam() + "_core.so";
    scenario.strategy = "overwrite-only";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    const Exploration exploration = explore_all(machine, &graph);
    EXPECT_TRUE(exploration.closed);
    EXPECT_TRUE(finds(exploration, "always-boots-an-authentic-image"));
    ASSERT_EQ(graph.nodes.size(), 2u);
    EXPECT_EQ(graph.nodes[0].facts.outcome, OutcomeKind::kHandedOver);
    EXPECT_NE(graph.nodes[1].facts.outcome, OutcomeKind::kHandedOver) << graph.nodes[1].facts.text;
}

INSTANTIATE_TEST_SUITE_P(Cores, MisbehavingCore,
                         testing::Values("end_process", "hang", "crash", "scribble"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                             return std::string(tested.param);
                         });

std::vector<pid_t> children_of_this_process()
{
    std::vector<pid_t> children;
    const std::string self = std::to_string(getpid());
    std::ifstream list("/proc/" + self + "/task/" + self + "/children");
    for (pid_t child = 0; list >> child;) {
        children.push_back(child);
    }
    return children;
}

TEST(Workers, ThatAreKilledChangeNothingInTheResult)
{
    ScenarioMachine machine(SmallScenario{}.load());
    Graph whole;
    const Exploration expected = explore_all(machine, &whole);
    int killed = 0;
    const std::atomic<bool> never{false};
    Graph graph;
    ExploreLimits limits;
    limits.jobs = 2;
    const Exploration exploration = explore(
        machine, limits,
        [&](const ExploreProgress&) {
            // All at once, and never their second try: that would be a finding.
            if (killed > 0) {
                return;
            }
            for (const pid_t child : children_of_this_process()) {
                killed += kill(child, SIGKILL) == 0 ? 1 : 0;
            }
        },
        never, &graph);
    EXPECT_GT(killed, 0);
    EXPECT_TRUE(exploration.closed);
    EXPECT_TRUE(exploration.findings.empty());
    EXPECT_EQ(exploration.edges, expected.edges);
    ASSERT_EQ(graph.nodes.size(), whole.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        EXPECT_TRUE(graph.nodes[i].state.same_as(whole.nodes[i].state));
    }
}

}  // namespace
}  // namespace brownout::sim
