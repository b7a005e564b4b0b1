// The shipped suites of 32 KiB images: every sequence of power cuts ends well, and they run.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

namespace brownout::sim {
namespace {

std::vector<std::string> small_suites()
{
    std::vector<std::string> names;
    const std::filesystem::path folder = std::filesystem::path(TEST_SCENARIOS_FOLDER) / "suites";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().stem().string();
        if (name.find("-32k") != std::string::npos) {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Suite : public testing::TestWithParam<std::string> {
protected:
    static Scenario load()
    {
        return load_scenario(std::filesystem::path(TEST_SCENARIOS_FOLDER) / "suites" /
                             (GetParam() + ".yaml"));
    }
};

TEST_P(Suite, MeetsItsExpectations)
{
    ScenarioMachine machine(load());
    const ScenarioResult result = run_scenario(machine, nullptr);
    for (const StepResult& step : result.steps) {
        for (const std::string& failure : step.failures) {
            ADD_FAILURE() << failure;
        }
    }
}

TEST_P(Suite, ClosesBetweenCallsWithEveryCheckHolding)
{
    Scenario scenario = load();
    ASSERT_TRUE(scenario.explore);
    scenario.explore->granularity = Granularity::kCalls;
    ScenarioMachine machine(std::move(scenario));
    const Exploration exploration = explore_all(machine);
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    EXPECT_FALSE(exploration.checks.empty());
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
}

INSTANTIATE_TEST_SUITE_P(Of32KiB, Suite, testing::ValuesIn(small_suites()),
                         [](const testing::TestParamInfo<std::string>& test) {
                             std::string name = test.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(Suites, CoverEveryStrategyThatUpgrades)
{
    const std::vector<std::string> names = small_suites();
    for (const char* strategy : {"move", "offset", "scratch", "overwrite-only",
                                 "overwrite-only-fast", "direct-xip", "direct-xip-revert"}) {
        EXPECT_NE(std::find(names.begin(), names.end(), std::string(strategy) + "-32k"),
                  names.end())
            << strategy;
    }
}

}  // namespace
}  // namespace brownout::sim
