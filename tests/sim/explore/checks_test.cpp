// Budgets, rules of a scenario's own, and checks that are not on by default: both sides of each.
#include "small_scenario.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

// A permanent upgrade with `options` in its explore section; names of what does not hold.
std::vector<std::string> broken_with(const std::string& options)
{
    SmallScenario scenario;
    scenario.new_bytes = 300;
    scenario.old_bytes = 300;
    scenario.granularity = "calls, " + options;
    std::vector<std::string> names;
    for (const Finding& finding : explore_all(scenario).findings) {
        names.push_back(finding.check);
        EXPECT_TRUE(still_fails(finding)) << to_yaml(finding.repro, "x.yaml");
    }
    return names;
}

using Names = std::vector<std::string>;

TEST(Budgets, OfBootTimeHoldOrDoNot)
{
    EXPECT_EQ(broken_with("budgets: {boot_time: 100 s}"), Names{});
    EXPECT_EQ(broken_with("budgets: {boot_time: 1 ms}"), Names{"boot-time"});
}

TEST(Budgets, OfOperationsHoldOrDoNot)
{
    EXPECT_EQ(broken_with("budgets: {operations_per_boot: 100000}"), Names{});
    EXPECT_EQ(broken_with("budgets: {operations_per_boot: 100}"), Names{"writes-per-boot"});
}

// A swap using move erases a sector of the primary slot twice, once for the move.
TEST(Budgets, OfUpgradesPerLifetimeFollowFromEnduranceAndTheSectorThatIsErasedMost)
{
    SmallScenario scenario;
    scenario.new_bytes = 300;
    scenario.old_bytes = 300;
    scenario.granularity = "calls, budgets: {upgrades_per_lifetime: 1}";
    const Exploration exploration = explore_all(scenario);
    EXPECT_TRUE(exploration.findings.empty());
    ASSERT_TRUE(exploration.wear);
    EXPECT_EQ(exploration.wear->erase_cycles, 10'000u);
    EXPECT_GE(exploration.wear->erases_max, exploration.wear->erases_uncut);
    EXPECT_GE(exploration.wear->erases_uncut, 1u);
    const std::uint64_t lasts = exploration.wear->upgrades_per_lifetime();
    const std::string budget = "budgets: {upgrades_per_lifetime: ";
    EXPECT_EQ(broken_with(budget + std::to_string(lasts) + "}"), Names{});
    EXPECT_EQ(broken_with(budget + std::to_string(lasts + 1) + "}"), Names{"wear"});
}

// What a worker counts is what runs of the same boots count here.
TEST(Budgets, CountErasesAsTheFlashDoes)
{
    SmallScenario scenario;
    scenario.granularity = "calls, budgets: {upgrades_per_lifetime: 1}";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    explore_all(machine, &graph);
    for (std::uint32_t i = 1; i < graph.nodes.size(); i += 5) {
        MachineState state = graph.nodes[graph.nodes[i].parent].state;
        const MachineState before = state;
        RunOptions options;
        const EdgeLabel& label = graph.nodes[i].label;
        if (label.is_cut) {
            options.cut = PowerCut{PowerCut::At::kCall, label.call, {}};
        }
        machine.machine().boot(state, options);
        std::uint32_t counted = 0;
        for (const SectorErases& sector : graph.nodes[i].erases) {
            counted += sector.count;
            EXPECT_EQ(state.devices[sector.device].erase_count(sector.offset_bytes) -
                          before.devices[sector.device].erase_count(sector.offset_bytes),
                      sector.count);
        }
        EXPECT_EQ(counted > 0, label.call > 0 || !label.is_cut) << i;
    }
}

TEST(NoRollback, RefusesWhatIsOlderByVersionOrByCounterAndNothingElse)
{
    SmallScenario older;
    older.new_version = "0.9.0";
    EXPECT_TRUE(explore_all(older).findings.empty()) << "going back is allowed by default";
    older.boot = ", downgrade: by-version";
    EXPECT_TRUE(explore_all(older).findings.empty()) << "refused, and nothing is owed";
    older.mutant = "no-downgrade-check";
    EXPECT_TRUE(finds(explore_all(older), "no-rollback"));
    older.new_version = "1.0.0";
    EXPECT_TRUE(explore_all(older).findings.empty()) << "the same version is not older";
}

TEST(OwnChecks, SayWhichImagesMayStart)
{
    EXPECT_EQ(broken_with("checks: [default, {name: mine, boots: [v1, v2]}]"), Names{});
    EXPECT_EQ(broken_with("checks: [default, {name: mine, boots: [v1]}]"), Names{"mine"});
}

TEST(OwnChecks, SayWhatPartitionsHoldAtReset)
{
    EXPECT_EQ(broken_with("checks: [{name: mine, holds: {mcuboot_primary: v1}}]"), Names{"mine"});
}

TEST(OwnChecks, SayWhichErrorsTheLogMustLack)
{
    EXPECT_EQ(broken_with("checks: [{name: mine, errors_lack: [panic]}]"), Names{});
}

TEST(OwnChecks, ThatNameNothingThatIsThereAreRefused)
{
    EXPECT_THROW(broken_with("checks: [{name: mine, boots: [v9]}]"), InputError);
    EXPECT_THROW(broken_with("checks: [{name: mine, holds: {nowhere: v1}}]"), InputError);
    EXPECT_THROW(broken_with("checks: [{name: mine}]"), InputError);
}

TEST(OptionalChecks, QuietAtRestHoldsForTheCore)
{
    EXPECT_EQ(broken_with("checks: [default, quiet-at-rest]"), Names{});
}

}  // namespace
}  // namespace brownout::sim
