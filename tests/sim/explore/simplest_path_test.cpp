// Minimisation: of two ways to a violation the simpler one is reported, whoever found which first.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

// A core that resumes one step late. Torn operations are tried before the cut after them, and
// a torn erase that is complete is the state that the next cut leaves: found first, not simplest.
SmallScenario torn_before_whole()
{
    SmallScenario scenario;
    scenario.mutant = "resume-one-late";
    scenario.during = "reset], tears: [not-started, {prefix: {samples: 3}}, erase-phases";
    return scenario;
}

const Finding* finding_of(const Exploration& exploration, const std::string& check)
{
    const auto found = std::find_if(exploration.findings.begin(), exploration.findings.end(),
                                    [&](const Finding& finding) { return finding.check == check; });
    return found == exploration.findings.end() ? nullptr : &*found;
}

TEST(SimplestPath, NeedsNoTornOperationWhereACutAloneDoes)
{
    const Exploration exploration = explore_all(torn_before_whole());
    const Finding* const finding = finding_of(exploration, "always-boots-an-authentic-image");
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->cuts, 1u);
    for (const EdgeLabel& label : finding->path) {
        EXPECT_EQ(label.tear.kind, models::TearKind::kNotStarted);
    }
    ScenarioMachine machine(parse_scenario(to_yaml(finding->repro, "x.yaml"), "x.yaml"));
    EXPECT_FALSE(run_scenario(machine, nullptr).holds);
}

TEST(SimplestPath, IsTheSameWithOneWorkerAndWithThree)
{
    ScenarioMachine machine(torn_before_whole().load());
    const Exploration one = explore_all(machine, nullptr, 1);
    const Exploration three = explore_all(machine, nullptr, 3);
    ASSERT_EQ(one.findings.size(), three.findings.size());
    for (std::size_t i = 0; i < one.findings.size(); ++i) {
        EXPECT_TRUE(one.findings[i].path == three.findings[i].path);
        EXPECT_EQ(one.findings[i].tried, three.findings[i].tried);
        EXPECT_EQ(one.findings[i].trace, three.findings[i].trace);
    }
}

// Random walks wander: cuts that have nothing to do with the failure go, whatever the seed.
TEST(SimplestPath, LeavesOutCutsThatTheFailureDoesNotNeed)
{
    SmallScenario scenario;
    scenario.mutant = "resume-one-late";
    ScenarioMachine machine(scenario.load());
    const Exploration all = explore_all(machine);
    const Finding* const simplest = finding_of(all, "always-boots-an-authentic-image");
    ASSERT_NE(simplest, nullptr);
    std::size_t detours = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        ExploreLimits limits;
        limits.seed = seed;
        limits.random = RandomSearch{200, {}};
        const Exploration walked = explore_all(machine, nullptr, 2, limits);
        const Finding* const found = finding_of(walked, "always-boots-an-authentic-image");
        ASSERT_NE(found, nullptr) << "seed " << seed;
        EXPECT_TRUE(found->path == simplest->path) << "seed " << seed;
        EXPECT_GT(found->tried, 0u) << "seed " << seed;
        detours += found->found_as.empty() ? 0u : 1u;
    }
    EXPECT_GT(detours, 0u) << "what was found first is not always what is reported";
}

}  // namespace
}  // namespace brownout::sim
