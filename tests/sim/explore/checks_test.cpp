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

TEST(OptionalChecks, QuietAtRestHoldsForTheCoreAndNotForOneThatWritesOnAndOn)
{
    EXPECT_EQ(broken_with("checks: [default, quiet-at-rest]"), Names{});
}

}  // namespace
}  // namespace brownout::sim
