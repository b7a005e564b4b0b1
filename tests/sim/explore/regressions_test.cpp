// Each known defect of the modelled release: exploration finds it by itself, and its fix closes it.
#include "small_scenario.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <set>
#include <vector>

namespace brownout::sim {
namespace {

// `cuts`: power cuts on the shortest way to the failure.
struct Defect {
    const char* scenario;
    const char* fix;
    const char* check;
    std::uint32_t cuts;
};

// As in scenarios/regressions/README.md.
constexpr Defect kDefects[] = {
    {"offset-one-sector", "offset-one-sector", "always-boots-an-authentic-image", 1},
    {"offset-longer-old-image", "offset-longer-old-image", "unconfirmed-image-reverts", 1},
    {"offset-revert-restart", "offset-revert-restart", "always-boots-an-authentic-image", 2},
    {"offset-bootstrap-test", "offset-bootstrap-test", "always-boots-an-authentic-image", 0},
    {"scratch-revert-forgotten", "scratch-revert-forgotten", "unconfirmed-image-reverts", 2},
    {"scratch-write-units-differ", "scratch-write-units-differ", "requested-update-completes", 0},
    {"no-erase-stale-status", "no-erase-stale-status", "unconfirmed-image-reverts", 1},
    {"no-erase-stale-status-scratch", "no-erase-stale-status", "always-boots-an-authentic-image",
     1},
    {"overwrite-fast-extra-unit", "overwrite-fast-extra-unit", "no-device-rule-broken", 2},
    {"move-no-space-flags", "move-no-space-flags", "no-device-rule-broken", 0},
    {"move-revert-becomes-permanent", "move-revert-becomes-permanent", "unconfirmed-image-reverts",
     1},
    {"move-torn-magic", "move-torn-magic", "unconfirmed-image-reverts", 2},
    {"scratch-secondary-write-unit", "scratch-secondary-write-unit",
     "always-boots-an-authentic-image", 0},
    {"several-images-restart", "several-images-restart", "dependencies-are-met", 2},
};

// Defects of older releases, each brought back by the switch of the same name.
constexpr Defect kOlderDefects[] = {
    {"mcuboot-829-padded-primary", "", "always-boots-an-authentic-image", 1},
    {"mcuboot-855-trailer-twice", "", "requested-update-completes", 2},
    {"mcuboot-1588-last-index", "", "always-boots-an-authentic-image", 1},
    {"mcuboot-1966-torn-magic", "", "unconfirmed-image-reverts", 1},
    {"mcuboot-1645-scratch-trailer", "", "unconfirmed-image-reverts", 0},
    {"mcuboot-2811-bootstrap", "", "always-boots-an-authentic-image", 0},
};

void PrintTo(const Defect& defect, std::ostream* out)
{
    *out << defect.scenario;
}

std::filesystem::path folder()
{
    return std::filesystem::path(TEST_SCENARIOS_FOLDER) / "regressions";
}

Scenario load(const std::string& name)
{
    return load_scenario(folder() / (name + ".yaml"));
}

void expect_found(Scenario scenario, const Defect& defect)
{
    EXPECT_EQ(scenario.boot.fixes, 0u);
    EXPECT_TRUE(!scenario.explore || scenario.explore->checks.empty()) << "default checks";
    ScenarioMachine machine(std::move(scenario));
    const Exploration exploration = explore_all(machine);
    EXPECT_TRUE(exploration.closed);
    const auto found =
        std::find_if(exploration.findings.begin(), exploration.findings.end(),
                     [&](const Finding& finding) { return finding.check == defect.check; });
    ASSERT_NE(found, exploration.findings.end());
    EXPECT_EQ(found->cuts, defect.cuts);
}

void expect_closed(Scenario scenario)
{
    ScenarioMachine machine(std::move(scenario));
    const Exploration exploration = explore_all(machine);
    EXPECT_TRUE(exploration.closed);
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
}

class OlderDefect : public testing::TestWithParam<Defect> {};

TEST_P(OlderDefect, IsFoundAndIsNotThereWithoutItsSwitch)
{
    Scenario scenario = load("older/" + std::string(GetParam().scenario));
    ASSERT_NE(scenario.boot.older, 0u);
    expect_found(scenario, GetParam());
    scenario.boot.older = 0;
    for (const Named<boot_fix>& fix : fix_names()) {
        scenario.boot.fixes |= static_cast<std::uint32_t>(fix.value);
    }
    expect_closed(scenario);
}

class KnownDefect : public testing::TestWithParam<Defect> {};

TEST_P(KnownDefect, IsFoundWithTheFewestCutsThatReachIt)
{
    expect_found(load(GetParam().scenario), GetParam());
}

TEST_P(KnownDefect, IsClosedByItsFix)
{
    Scenario scenario = load(GetParam().scenario);
    for (const Named<boot_fix>& fix : fix_names()) {
        if (fix.name == GetParam().fix) {
            scenario.boot.fixes = fix.value;
        }
    }
    ASSERT_NE(scenario.boot.fixes, 0u);

    expect_closed(scenario);
}

// What no fix closes: operations that tear.
constexpr Defect kTornDefects[] = {
    {"move-marginal-status", "", "always-boots-an-authentic-image", 2},
    {"torn-copy-done", "", "unconfirmed-image-reverts", 1},
    {"nand-without-ecc", "", "always-boots-an-authentic-image", 2},
};

class TornDefect : public testing::TestWithParam<Defect> {};

TEST_P(TornDefect, IsFoundAndIsNotThereWithoutTears)
{
    Scenario scenario = load("torn/" + std::string(GetParam().scenario));
    expect_found(scenario, GetParam());
    scenario.explore->tears.clear();
    expect_closed(std::move(scenario));
}

TEST(TornDefects, AreAllTested)
{
    const auto files = std::filesystem::directory_iterator(folder() / "torn");
    EXPECT_EQ(std::distance(begin(files), end(files)), std::ssize(kTornDefects));
}

// A page that is torn in an upload: valid once, lost at the next power-on. ECC corrects its bits.
TEST(TornDefects, OfANandAreNotThereWithEcc)
{
    Scenario corrected = load("torn/nand-without-ecc");
    BoardPlan& board = corrected.board.plan;
    board.devices.back().external->nand.ecc = true;
    EXPECT_EQ(wire_external_parts(board), "");
    expect_closed(std::move(corrected));
}

TEST(TornDefects, OfANandAreReplayed)
{
    ScenarioMachine machine(load("torn/nand-without-ecc"));
    for (const Finding& finding : explore_all(machine).findings) {
        const std::string yaml = to_yaml(finding.repro, folder() / "torn.repro.yaml");
        ScenarioMachine again(parse_scenario(yaml, folder() / "torn.repro.yaml"));
        EXPECT_FALSE(run_scenario(again, nullptr).holds) << yaml;
    }
}

std::string test_name(const testing::TestParamInfo<Defect>& test)
{
    std::string name = test.param.scenario;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Table, KnownDefect, testing::ValuesIn(kDefects), test_name);
INSTANTIATE_TEST_SUITE_P(Table, TornDefect, testing::ValuesIn(kTornDefects), test_name);
INSTANTIATE_TEST_SUITE_P(Table, OlderDefect, testing::ValuesIn(kOlderDefects), test_name);

TEST(KnownDefects, EveryFixHasAScenarioAndEveryScenarioIsTested)
{
    std::set<std::string> tested_fixes;
    std::set<std::string> tested_scenarios;
    for (const Defect& defect : kDefects) {
        tested_fixes.insert(defect.fix);
        tested_scenarios.insert(defect.scenario);
    }
    std::set<std::string> fixes;
    for (const Named<boot_fix>& fix : fix_names()) {
        fixes.insert(std::string(fix.name));
    }
    std::set<std::string> scenarios;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
        if (entry.path().extension() == ".yaml") {
            scenarios.insert(entry.path().stem().string());
        }
    }
    EXPECT_EQ(tested_fixes, fixes);
    EXPECT_EQ(tested_scenarios, scenarios);
}

}  // namespace
}  // namespace brownout::sim
