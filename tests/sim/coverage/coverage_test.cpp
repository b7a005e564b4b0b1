// What the shipped scenarios reach of the bootloader's decisions.
#include <sim/coverage.hpp>
#include <sim/report.hpp>
#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>
#include <sim/suite.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

namespace brownout::sim {
namespace {

const std::filesystem::path kScenarios = TEST_SCENARIOS_FOLDER;

Exploration explore_for_coverage(ScenarioMachine& machine, Coverage& coverage)
{
    static const std::atomic<bool> never{false};
    ExploreLimits limits;
    limits.jobs = 2;
    Graph graph;
    Exploration exploration = explore(machine, limits, {}, never, &graph);
    coverage.add(machine, graph);
    return exploration;
}

void add_file(const std::filesystem::path& path, Coverage& coverage)
{
    ScenarioMachine machine(load_scenario(path));
    EXPECT_TRUE(explore_for_coverage(machine, coverage).closed) << path;
}

std::vector<std::filesystem::path> files_in(const char* folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(kScenarios / folder)) {
        if (entry.path().extension() == ".yaml") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

TEST(Coverage, SuitesRegressionsAndCoverageScenariosReachEveryRowThatCanBeReached)
{
    Coverage coverage;
    for (const char* folder : {"regressions", "coverage"}) {
        for (const std::filesystem::path& file : files_in(folder)) {
            add_file(file, coverage);
        }
    }
    for (const char* suite :
         {"move-32k", "move-32k-test", "offset-32k-test", "scratch-32k-test", "overwrite-only-32k",
          "overwrite-only-fast-32k", "direct-xip-revert-32k", "direct-xip-revert-32k-test",
          "ram-load-revert-32k", "ram-load-revert-32k-test"}) {
        add_file(kScenarios / "suites" / (std::string(suite) + ".yaml"), coverage);
    }

    std::set<boot_strategy> strategies;
    for (const CoverageTable& table : coverage.tables()) {
        strategies.insert(table.strategy);
        for (const CoverageRow& row : table.rows) {
            EXPECT_EQ(row.reached > 0, row.unreachable_because.empty())
                << name_of(strategy_names(), table.strategy) << ", " << table.name << ": "
                << row.name;
        }
    }
    // Direct-xip and ram-load without revert, and a single slot, look at no trailer.
    EXPECT_EQ(strategies.size(), 7u);
    EXPECT_EQ(coverage.contradictions(), 0u);
}

TEST(Coverage, ThePermanentSwapOfTwoImagesLeavesRowsThatTheReportNames)
{
    Coverage coverage;
    ScenarioMachine machine(load_scenario(kScenarios / "suites/move-32k.yaml"));
    const Exploration exploration = explore_for_coverage(machine, coverage);

    std::ostringstream text;
    print_coverage(coverage.tables(), text);
    EXPECT_NE(text.str().find("NEVER REACHED  test: secondary good, image_ok unset"),
              std::string::npos)
        << text.str();
    EXPECT_EQ(text.str().find("NEVER REACHED  permanent: secondary good"), std::string::npos);
    EXPECT_NE(text.str().find("rows were never reached"), std::string::npos);
    // 9 sectors: none written yet, moved up, two states of each.
    EXPECT_NE(text.str().find("status entries     28 of 28"), std::string::npos) << text.str();

    ExplorationReport report;
    const SuiteEntry entry;
    report.add({&entry, &machine, &exploration, {}});
    EXPECT_EQ(report.json().find("coverage"), std::string::npos);
    report.add_coverage(coverage.tables());
    EXPECT_NE(report.json().find("\"row\": \"9 sectors moved\""), std::string::npos);
}

TEST(Coverage, ARowOfTheLoadersOwnRevertIsReachedInSwapUsingMoveUnderItsFix)
{
    Scenario scenario =
        load_scenario(kScenarios / "regressions/move-revert-becomes-permanent.yaml");
    scenario.boot.fixes = BOOT_FIX_MOVE_REVERT_BECOMES_PERMANENT;
    ScenarioMachine machine(std::move(scenario));
    Coverage coverage;
    explore_for_coverage(machine, coverage);
    EXPECT_GT(coverage.tables().front().rows.front().reached, 0u);
}

TEST(Coverage, ACoreThatDoesNotFollowTheTablesContradictsThem)
{
    Scenario scenario = load_scenario(kScenarios / "suites/move-32k-test.yaml");
    scenario.boot.mutant = BOOT_MUTANT_REVERT_IGNORED;
    ScenarioMachine machine(std::move(scenario));
    Coverage coverage;
    explore_for_coverage(machine, coverage);
    EXPECT_GT(coverage.contradictions(), 0u);
}

class CoverageScenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(CoverageScenario, MeetsItsExpectationsAndHoldsInEveryState)
{
    ScenarioMachine machine(load_scenario(GetParam()));
    for (const StepResult& step : run_scenario(machine, nullptr).steps) {
        for (const std::string& failure : step.failures) {
            ADD_FAILURE() << failure;
        }
    }
    Coverage unused;
    for (const Finding& finding : explore_for_coverage(machine, unused).findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
}

INSTANTIATE_TEST_SUITE_P(Shipped, CoverageScenario, testing::ValuesIn(files_in("coverage")),
                         [](const auto& test) {
                             std::string name = test.param.stem().string();
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace brownout::sim
