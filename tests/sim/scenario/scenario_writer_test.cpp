#include "sample_scenario.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace brownout::sim {
namespace {

// Written, read and written again: equal texts mean that nothing was lost.
void expect_round_trip(const Scenario& scenario)
{
    const std::filesystem::path destination = ::testing::TempDir() + "written.yaml";
    const std::string text = to_yaml(scenario, destination);
    std::string again;
    try {
        again = to_yaml(parse_scenario(text, destination), destination);
    } catch (const InputError& error) {
        FAIL() << error.what() << "\n" << text;
    }
    EXPECT_EQ(again, text);
}

TEST(ScenarioWriter, TheSampleSurvives)
{
    const Scenario scenario = parse_sample(kSampleScenario);
    expect_round_trip(scenario);
    const Scenario again =
        parse_sample(to_yaml(scenario, std::string(TEST_SCENARIOS_FOLDER) + "/sample.yaml"));
    EXPECT_EQ(again.steps.size(), scenario.steps.size());
    EXPECT_EQ(again.steps[2].cut()->where.index, 13u);
    EXPECT_EQ(image_bytes(again, "v2"), image_bytes(scenario, "v2"));
    EXPECT_EQ(again.boot.strategy, scenario.boot.strategy);
    EXPECT_EQ(again.board.plan.devices[1].name, "external");
}

TEST(ScenarioWriter, EveryKindOfValueSurvives)
{
    expect_round_trip(parse_sample(sample_with(
        "seed: v1}}",
        "seed: 'null: x', header_bytes: 1024, flags: 0x10, security_counter: 5,\n"
        "    dependencies: [{image: 1, version: 1.2.3+4}, {image: 0, version: 2.0.0}],\n"
        "    padding: {slot_size: 0xF000, confirm: true}, damage: [{offset: 3, xor: 0xFF}]}}")));
    expect_round_trip(parse_sample(
        sample_with("ecdsa-p256}}",
                    "ecdsa-p256}, alignment: 32, fixes: [move-torn-magic], mutant: no-validation,\n"
                    "  bootstrap: true, validate_primary: false, downgrade: by-counter}")));
    expect_round_trip(parse_sample(sample_with(
        "ecdsa-p256}}", "ecdsa-p256}, ram_load: {address: 0x20010000, size: 64 KiB}}")));
    expect_round_trip(parse_sample(sample_with("{call: 13}", "{time: 1.37 s}")));
    expect_round_trip(parse_sample(sample_with(
        "{boots: v2}", "{boots: v2, from: mcuboot_primary, outcome: handed-over,\n"
                       "    log: ['a: b', \"c \\\"d\\\"\"], log_lacks: ['- x'], violations: [],\n"
                       "    holds: {mcuboot_primary: v2, mcuboot_secondary: erased}}")));
    expect_round_trip(parse_sample(sample_with(
        "{during: [reset]}", "{during: [reset, request_upgrade], granularity: ops,\n"
                             "  checks: [comes-to-rest], time_budget: 60 s, states_max: 1000,\n"
                             "  budgets: {boot_time: 20 s, upgrades_per_lifetime: 2000}}\n"
                             "app: {uploads: [v1], uploads_via: stream}")));
    expect_round_trip(parse_sample(
        sample_with("{mcuboot_primary: v1}",
                    "{mcuboot_primary: [{fill: 1, size: 2, offset: 3}, v1, erased]}")));
}

TEST(ScenarioWriter, AReplayWithReplacedStepsLoadsFromAnotherFolder)
{
    Scenario scenario =
        load_scenario(std::string(TEST_SCENARIOS_FOLDER) + "/tutorial/1-first-swap.yaml");
    const std::vector<std::uint8_t> v2 = image_bytes(scenario, "v2");
    ResetStep cut;
    cut.cut = StepCut{};
    cut.cut->where = {PowerCut::At::kOperation, 5312, {}};
    scenario.steps = {Step{{}, cut}, Step{{}, ResetStep{}}};
    scenario.explore.reset();

    const std::filesystem::path folder = ::testing::TempDir() + "replay/folder";
    std::filesystem::create_directories(folder);
    const std::filesystem::path destination = folder / "case.repro.yaml";
    std::ofstream(destination) << to_yaml(scenario, destination);

    const Scenario replay = load_scenario(destination);
    ASSERT_EQ(replay.steps.size(), 2u);
    ASSERT_NE(replay.steps[0].cut(), nullptr);
    EXPECT_EQ(replay.steps[0].cut()->where.index, 5312u);
    EXPECT_EQ(replay.board.name, "nrf52840dk");
    EXPECT_EQ(image_bytes(replay, "v2"), v2);
    EXPECT_EQ(boot_setup(replay).signing_keys, boot_setup(scenario).signing_keys);
}

}  // namespace
}  // namespace brownout::sim
