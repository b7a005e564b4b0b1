// The field cases as shipped: every broken run breaks as reported, every fixed one is fixed.
#include <sim/runner.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace brownout::sim {
namespace {

std::vector<std::string> field_scenarios()
{
    std::vector<std::string> names;
    const std::filesystem::path folder(TEST_FIELD_FOLDER);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".yaml") {
            names.push_back(entry.path().lexically_relative(folder).generic_string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

void expect_to_hold(Scenario scenario)
{
    ScenarioMachine machine(std::move(scenario));
    for (const StepResult& step : run_scenario(machine, nullptr).steps) {
        for (const std::string& failure : step.failures) {
            ADD_FAILURE() << failure;
        }
    }
}

class FieldScenario : public testing::TestWithParam<std::string> {};

TEST_P(FieldScenario, MeetsItsExpectations)
{
    const Scenario scenario = load_scenario(std::filesystem::path(TEST_FIELD_FOLDER) / GetParam());
    EXPECT_TRUE(std::any_of(scenario.steps.begin(), scenario.steps.end(),
                            [](const Step& step) { return step.kind() == StepKind::kExpect; }));
    expect_to_hold(scenario);
}

INSTANTIATE_TEST_SUITE_P(Shipped, FieldScenario, testing::ValuesIn(field_scenarios()),
                         [](const auto& test) {
                             std::string name = test.param;
                             std::replace_if(
                                 name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                             return name;
                         });

TEST(FieldFolder, HasAPageThatNamesEveryScenarioInIt)
{
    for (const std::string& name : field_scenarios()) {
        const std::filesystem::path path = std::filesystem::path(TEST_FIELD_FOLDER) / name;
        if (std::filesystem::path(name).has_parent_path()) {
            std::ifstream page(path.parent_path() / "README.md");
            const std::string text((std::istreambuf_iterator<char>(page)), {});
            EXPECT_NE(text.find("(" + path.filename().string() + ")"), std::string::npos) << name;
        }
    }
}

// Case A: what a dropped partial block does depends on the length of the file modulo 512.
struct TailDrop {
    std::uint32_t remainder_bytes;
    bool arrives;
};

constexpr std::uint32_t kTlvBytes = 151;  // of the images below, give or take the signature

Scenario upload_with_dropped_tail(std::uint32_t payload_bytes, bool arrives)
{
    const std::string text = fmt::format(
        R"(scenario: sweep
board: nrf52840dk
partitions:
  mcuboot_primary:   {{address: 0xC000, size: 0x8000}}
  mcuboot_secondary: {{address: 0x83000, size: 0x8000}}
boot: {{strategy: swap-move, signature: {{type: ecdsa-p256, key: ../../keys/dev-p256.der}}}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 5000, seed: v1}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: {}, seed: v2}}}}
flash: {{mcuboot_primary: v1}}
steps:
  - upload: {{image: v2, to: mcuboot_secondary, via: flash_img, loop: [drops-partial-block]}}
  - request_upgrade: {{type: permanent}}
  - reset:
  - expect: {{boots: {}}}
)",
        payload_bytes, arrives ? "v2" : "v1");
    return parse_scenario(text,
                          std::filesystem::path(TEST_FIELD_FOLDER) / "a-uart-loop" / "sweep.yaml");
}

class DroppedTail : public testing::TestWithParam<TailDrop> {};

TEST_P(DroppedTail, HarmsExactlyTheFilesThatAreNoWholeNumberOfBlocks)
{
    const TailDrop& drop = GetParam();
    const std::uint32_t total_bytes = 20 * 512 + drop.remainder_bytes;
    // A DER signature has 70 to 72 bytes: look for the payload that gives this length.
    for (std::uint32_t payload_bytes = total_bytes - 512 - kTlvBytes - 3;; ++payload_bytes) {
        ASSERT_LT(payload_bytes, total_bytes);
        Scenario scenario = upload_with_dropped_tail(payload_bytes, drop.arrives);
        if (image_bytes(scenario, "v2").size() == total_bytes) {
            expect_to_hold(std::move(scenario));
            break;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(LengthModulo512, DroppedTail,
                         testing::Values(TailDrop{0, true}, TailDrop{1, false},
                                         TailDrop{kTlvBytes - 1, false}, TailDrop{kTlvBytes, false},
                                         TailDrop{511, false}));

}  // namespace
}  // namespace brownout::sim
