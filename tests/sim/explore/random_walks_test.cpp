// Random walks: the same whoever makes them, resumable, and never called closed.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace brownout::sim {
namespace {

Exploration walk(const SmallScenario& scenario, std::uint64_t boots, unsigned jobs = 2,
                 const std::filesystem::path& state_file = {}, std::uint64_t seed = 1)
{
    ScenarioMachine machine(scenario.load());
    ExploreLimits limits;
    limits.seed = seed;
    limits.random = RandomSearch{boots, state_file};
    return explore_all(machine, nullptr, jobs, limits);
}

void expect_same(const Exploration& one, const Exploration& other)
{
    EXPECT_EQ(one.walks, other.walks);
    EXPECT_EQ(one.boots, other.boots);
    EXPECT_EQ(one.states, other.states);
    EXPECT_EQ(one.contents, other.contents);
    EXPECT_EQ(one.nodes, other.nodes);
    EXPECT_EQ(one.edges, other.edges);
    EXPECT_EQ(one.depth, other.depth);
    ASSERT_EQ(one.findings.size(), other.findings.size());
    for (std::size_t i = 0; i < one.findings.size(); ++i) {
        EXPECT_TRUE(one.findings[i].path == other.findings[i].path);
        EXPECT_EQ(one.findings[i].count, other.findings[i].count);
        EXPECT_EQ(one.findings[i].trace, other.findings[i].trace);
    }
}

SmallScenario defective()
{
    SmallScenario scenario;
    scenario.type = "test";
    scenario.granularity = "default";
    return scenario;
}

TEST(RandomWalks, AreNeverClosedAndSayHowManyBootsWereSampled)
{
    const Exploration walked = walk(SmallScenario{}, 1000);
    EXPECT_FALSE(walked.closed);
    EXPECT_GE(walked.boots, 1000u);
    EXPECT_GT(walked.walks, 0u);
    EXPECT_NE(walked.stopped_by.find("boots sampled"), std::string::npos) << walked.stopped_by;
    EXPECT_TRUE(walked.findings.empty());
    // Drawn to what is new: nearly everything there is, in as many boots as brute luck needs.
    const Exploration all = explore_all(SmallScenario{});
    EXPECT_LE(walked.states, all.states);
    EXPECT_GT(walked.states * 10, all.states * 9);
}

TEST(RandomWalks, AreTheSameForAnyNumberOfWorkersAndOthersForAnotherSeed)
{
    const Exploration one = walk(defective(), 400, 1);
    expect_same(one, walk(defective(), 400, 3));
    EXPECT_NE(one.edges, walk(defective(), 400, 2, {}, 2).edges);
}

TEST(RandomWalks, GoOnFromTheirFileAsIfTheyHadNeverStopped)
{
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) / "random_walks_test.state";
    std::filesystem::remove(file);
    walk(defective(), 300, 2, file);
    const Exploration in_two = walk(defective(), 900, 2, file);
    expect_same(in_two, walk(defective(), 900));
    expect_same(in_two, walk(defective(), 900, 2, file));  // nothing is left to do

    EXPECT_THROW(walk(defective(), 900, 2, file, 7), InputError) << "another seed";
    EXPECT_THROW(walk(SmallScenario{}, 900, 2, file), InputError) << "another scenario";
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(200);
    damaged.put('x');
    damaged.close();
    EXPECT_THROW(walk(defective(), 900, 2, file), InputError);
}

TEST(RandomWalks, FindTheDefectThatNeedsTwoCutsAndReplayIt)
{
    const Exploration walked = walk(defective(), 6000);
    ASSERT_TRUE(finds(walked, "unconfirmed-image-reverts"));
    EXPECT_EQ(walked.findings[0].cuts, 2u) << "minimised";
    const std::string yaml = to_yaml(walked.findings[0].repro, "x.yaml");
    ScenarioMachine machine(parse_scenario(yaml, "x.yaml"));
    EXPECT_FALSE(run_scenario(machine, nullptr).holds) << yaml;
}

// How often power fails at one place on a long walk is not what an upgrade costs.
TEST(RandomWalks, JudgeWearOfTheShortestWayThatTheySaw)
{
    SmallScenario scenario;
    scenario.granularity += ", budgets: {upgrades_per_lifetime: 2000}";
    EXPECT_FALSE(finds(explore_all(scenario), "wear"));
    EXPECT_FALSE(finds(walk(scenario, 1500), "wear"));
    scenario.mutant = "erase-twice";
    EXPECT_TRUE(finds(explore_all(scenario), "wear"));
    EXPECT_TRUE(finds(walk(scenario, 300), "wear"));
}

TEST(RandomWalks, LookAheadFromWhatTheyBoot)
{
    SmallScenario scenario;
    EXPECT_FALSE(finds(walk(scenario, 300), "comes-to-rest"));
    scenario.mutant = "no-secondary-trailer-erase";
    EXPECT_TRUE(finds(walk(scenario, 300), "comes-to-rest"));
}

TEST(RandomWalks, OfACoreThatEndsItsProcessAreAFinding)
{
    SmallScenario scenario;
    scenario.core = std::string(TEST_FIRMWARE_FOLDER "/end_process_core.so");
    scenario.strategy = "overwrite-only";
    const Exploration walked = walk(scenario, 100);
    EXPECT_TRUE(finds(walked, "always-boots-an-authentic-image"));
}

}  // namespace
}  // namespace brownout::sim
