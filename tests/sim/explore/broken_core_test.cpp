// Cores with a defect on purpose: each is found, with a scenario that replays it.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

struct Defect {
    const char* mutant;
    const char* check;  // that finds it
    const char* type = "permanent";
    const char* damage = "";  // of the new image
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
    // A broken core may have no end of states.
    ExploreLimits limits;
    limits.states = 3000;
    ScenarioMachine explored(scenario.load());
    const Exploration exploration = explore_all(explored, nullptr, 2, limits);
    ASSERT_TRUE(finds(exploration, GetParam().check));
    for (const Finding& finding : exploration.findings) {
        if (finding.check == "comes-to-rest" || finding.check != GetParam().check) {
            continue;
        }
        ScenarioMachine machine(parse_scenario(to_yaml(finding.repro, "x.yaml"), "x.yaml"));
        EXPECT_FALSE(run_scenario(machine, nullptr).holds) << to_yaml(finding.repro, "x.yaml");
    }
}

constexpr Defect kDefects[] = {
    {"status-before-copy", "always-boots-an-authentic-image"},
    {"no-trailer-erase", "always-boots-an-authentic-image", "test"},
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
};

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

TEST(BrokenCore, ThatEndsItsProcessIsAFindingAndTheExplorationGoesOn)
{
    SmallScenario scenario;
    scenario.core = TEST_FIRMWARE_FOLDER "/process_killer_core.so";
    scenario.strategy = "overwrite-only";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    const Exploration exploration = explore_all(machine, &graph);
    EXPECT_TRUE(exploration.closed);
    EXPECT_TRUE(finds(exploration, "always-boots-an-authentic-image"));
    const auto killed = std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
        return node.facts.text == "the core ended its process with exit code 7";
    });
    EXPECT_EQ(killed, 1);
    EXPECT_EQ(graph.nodes.size(), 2u);
}

}  // namespace
}  // namespace brownout::sim
