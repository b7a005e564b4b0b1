// Matrices: what a scenario file stands for, and that it is always the same.
#include <sim/suite.hpp>

#include <sim/error.hpp>
#include <sim/scenario_machine.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace brownout::sim {
namespace {

constexpr const char* kBase = R"(scenario: Base
board:
  name: small
  devices:
    flash: {controller: plain, sectors: [{size: 1 KiB, count: 64}], write_unit: 4}
partitions:
  mcuboot_primary:   {address: 0x4000, size: 0x2000}
  mcuboot_secondary: {address: 0x8000, size: 0x2000}
boot: {strategy: swap-move, signature: {type: none}, max_image_sectors: 8}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 1000, seed: v1}}
  v2: {generate: {version: 2.0.0, payload_bytes: 1000, seed: v2}}
flash: {mcuboot_primary: v1}
steps:
  - upload: {image: v2, to: mcuboot_secondary}
  - request_upgrade: {type: permanent}
  - reset:
)";

std::string written(const std::string& matrix)
{
    // A folder of this process: tests run at the same time.
    const std::string folder = ::testing::TempDir() + "matrix-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    const std::string file = folder + "/matrix.yaml";
    std::ofstream(file) << kBase << matrix;
    return file;
}

std::vector<SuiteEntry> entries_of(const std::string& matrix,
                                   std::optional<std::uint64_t> seed = {})
{
    return suite_entries({written(matrix)}, seed);
}

std::string complaint_about(const std::string& matrix)
{
    try {
        entries_of(matrix);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

std::uint32_t payload_of(const SuiteEntry& entry, const char* image)
{
    return std::get<ImageSpec>(entry.scenario.image(image)->source).payload_bytes;
}

TEST(Matrix, OfNothingIsTheScenarioItself)
{
    const auto entries = entries_of("");
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_TRUE(entries[0].variant.empty());
    EXPECT_EQ(entry_name(entries[0]), "Base");
}

TEST(Matrix, CombinesItsAxesTheFirstOneSlowest)
{
    const auto entries =
        entries_of("matrix: {boot.alignment: [8, 16], steps.1.request_upgrade.type: [test, "
                   "permanent]}\n");
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entry_name(entries[1]), "Base [8, permanent]");
    EXPECT_EQ(entry_name(entries[2]), "Base [16, test]");
    EXPECT_EQ(entries[2].scenario.boot.max_align_bytes, 16u);
    EXPECT_FALSE(std::get<RequestUpgradeStep>(entries[2].scenario.steps[1].action).permanent);
    EXPECT_FALSE(entries[2].scenario.matrix.has_value());
}

TEST(Matrix, ValuesThatAreMappingsChangeSeveralKeysAtOnce)
{
    const auto entries = entries_of(
        "matrix:\n  sizes:\n"
        "    - {images.v1.generate.payload_bytes: 10, images.v2.generate.payload_bytes: 20}\n"
        "    - {images.v2.generate.payload_bytes: 30}\n");
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(payload_of(entries[0], "v1"), 10u);
    EXPECT_EQ(payload_of(entries[0], "v2"), 20u);
    EXPECT_EQ(payload_of(entries[1], "v1"), 1000u);
    EXPECT_EQ(entry_name(entries[0]), "Base [10, 20]");
}

TEST(Matrix, EdgesAreSizesAroundSectorsAndTheLargestImage)
{
    const auto entries = entries_of("matrix: {images.v2.generate.payload_bytes: edges}\n");
    std::set<std::uint32_t> totals;
    for (const SuiteEntry& entry : entries) {
        totals.insert(static_cast<std::uint32_t>(image_bytes(entry.scenario, "v2").size()));
    }
    // 8 sectors: one for the trailer, one that stays free.
    EXPECT_EQ(totals, (std::set<std::uint32_t>{1023, 1024, 1025, 2047, 2048, 2049, 6143, 6144}));
}

TEST(Matrix, ThatNamesNoKeyIsRefusedWithItsPlace)
{
    EXPECT_NE(complaint_about("matrix: {bot.alignment: [8]}\n").find(":18:10: 'bot.alignment'"),
              std::string::npos);
    EXPECT_NE(complaint_about("matrix: {boot.alignement: [8]}\n").find("Did you mean 'alignment'"),
              std::string::npos);
    EXPECT_NE(complaint_about("matrix: {steps.9.reset: [1]}\n").find("nothing is called '9"),
              std::string::npos);
    EXPECT_NE(complaint_about("matrix: {boot.alignment: edges}\n").find("payload_bytes only"),
              std::string::npos);
    EXPECT_NE(complaint_about("matrix: {boot.alignment: []}\n").find("at least one entry"),
              std::string::npos);
}

TEST(Matrix, OfRandomScenariosIsTheSameForASeedAndAnotherForAnother)
{
    const std::string matrix = "matrix: {random: {count: 40, seed: 7}}\n";
    const auto texts = [](const std::vector<SuiteEntry>& entries) {
        std::vector<std::string> all;
        for (const SuiteEntry& entry : entries) {
            all.push_back(to_yaml(entry.scenario, "x.yaml"));
        }
        return all;
    };
    const auto first = texts(entries_of(matrix));
    ASSERT_EQ(first.size(), 40u);
    EXPECT_EQ(first, texts(entries_of(matrix)));
    EXPECT_EQ(first, texts(entries_of(matrix, 7)));
    EXPECT_NE(first, texts(entries_of(matrix, 8)));
    EXPECT_GT(std::set<std::string>(first.begin(), first.end()).size(), 35u);
}

TEST(Matrix, OfRandomScenariosUsesEveryStrategyAsked)
{
    std::set<boot_strategy> seen;
    for (const SuiteEntry& entry : entries_of(
             "matrix: {random: {count: 30, strategies: [swap-scratch, overwrite-only]}}\n")) {
        seen.insert(entry.scenario.boot.strategy);
        EXPECT_LE(image_bytes(entry.scenario, "v2").size(), largest_image_bytes(entry.scenario));
    }
    EXPECT_EQ(seen, (std::set<boot_strategy>{BOOT_SWAP_SCRATCH, BOOT_OVERWRITE_ONLY}));
}

TEST(Matrix, OfRandomScenariosHasRoomForTheFirmwareOnEveryBoard)
{
    std::set<boot_strategy> seen;
    for (SuiteEntry& entry : entries_of("matrix: {random: {count: 60}}\n")) {
        if (seen.insert(entry.scenario.boot.strategy).second) {
            EXPECT_NO_THROW(ScenarioMachine{std::move(entry.scenario)}) << entry.index;
        }
    }
    EXPECT_TRUE(seen.count(BOOT_RAM_LOAD) == 1 && seen.count(BOOT_RAM_LOAD_REVERT) == 1);
}

}  // namespace
}  // namespace brownout::sim
