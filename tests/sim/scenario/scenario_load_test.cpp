#include "sample_scenario.hpp"

#include <sim/scenario_names.hpp>

#include <gtest/gtest.h>

#include <set>

namespace brownout::sim {
namespace {

TEST(ScenarioLoad, TheSampleBecomesPlainData)
{
    const Scenario scenario = parse_sample(kSampleScenario);
    EXPECT_EQ(scenario.name, "A sample");
    ASSERT_EQ(scenario.board.plan.devices.size(), 2u);
    EXPECT_EQ(scenario.board.plan.devices[1].name, "external");
    EXPECT_EQ(scenario.board.plan.devices[1].sectors[0].count, 32u);
    const Partition* const secondary = scenario.partition("mcuboot_secondary");
    ASSERT_NE(secondary, nullptr);
    EXPECT_EQ(secondary->role, FLASH_SECONDARY);
    EXPECT_EQ(secondary->device, 1u);
    EXPECT_EQ(secondary->size_bytes, 0x10000u);
    EXPECT_EQ(secondary->place.line, 9);
    EXPECT_EQ(scenario.boot.strategy, BOOT_SWAP_MOVE);
    EXPECT_EQ(scenario.boot.max_image_sectors, 128u);
    EXPECT_EQ(scenario.boot.max_align_bytes, 8u);
    EXPECT_TRUE(scenario.boot.validate_primary);
    const auto& spec = std::get<ImageSpec>(scenario.image("v2")->source);
    EXPECT_EQ(spec.payload_bytes, 9000u);
    EXPECT_EQ(spec.version.build, 7u);
    EXPECT_EQ(spec.signature, CRYPTO_ECDSA_P256);
    EXPECT_EQ(scenario.image("v3"), nullptr);
}

TEST(ScenarioLoad, StepsKeepTheirOrderPlaceAndCut)
{
    const Scenario scenario = parse_sample(kSampleScenario);
    ASSERT_EQ(scenario.steps.size(), 5u);
    EXPECT_EQ(scenario.steps[0].kind(), StepKind::kUpload);
    EXPECT_EQ(scenario.steps[1].kind(), StepKind::kRequestUpgrade);
    EXPECT_FALSE(std::get<RequestUpgradeStep>(scenario.steps[1].action).permanent);
    const StepCut* const cut = scenario.steps[2].cut();
    ASSERT_NE(cut, nullptr);
    EXPECT_EQ(cut->where.at, PowerCut::At::kCall);
    EXPECT_EQ(cut->where.index, 13u);
    EXPECT_EQ(scenario.steps[3].kind(), StepKind::kReset);
    EXPECT_EQ(scenario.steps[3].cut(), nullptr);
    EXPECT_EQ(scenario.steps[3].place.line, 19);
    EXPECT_EQ(std::get<ExpectStep>(scenario.steps[4].action).boots->text, "v2");
    ASSERT_TRUE(scenario.explore);
    EXPECT_EQ(scenario.explore->during, std::vector{StepKind::kReset});
    EXPECT_EQ(scenario.explore->granularity, Granularity::kDefault);
}

TEST(ScenarioLoad, CutsAreCallsOpsOrTimes)
{
    Scenario scenario = parse_sample(sample_with("{call: 13}", "{op: 5312, tear: not-started}"));
    EXPECT_EQ(scenario.steps[2].cut()->where.at, PowerCut::At::kOperation);
    EXPECT_EQ(scenario.steps[2].cut()->where.index, 5312u);
    scenario = parse_sample(sample_with("{call: 13}", "{time: 1.37 s}"));
    EXPECT_EQ(scenario.steps[2].cut()->where.at, PowerCut::At::kTime);
    EXPECT_EQ(scenario.steps[2].cut()->where.time, models::milliseconds(1370));
    scenario = parse_sample(sample_with("{type: test}", "{type: permanent, cut: {call: 0}}"));
    EXPECT_NE(scenario.steps[1].cut(), nullptr);
}

TEST(ScenarioLoad, AnImageForTheSecondarySlotOfSwapOffsetLiesInTheSecondSector)
{
    const Scenario scenario = parse_sample(sample_with("swap-move", "swap-offset"));
    EXPECT_EQ(std::get<UploadStep>(scenario.steps[0].action).offset_bytes, 0x1000u);
    EXPECT_EQ(scenario.flash[0].offset_bytes, 0u);
    const Scenario move = parse_sample(kSampleScenario);
    EXPECT_EQ(std::get<UploadStep>(move.steps[0].action).offset_bytes, 0u);
}

TEST(ScenarioLoad, BootTakesEveryKnobOfTheConfiguration)
{
    const Scenario scenario = parse_sample(sample_with(
        "signature: {type: ecdsa-p256}}",
        "signature: {type: ecdsa-p256}, max_image_sectors: 64, alignment: 16, bootstrap: true,\n"
        "  validate_primary: false, downgrade: by-version, minimal_scramble: true,\n"
        "  compare_build_number: true, tlv_allow_list: false, keep_backup: true,\n"
        "  fixes: [offset-one-sector, move-torn-magic], mutant: magic-first}"));
    const boot_config config = boot_setup(scenario).config;
    EXPECT_EQ(config.max_image_sectors, 64u);
    EXPECT_EQ(config.max_align_bytes, 16u);
    EXPECT_TRUE(config.bootstrap);
    EXPECT_FALSE(config.validate_primary);
    EXPECT_EQ(config.downgrade, BOOT_DOWNGRADE_BY_VERSION);
    EXPECT_TRUE(config.minimal_scramble);
    EXPECT_TRUE(config.compare_build_number);
    EXPECT_FALSE(config.tlv_allow_list);
    EXPECT_TRUE(config.keep_backup);
    EXPECT_EQ(config.fixes, BOOT_FIX_OFFSET_ONE_SECTOR | BOOT_FIX_MOVE_TORN_MAGIC);
    EXPECT_EQ(config.mutant, BOOT_MUTANT_MAGIC_FIRST);
}

TEST(ScenarioLoad, FlashTakesNamesMappingsAndLists)
{
    const Scenario scenario =
        parse_sample(sample_with("flash: {mcuboot_primary: v1}",
                                 "flash:\n  mcuboot_primary: [{fill: 0xA5, offset: 0x1000}, v1]\n"
                                 "  mcuboot_secondary: {fill: 0, size: 16, offset: 0xFFF0}"));
    ASSERT_EQ(scenario.flash.size(), 3u);
    const auto& fill = std::get<FillContent>(scenario.flash[0].content);
    EXPECT_EQ(fill.value, 0xA5);
    EXPECT_EQ(fill.byte_count, 0xF000u);  // to the end of the partition
    EXPECT_EQ(scenario.flash[0].offset_bytes, 0x1000u);
    EXPECT_EQ(std::get<ImageContent>(scenario.flash[1].content).image, "v1");
    EXPECT_EQ(scenario.flash[2].offset_bytes, 0xFFF0u);
}

TEST(ScenarioLoad, FurtherImagesAreCounted)
{
    const Scenario scenario = parse_sample(
        sample_with("boot:", "  mcuboot_primary_1: {address: 0x20000, size: 0x8000}\n"
                             "  mcuboot_secondary_1: {address: 0x28000, size: 0x8000}\n"
                             "  settings: {address: 0x3F000, size: 0x1000}\nboot:"));
    EXPECT_EQ(scenario.boot.image_count, 2u);
    EXPECT_EQ(scenario.partition("mcuboot_secondary_1")->image_index, 1u);
    EXPECT_EQ(scenario.partition("settings")->role, FLASH_OTHER);
}

template <class Value>
void expect_unique(std::span<const Named<Value>> names)
{
    std::set<std::string_view> texts;
    for (const Named<Value>& entry : names) {
        EXPECT_TRUE(texts.insert(entry.name).second) << entry.name;
        EXPECT_EQ(value_of(names, entry.name), entry.value);
        EXPECT_EQ(name_of(names, entry.value), entry.name);
    }
}

TEST(ScenarioNames, NamesAndValuesBelongToEachOther)
{
    expect_unique(strategy_names());
    expect_unique(signature_names());
    expect_unique(downgrade_names());
    expect_unique(fix_names());
    expect_unique(mutant_names());
    expect_unique(controller_names());
    expect_unique(outcome_names());
    expect_unique(step_names());
    expect_unique(granularity_names());
    EXPECT_EQ(value_of(strategy_names(), "swap"), std::nullopt);
}

}  // namespace
}  // namespace brownout::sim
