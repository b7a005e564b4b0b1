// Images that need each other.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace brownout::sim {
namespace {

// The scenario of a known defect, mended; `without`: the upload of the image that the other needs.
Scenario two_images(bool needed_comes_too)
{
    Scenario scenario = load_scenario(std::filesystem::path(TEST_SCENARIOS_FOLDER) /
                                      "regressions/several-images-restart.yaml");
    scenario.boot.fixes = BOOT_FIX_SEVERAL_IMAGES_RESTART;
    if (!needed_comes_too) {
        scenario.steps.erase(scenario.steps.begin(), scenario.steps.begin() + 2);
    }
    return scenario;
}

Exploration explored(Scenario scenario)
{
    ScenarioMachine machine(std::move(scenario));
    return explore_all(machine);
}

TEST(Dependencies, ThatAreMetLetBothImagesBeInstalled)
{
    const Exploration exploration = explored(two_images(true));
    EXPECT_TRUE(exploration.closed);
    EXPECT_TRUE(exploration.findings.empty());
    EXPECT_GT(exploration.states, 40u);
}

TEST(Dependencies, ThatAreNotMetMustBeRefusedAndThenNothingIsOwed)
{
    EXPECT_TRUE(explored(two_images(false)).findings.empty());
    Scenario scenario = two_images(false);
    scenario.boot.mutant = BOOT_MUTANT_NO_DEPENDENCY_CHECK;
    const Exploration broken = explored(scenario);
    ASSERT_TRUE(finds(broken, "dependencies-are-met"));
    for (const Finding& finding : broken.findings) {
        const std::string yaml = to_yaml(finding.repro, "x.yaml");
        ScenarioMachine machine(parse_scenario(yaml, "x.yaml"));
        EXPECT_FALSE(run_scenario(machine, nullptr).holds) << yaml;
    }
}

}  // namespace
}  // namespace brownout::sim
