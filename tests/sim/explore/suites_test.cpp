// The shipped suites of 32 KiB images: every sequence of power cuts ends well, and they run.
#include "small_scenario.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

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

// Between all operations, and with torn ones: as they are written.
class PartSuite : public Suite {};

TEST_P(PartSuite, ClosesWithEveryCheckHolding)
{
    ScenarioMachine machine(load());
    const Exploration exploration = explore_all(machine);
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    EXPECT_EQ(exploration.sampled, GetParam().ends_with("-tears"));
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
}

// Of each NAND part; of NOR one behind a SPIM and one behind a QSPI (the others take too long).
std::vector<std::string> part_suites()
{
    std::vector<std::string> names{"spim2-mx25r64-move-8k-tears", "move-16k-mx25r64-qspi-tears"};
    for (const char* part : {"w25n01gv", "gd5f1gq4", "mx35lf1ge4ab"}) {
        for (const char* what : {"2k-ops", "4k-tears"}) {
            names.push_back(std::string("nand-") + part + "-overwrite-" + what);
        }
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(OfEachPart, PartSuite, testing::ValuesIn(part_suites()),
                         [](const testing::TestParamInfo<std::string>& test) {
                             std::string name = test.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

// As the table in boot/README.md: where a request may be refused later, also with a test request.
TEST(Suites, CoverEveryStrategyAtBothSizesWithInternalAndExternalSecondary)
{
    const auto exists = [](const std::string& name) {
        return std::filesystem::exists(std::filesystem::path(TEST_SCENARIOS_FOLDER) / "suites" /
                                       (name + ".yaml"));
    };
    for (const Named<boot_strategy>& strategy : strategy_names()) {
        std::string name(strategy.name);
        const bool swaps = name.starts_with("swap-");
        name = swaps ? name.substr(5) : name;
        const bool goes_back = swaps || name.ends_with("-revert");
        for (const char* size : {"-32k", "-192k"}) {
            EXPECT_TRUE(exists(name + size)) << name << size;
            EXPECT_EQ(exists(name + size + "-test"), goes_back) << name << size;
            const bool has_secondary = strategy.value != BOOT_SINGLE_SLOT;
            EXPECT_EQ(exists(name + "-external" + size), has_secondary) << name << size;
            EXPECT_EQ(exists(name + "-external" + size + "-test"), goes_back) << name << size;
        }
    }
}

}  // namespace
}  // namespace brownout::sim
