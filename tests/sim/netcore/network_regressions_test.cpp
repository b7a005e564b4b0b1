// Defects of the two-core flow, each as a pair of scenarios: broken, and the same with the fix.
#include "net_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::sim {
namespace {

struct NetworkDefect {
    const char* scenario;
    const char* check;   // "": it shows in a run, there is nothing to explore
    std::uint32_t cuts;  // on the shortest way
};

// As in scenarios/regressions/README.md.
constexpr NetworkDefect kNetworkDefects[] = {
    {"second-request-lost", "requested-network-update-completes", 0},
    {"serial-numbers", "", 0},
    {"network-goes-back", "network-core-does-not-go-back", 0},
    {"cut-between-requests", "cores-run-the-same-version", 1},
};

void PrintTo(const NetworkDefect& defect, std::ostream* out)
{
    *out << defect.scenario;
}

Scenario load_network_regression(const std::string& name)
{
    return load_scenario(data_directory() / "regressions" / "netcore" / (name + ".yaml"));
}

void expect_runs_as_written(const std::string& name)
{
    ScenarioMachine machine(load_network_regression(name));
    for (const StepResult& step : run_scenario(machine, nullptr).steps) {
        for (const std::string& failure : step.failures) {
            ADD_FAILURE() << failure;
        }
    }
}

Exploration explore_network_regression(const std::string& name)
{
    static const std::atomic<bool> never{false};
    ScenarioMachine machine(load_network_regression(name));
    ExploreLimits limits;
    limits.jobs = 2;
    return explore(machine, limits, {}, never);
}

// What the report of case D could not say: what the pointer is, who followed it, and why it faults.
TEST(CaseD, TheFaultNamesAddressSymbolAndReason)
{
    ScenarioMachine machine(load_scenario(data_directory() / "field" / "d-net-core-raw-pointer" /
                                          "broken-unmapped.yaml"));
    const ScenarioResult result = run_scenario(machine, nullptr);
    EXPECT_TRUE(result.holds);
    for (const StepResult& step : result.steps) {
        if (step.step->kind() == StepKind::kReset) {
            EXPECT_EQ(step.report.outcome.kind, OutcomeKind::kBusFault);
            for (const char* const part :
                 {"read of 0x07EC2000", "read_header_through_pointer", "is an offset in external",
                  "mcuboot_secondary", "no addresses of the core"}) {
                EXPECT_NE(step.report.outcome.text.find(part), std::string::npos)
                    << part << ": " << step.report.outcome.text;
            }
        }
    }
}

class NetworkRegression : public testing::TestWithParam<NetworkDefect> {};

TEST_P(NetworkRegression, ShowsTheDefectAndItsFix)
{
    expect_runs_as_written(GetParam().scenario);
    expect_runs_as_written(std::string(GetParam().scenario) + "-fixed");
}

TEST_P(NetworkRegression, IsFoundByExplorationUnlessFixed)
{
    const std::string check = GetParam().check;
    if (check.empty()) {
        return;
    }
    const Exploration broken = explore_network_regression(GetParam().scenario);
    EXPECT_TRUE(broken.closed) << broken.stopped_by;
    const auto found = std::find_if(broken.findings.begin(), broken.findings.end(),
                                    [&](const Finding& f) { return f.check == check; });
    ASSERT_NE(found, broken.findings.end());
    EXPECT_EQ(found->cuts, GetParam().cuts);
    ScenarioMachine replayed(parse_scenario(to_yaml(found->repro, "x.yaml"), "x.yaml"));
    EXPECT_FALSE(run_scenario(replayed, nullptr).holds) << "can be replayed";
    const Exploration fixed =
        explore_network_regression(std::string(GetParam().scenario) + "-fixed");
    EXPECT_TRUE(fixed.closed) << fixed.stopped_by;
    for (const Finding& finding : fixed.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
}

INSTANTIATE_TEST_SUITE_P(Network, NetworkRegression, testing::ValuesIn(kNetworkDefects));

}  // namespace
}  // namespace brownout::sim
