// Part files, and the keys of boards and scenarios that name them.
#include "sample_scenario.hpp"

#include <scenario/part_keys.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace brownout::sim {
namespace {

std::string with_part(const std::string& bus, const std::string& more = "")
{
    std::string text = sample_with(
        "external: {controller: plain, sectors: [{size: 0x1000, count: 32}], write_unit: 1}",
        "external: {part: w25q80, bus: {" + bus + "}" + more + "}");
    return text.replace(text.find("name: plain"), 11, "name: plain\n  soc: nrf52832");
}

TEST(ExternalKeys, APartKnowsItsSectorsAndItsDriverTheWiring)
{
    const Scenario scenario = parse_sample(with_part(
        "controller: spim1, frequency: 500 kHz, cs: P0.08",
        ", driver: {bounce_buffer: 32, transaction_overhead: 70 us, erase_timeout: 2 s}"));
    const DevicePlan& device = scenario.board.plan.devices[1];
    EXPECT_EQ(device.size_bytes(), 1024u * 1024);
    EXPECT_EQ(device.write_unit_bytes, 1u);
    const spi_nor_options& driver = device.external->driver;
    EXPECT_EQ(driver.wiring.spim_base, 0x40004000u);
    EXPECT_EQ(driver.wiring.max_transfer_bytes, 255u) << "the nRF52832 counts with 8 bits";
    EXPECT_EQ(driver.wiring.frequency_hz, 500'000u);
    EXPECT_EQ(driver.wiring.cs_pin, 8u);
    EXPECT_EQ(driver.wiring.transaction_overhead_us, 70u);
    EXPECT_EQ(driver.erase_timeout_ms, 2000u);
    EXPECT_EQ(driver.jedec_id, 0xEF6014u);
}

TEST(ExternalKeys, WhatIsWrongIsSaidWithItsPlace)
{
    const auto begins = [](const std::string& text, const std::string& error) {
        EXPECT_EQ(error_of(text).substr(0, error.size()), error);
    };
    begins(with_part("controller: spim3"),
           "case.yaml:3:3: the nrf52832 has no 'spim3' for external. "
           "Buses: spim0, spim1, spim2");
    begins(with_part("controler: spim1"), "case.yaml:7:36: unknown key 'controler' in bus. Did you "
                                          "mean 'controller'?");
    begins(with_part("controller: spim1, cs: P0.32"), "case.yaml:7:59: 'cs' in bus must be a pin");
    begins(with_part("controller: spim1, frequency: 8"),
           "case.yaml:7:66: 'frequency' in bus must be a frequency with its unit");
    begins(with_part("controller: spim1", ", driver: {poll_interval: 1500 ns}"),
           "case.yaml:7:80: 'poll_interval' in driver must be a whole number of microseconds");
    begins(with_part("controller: spim1, anomalies: [59]"),
           "case.yaml:7:67: 'anomalies' in bus must be an anomaly that is modelled");
    begins(with_part("controller: spim1", ", sectors: [{size: 4 KiB, count: 1}]"),
           "case.yaml:7:56: 'sectors' is for other devices; external has a part");
    begins(with_part("controller: spim1, frequency: 100 kHz"),
           "case.yaml:3:3: external cannot be clocked slower than 125 kHz");
    begins(with_part("controller: spim1", ", driver: {read_opcode: 5}"),
           "case.yaml:3:3: 'read_opcode' of external must be 0x03 or 0x0B");
    begins(with_part("controller: spim1, wp: up"),
           "case.yaml:7:59: 'wp' in bus must be high, low, or a pin (P0.22)");
    begins(with_part("controller: spim1, hold: P0.40"),
           "case.yaml:7:61: 'hold' in bus must be a pin");
    begins(with_part("controller: spim1, wp: P0.17"),
           "case.yaml:3:3: 'wp' of external is wired to P0.17, which its bus uses already");
    begins(with_part("controller: spim1, wp: P0.02, hold: P0.02"),
           "case.yaml:3:3: 'wp' and 'hold' of external are wired to the same pin");
    begins(with_part("controller: spim1", ", faults: {registers: [1]}"),
           "case.yaml:3:3: 'status 1' of w25q80 cannot hold this");
    const std::string twin = "}\n    twin: {part: w25q80, bus: {controller: spim1";
    begins(with_part("controller: spim1", twin + "}"),
           "case.yaml:3:3: external and twin have the same chip select");
    begins(with_part("controller: spim1", twin + ", cs: P0.18, frequency: 1 MHz}"),
           "case.yaml:3:3: external and twin share spim1 and need the same frequency");
    begins(with_part("controller: spim1", twin + ", cs: P0.18, hold: P0.17}"),
           "case.yaml:3:3: external and twin are both wired to P0.17");
    std::string text = with_part("controller: spim1");
    text.replace(text.find("w25q80"), 6, "w25q81");
    begins(text, "case.yaml:7:22: there is no part 'w25q81'. Did you mean 'w25q80'? Parts: ");
}

TEST(ExternalKeys, AScenarioChangesPartsOfItsBoardAndNothingElse)
{
    std::string text = with_part("controller: spim1, frequency: 4 MHz",
                                 ", driver: {bounce_buffer: 0, block_erase: true}");
    const std::size_t at = text.find("partitions:");
    const Scenario changed = parse_sample(std::string(text).insert(
        at, "devices: {external: {driver: {bounce_buffer: 4}, faults: {mute: {from_op: 3}}}}\n"));
    const ExternalPlan& external = *changed.board.plan.devices[1].external;
    EXPECT_EQ(external.driver.wiring.bounce_bytes, 4u);
    EXPECT_TRUE(external.driver.use_block_erase) << "what is not named stays";
    EXPECT_EQ(external.driver.wiring.frequency_hz, 4'000'000u);
    EXPECT_EQ(external.nor_options.mute->from_operation, 3u);
    const std::string again = to_yaml(changed, std::string(TEST_SCENARIOS_FOLDER) + "/sample.yaml");
    EXPECT_EQ(parse_sample(again).board.plan.devices[1].external->nor_options.mute->from_operation,
              3u);
    EXPECT_EQ(error_of(text.insert(at, "devices: {internal: {times: typical}}\n")).substr(0, 55),
              "case.yaml:8:11: the board has no external part 'interna");
}

TEST(ExternalKeys, ProtectionPinsAreNamedToThePart)
{
    const Scenario scenario = parse_sample(with_part("controller: spim1, wp: low, hold: P0.02",
                                                     ", faults: {registers: [0x9C, 0x02]}"));
    const models::SpiNorOptions& options = scenario.board.plan.devices[1].external->nor_options;
    EXPECT_TRUE(options.write_protect.tied_low);
    EXPECT_EQ(options.write_protect.name, "tied low");
    EXPECT_FALSE(options.hold.tied_low);
    EXPECT_EQ(options.hold.name, "P0.02");
    EXPECT_EQ(options.registers, (std::vector<std::uint8_t>{0x9C, 0x02}));
}

TEST(PartFile, ErrorsNameThePlaceInThePartFile)
{
    const std::filesystem::path folder = ::testing::TempDir();
    std::ifstream shipped(std::filesystem::path(TEST_SCENARIOS_FOLDER) / "parts/w25q80.yaml");
    std::string part((std::istreambuf_iterator<char>(shipped)), {});
    part.replace(part.find("size_bytes"), 10, "size_octet");
    std::ofstream(folder / "broken.yaml") << part;
    std::string text = with_part("controller: spim1");
    text.replace(text.find("w25q80"), 6, (folder / "broken.yaml").string());
    const std::string error = error_of(text);
    EXPECT_NE(error.find("broken.yaml:"), std::string::npos) << error;
    EXPECT_NE(error.find("unknown key 'size_octet' in identity"), std::string::npos) << error;
}

}  // namespace
}  // namespace brownout::sim
