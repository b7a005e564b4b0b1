// One clear sentence with its place for everything that can be wrong with a file.
#include "sample_scenario.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace brownout::sim {
namespace {

struct Change {
    const char* old_text;
    const char* new_text;
    const char* error;  // its beginning
};

void expect_errors(std::initializer_list<Change> changes)
{
    for (const Change& change : changes) {
        const std::string error = error_of(sample_with(change.old_text, change.new_text));
        EXPECT_EQ(error.substr(0, std::string(change.error).size()), change.error)
            << change.new_text << "\n  gave: " << error;
    }
}

TEST(ScenarioErrors, TheSampleHasNone)
{
    EXPECT_EQ(error_of(kSampleScenario), "");
}

TEST(ScenarioErrors, UnknownKeysNameTheNearestOne)
{
    expect_errors(
        {{"signature: {type: ecdsa-p256}}", "signature: {type: ecdsa-p256}, alignement: 8}",
          "case.yaml:10:60: unknown key 'alignement' in boot. Did you mean 'alignment'? "
          "Keys here: core, log, strategy, signature, encryption, max_image_sectors, "}});
    expect_errors({
        {"steps:", "setps:", "case.yaml:15:1: unknown key 'setps' in scenario. Did you mean 'ste"},
        {"{call: 13}", "{cal: 13}", "case.yaml:18:19: unknown key 'cal' in cut. Did you mean 'cal"},
        {"{call: 13}", "{zzzzzz: 13}", "case.yaml:18:19: unknown key 'zzzzzz' in cut. Keys here:"},
        {"write_unit: 4", "writeunit: 4", "case.yaml:5:72: unknown key 'writeunit' in device. D"},
    });
}

TEST(ScenarioErrors, MissingKeys)
{
    expect_errors({
        {"strategy: swap-move, ", "", "case.yaml:10:7: key 'strategy' is missing in boot"},
        {"version: 1.0.0, ", "", "case.yaml:12:18: key 'version' is missing in generate"},
        {"{call: 13}", "{}", "case.yaml:18:18: cut needs exactly one of these keys: call, op, t"},
        {"{call: 13}", "{call: 1, op: 2}", "case.yaml:18:18: cut needs exactly one of these key"},
        {"generate: {version: 1.0.0, payload_bytes: 8 KiB, seed: v1}", "",
         "case.yaml:12:7: image needs exactly one of these keys: generate, file"},
    });
    EXPECT_EQ(error_of("{}"), "case.yaml:1:1: key 'scenario' is missing in scenario");
    EXPECT_EQ(error_of("[1]").substr(0, 48), "case.yaml:1:1: scenario must be a mapping with t");
}

TEST(ScenarioErrors, AddressesThatOverlap)
{
    expect_errors({
        {"write_unit: 4}", "write_unit: 4, register_base: 0x20000000}",
         "case.yaml:3:3: the registers of internal (register_base) at 0x20000000 overlaps ram at"},
        {"write_unit: 4}", "write_unit: 4, register_base: 0x70000FFF}",
         "case.yaml:3:3: the mapped memory of external (mapped_address) at 0x70000000 overlaps "
         "the"},
        {"write_unit: 4}", "write_unit: 4, register_base: 0xFFFFF001}",
         "case.yaml:3:3: the registers of internal (register_base) at 0xFFFFF001 runs past the "
         "end"},
    });
    EXPECT_EQ(error_of(sample_with("write_unit: 4}", "write_unit: 4, register_base: 0x6FFFF000}")),
              "");
}

TEST(ScenarioErrors, WrongTypesAndRanges)
{
    expect_errors({
        {"64 KiB", "64 KB", "case.yaml:8:44: 'size' in partition must be a number of bytes"},
        {"64 KiB", "\"65536\"", "case.yaml:8:44: 'size' in partition must be a number of bytes"},
        {"64 KiB", "0", "case.yaml:8:44: 'size' in partition must be a number of bytes"},
        {"0x4000", "[]", "case.yaml:8:30: 'address' in partition must be a number of bytes (40"},
        {"{call: 13}", "{call: -1}", "case.yaml:18:25: 'call' in cut must be a whole number"},
        {"{call: 13}", "{time: 13}", "case.yaml:18:25: 'time' in cut must be a time with its u"},
        {"swap-move", "swap-mov", "case.yaml:10:18: 'strategy' in boot must be one of: swap-mo"},
        {"version: 1.0.0", "version: 1.0", "case.yaml:12:28: 'version' in generate must be a v"},
        {"version: 1.0.0", "version: 256.0.0", "case.yaml:12:28: 'version' in generate must be"},
        {"{type: test}", "{type: [test]}", "case.yaml:17:29: 'type' in request_upgrade must be"},
        {"during: [reset]", "during: reset", "case.yaml:21:19: 'during' in explore must be a l"},
        {"during: [reset]", "during: []", "case.yaml:21:19: 'during' in explore must be a lis"},
        {"during: [reset]", "during: [upload]", "case.yaml:21:20: 'during' in explore must be o"},
        {"ecdsa-p256}}", "ecdsa-p256}, bootstrap: yes}", "case.yaml:10:71: 'bootstrap' in boot "},
        {"ecdsa-p256}}", "ecdsa-p256}, alignment: 12}", "case.yaml:10:71: 'alignment' in boot m"},
        {"A sample", "", "case.yaml:1:1: 'scenario' in scenario must be one line of text"},
        {"  - reset:\n", "  - reset\n", "case.yaml:19:5: a colon is missing: - reset:"},
        {"  - reset:\n", "  - cut: {call: 1}\n", "case.yaml:19:10: a cut belongs to a step"},
        {"  - reset:\n", "  - reset: 3\n", "case.yaml:19:12: reset must be a mapping"},
    });
}

TEST(ScenarioErrors, ImagesAreLoadedToRamThatTheBoardHas)
{
    const char* const error = "case.yaml:10:7: ram_load (0x20000000 to 0x20010000) does not lie ";
    expect_errors({
        {"swap-move", "ram-load", "case.yaml:10:7: key 'ram_load' is missing in boot"},
        {"ecdsa-p256}}", "ecdsa-p256}, ram_load: {address: 0x20000000, size: 64 KiB}}", error},
        {"ecdsa-p256}}", "ecdsa-p256}, ram_load: {address: 0x20030000, size: 65 KiB}}",
         "case.yaml:10:7: ram_load (0x20030000 to 0x20040400) does not lie in the board's RAM"},
    });
    EXPECT_EQ(error_of(sample_with("ecdsa-p256}}", "ecdsa-p256}, ram_load: {address: 0x20030000, "
                                                   "size: 64 KiB}}")),
              "");
}

TEST(ScenarioErrors, NamesThatReferToNothing)
{
    expect_errors({
        {"{mcuboot_primary: v1}", "{mcuboot_primary: v3}", "case.yaml:14:26: there is no image '"},
        {"{mcuboot_primary: v1}", "{mcuboot_primry: v1}",
         "case.yaml:14:9: there is no partition or"},
        {"to: mcuboot_secondary", "to: mcuboot_second", "case.yaml:16:5: there is no partition "},
        {"image: v2,", "image: v9,", "case.yaml:16:5: there is no image 'v9'. Did you mean 'v1'?"},
        {"{boots: v2}", "{boots: v9}", "case.yaml:20:21: there is no image 'v9'"},
        {"{boots: v2}", "{holds: {mcuboot_primary: x}}", "case.yaml:20:22: there is no image 'x'"},
        {"device: external", "device: internl", "case.yaml:9:58: the board has no device 'inter"},
        {"{type: test}", "{type: test, image: 1}", "case.yaml:17:5: there is no image 1"},
        {"during: [reset]", "checks: [nonsense]", "case.yaml:21:20: there is no check 'nonsense'"},
        {"seed: v1}}", "seed: v1, key: no.pem}}", "case.yaml:12:72: there is no file 'no.pem'"},
    });
    EXPECT_EQ(error_of(sample_with("  - upload: {image: v2, to: mcuboot_secondary}\n"
                                   "  - request_upgrade: {type: test}\n"
                                   "  - reset: {cut: {call: 13}}\n  - reset:\n",
                                   "")),
              "case.yaml:16:5: nothing has run before this expect");
}

TEST(ScenarioErrors, PartitionsFitTheirDeviceAndEachOther)
{
    expect_errors({
        {"size: 0x10000", "size: 0x21000", "case.yaml:9:3: mcuboot_secondary ends at 0x21000, b"},
        {"address: 0x4000", "address: 0x4100", "case.yaml:8:3: mcuboot_primary begins at 0x410"},
        {", device: external", "", "case.yaml:9:3: mcuboot_secondary overlaps mcuboot_primary"},
        {"mcuboot_secondary:", "mcuboot_other:", "case.yaml:8:3: partition mcuboot_secondary is"},
        {"swap-move", "swap-scratch", "case.yaml:8:3: partition mcuboot_scratch is missing"},
        {"payload_bytes: 9000", "payload_bytes: 64 KiB", "case.yaml:16:5: v2 (66"},
    });
    // The largest that fit.
    EXPECT_EQ(error_of(sample_with("size: 0x10000", "size: 0x20000")), "");
}

TEST(ScenarioErrors, BoardsAreChecked)
{
    expect_errors({
        {"write_unit: 4", "write_unit: 3", "case.yaml:5:15: "},
        {"{size: 4 KiB, count: 64}", "{size: 1 MiB, count: 1000}", "case.yaml:5:15: internal is"},
        {"controller: plain", "controller: nvmc, erased_value: 0", "case.yaml:5:15: the nvmc of"},
        {"controller: plain", "controller: nand", "case.yaml:5:28: 'controller' in device must "},
    });
    EXPECT_EQ(error_of("scenario: x\nboard: nrf52840d\npartitions: {a: {address: 0, size: 1}}\n"
                       "boot: {}\nsteps: [reset: ]\n")
                  .substr(0, 76),
              "case.yaml:2:8: there is no board 'nrf52840d'. Did you mean 'nrf52840dk'? Boa");
    EXPECT_NE(error_of(sample_with("board:\n  name: plain", "board: ./no.yaml\nx:\n  y: z"))
                  .find("there is no board file"),
              std::string::npos);
}

TEST(ScenarioErrors, WhatASocDecidesIsChecked)
{
    const auto error_with = [](const std::string& keys) {
        return error_of(sample_with("name: plain", "name: plain\n  " + keys));
    };
    EXPECT_EQ(error_with("soc: nrf52840"), "");
    EXPECT_NE(error_with("soc: nrf5284").find("there is no soc 'nrf5284'. Did you mean 'nrf52"),
              std::string::npos);
    const std::string threshold = "power: {power_fail_millivolts: ";
    EXPECT_EQ(error_with("soc: nrf52840\n  " + threshold + "2800}"), "");
    EXPECT_NE(error_with("soc: nrf52840\n  " + threshold + "2750}"), "");
    EXPECT_NE(error_with("soc: nrf52840\n  " + threshold + "1600}"), "");
    EXPECT_NE(error_with("soc: nrf5340_network\n  " + threshold + "2800}"), "") << "it has none";
    EXPECT_NE(error_with(threshold + "2800}"), "") << "whose comparator?";
}

TEST(ScenarioErrors, AllErrorsOfAFileAreListedInItsOrder)
{
    const std::string path = ::testing::TempDir() + "several_errors.yaml";
    FILE* const file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::string text = sample_with("swap-move", "swap-mov");
    text.replace(text.find("64 KiB"), 6, "lots");
    text.replace(text.find("{boots: v2}"), 11, "{boot: v2}");
    std::fputs(text.c_str(), file);
    std::fclose(file);
    const std::vector<InputError> errors = scenario_errors(path);
    ASSERT_EQ(errors.size(), 3u);
    EXPECT_EQ(errors[0].place().line, 8);
    EXPECT_EQ(errors[1].place().line, 10);
    EXPECT_EQ(errors[2].place().line, 20);
    EXPECT_THROW(load_scenario(path), InputError);
}

TEST(ScenarioErrors, FilesThatCannotBeRead)
{
    EXPECT_THROW(load_scenario("/nonexistent/scenario.yaml"), InputError);
    EXPECT_THROW(load_scenario(::testing::TempDir()), InputError);
    const std::string path = ::testing::TempDir() + "huge.yaml";
    FILE* const file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fputs((std::string(kScenarioBytesMax, '#') + "\n").c_str(), file);
    std::fclose(file);
    EXPECT_NE(scenario_errors(path).at(0).sentence().find("is larger than 1048576 bytes"),
              std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
