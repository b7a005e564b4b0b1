#include "sample_scenario.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

TEST(ScenarioPlan, AreasFollowThePartitions)
{
    const BoardPlan plan = board_plan(parse_sample(
        sample_with("boot:", "  mcuboot_scratch: {address: 0x20000, size: 0x1000}\n"
                             "  mcuboot_primary_1: {address: 0x21000, size: 0x2000}\n"
                             "  mcuboot_secondary_1: {address: 0x23000, size: 0x2000}\n"
                             "  settings: {address: 0x3F000, size: 0x1000}\nboot:")));
    ASSERT_EQ(plan.areas.size(), 6u);
    const std::vector<std::uint32_t> ids = {plan.areas[0].id, plan.areas[1].id, plan.areas[2].id,
                                            plan.areas[3].id, plan.areas[4].id, plan.areas[5].id};
    EXPECT_EQ(ids, (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 16}));
    EXPECT_EQ(plan.areas[0].name, "mcuboot_primary");
    EXPECT_EQ(plan.areas[0].offset_bytes, 0x4000u);
    EXPECT_EQ(plan.areas[1].device, 1u);
    EXPECT_EQ(plan.areas[2].role, FLASH_SCRATCH);
    EXPECT_EQ(plan.areas[4].image_index, 1u);
}

TEST(ScenarioPlan, TheNrf52840DkIsWhatItsDataSheetSays)
{
    const BoardPlan plan = board_plan(
        load_scenario(std::string(TEST_SCENARIOS_FOLDER) + "/tutorial/1-first-swap.yaml"));
    EXPECT_EQ(plan.name, "nRF52840 DK");
    EXPECT_EQ(plan.cpu_hz, 64'000'000u);
    ASSERT_EQ(plan.devices.size(), 1u);
    EXPECT_EQ(plan.devices[0].controller, ControllerKind::kNvmc);
    EXPECT_EQ(plan.devices[0].register_base, 0x4001E000u);
    EXPECT_EQ(plan.devices[0].sectors.at(0).count, 256u);
    EXPECT_EQ(plan.devices[0].writes_per_unit_max, 2u);
    EXPECT_EQ(plan.areas.at(0).offset_bytes, 0xC000u);
}

TEST(ScenarioPlan, KeysAreReadAndMustBeOfTheChosenKind)
{
    const BootSetup setup = boot_setup(parse_sample(kSampleScenario));
    ASSERT_EQ(setup.signing_keys.size(), 1u);
    EXPECT_EQ(setup.signing_keys[0].size(), 91u);  // SubjectPublicKeyInfo of a P-256 key
    EXPECT_EQ(setup.config.signing_key_count, 1u);
    EXPECT_EQ(setup.config.hash, CRYPTO_SHA256);

    const Scenario wrong_kind = parse_sample(
        sample_with("images:\n  v1: {generate: {version: 1.0.0, payload_bytes: 8 KiB, seed: v1}}\n"
                    "  v2: {generate: {version: 2.0.0+7, payload_bytes: 9000, seed: v2}}\n",
                    "images: {v1: {file: keys/dev-p256.der}, v2: {file: keys/dev-p256.der}}\n"));
    Scenario scenario = wrong_kind;
    scenario.boot.signature = CRYPTO_ED25519;
    EXPECT_THROW(boot_setup(scenario), InputError);
    scenario.boot.signature = CRYPTO_ECDSA_P256;
    scenario.boot.signing_keys = {std::string(TEST_SCENARIOS_FOLDER) + "/README.md"};
    EXPECT_THROW(boot_setup(scenario), InputError);
}

MachineState erased_state(const BoardPlan& plan)
{
    MachineState state;
    for (const DevicePlan& device : plan.devices) {
        models::FlashGeometry geometry;
        geometry.size_bytes = device.size_bytes();
        state.devices.emplace_back(geometry);
    }
    return state;
}

TEST(ScenarioPlan, TheKeyOfTheDeviceFitsTheWayImageKeysAreWrapped)
{
    const auto setup_with = [](const std::string& type, const std::string& key) {
        return boot_setup(
            parse_sample(sample_with("ecdsa-p256}}", "ecdsa-p256}, encryption: {type: " + type +
                                                         ", key: " + key + ", save_tlv: true}}")));
    };
    const std::string p256 = "tutorial/keys/device-p256.pem";
    const std::string aes = "../tests/conformance/keys/enc-aes128kw.b64";
    const BootSetup setup = setup_with("ecies-p256", p256);
    EXPECT_EQ(setup.config.encryption, CRYPTO_WRAP_ECIES_P256);
    EXPECT_EQ(setup.config.image_key_bytes, 16u);
    EXPECT_TRUE(setup.config.save_encrypted_tlv);
    EXPECT_EQ(setup_with("aes-kw", aes).encryption_key.size(), 16u);
    EXPECT_THROW(setup_with("aes-kw, bits: 256", aes), InputError);
    for (const char* other : {"rsa2048-oaep", "ecies-x25519", "aes-kw"}) {
        EXPECT_THROW(setup_with(other, p256), InputError) << other;
    }
    EXPECT_THROW(setup_with("ecies-p256", aes), InputError);
}

TEST(ScenarioPlan, InitialContentIsPlacedInItsOrder)
{
    const Scenario scenario = parse_sample(
        sample_with("{mcuboot_primary: v1}",
                    "{mcuboot_primary: [{fill: 0xA5}, v1], mcuboot_secondary: {fill: 0, size: 2, "
                    "offset: 0xFFFE}}"));
    MachineState state = erased_state(board_plan(scenario));
    place_initial_content(scenario, state);
    const std::vector<std::uint8_t> v1 = image_bytes(scenario, "v1");
    std::vector<std::uint8_t> placed(v1.size());
    state.devices[0].read(0x4000, placed);
    EXPECT_EQ(placed, v1);
    EXPECT_EQ(state.devices[0].byte_at(0x3FFF), 0xFF);
    EXPECT_EQ(state.devices[0].byte_at(0x4000 + v1.size()), 0xA5);
    EXPECT_EQ(state.devices[0].byte_at(0x13FFF), 0xA5);
    EXPECT_EQ(state.devices[0].byte_at(0x14000), 0xFF);
    EXPECT_EQ(state.devices[1].byte_at(0xFFFD), 0xFF);
    EXPECT_EQ(state.devices[1].byte_at(0xFFFE), 0x00);
    EXPECT_EQ(state.devices[1].byte_at(0x10000), 0xFF);
}

}  // namespace
}  // namespace brownout::sim
