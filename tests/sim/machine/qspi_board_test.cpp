// SPI NOR parts behind a QSPI, and boards whose supply is low: boards, drivers, rules with their
// symbols.
#include "external_scenario.hpp"

#include <sim/data_paths.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::sim {
namespace {

constexpr std::size_t kQspiRequest = 1;
constexpr std::size_t kQspiReset = 2;
constexpr std::uint32_t kQspiPart = 1;  // device of the board

ExternalScenario qspi_scenario(const std::string& changes, const std::string& board)
{
    ExternalScenario scenario;
    scenario.board = board;
    scenario.changes = changes;
    return scenario;
}

ScenarioResult run_on_qspi(const std::string& changes, const std::string& board = "nrf52840dk-qspi")
{
    ScenarioMachine machine(qspi_scenario(changes, board).load());
    return run_scenario(machine, nullptr);
}

bool boots_new_image(const ScenarioResult& result)
{
    const Outcome& outcome = result.steps[kQspiReset].report.outcome;
    return outcome.kind == OutcomeKind::kHandedOver && outcome.response.version.major == 2;
}

bool has_rule(const std::vector<Violation>& violations, const std::string& rule)
{
    return std::any_of(violations.begin(), violations.end(),
                       [&](const Violation& violation) { return violation.rule == rule; });
}

// One run of a small firmware that writes a constant array to the slot.
struct QspiMagicWriter {
    explicit QspiMagicWriter(const std::string& changes)
    {
        const Scenario loaded = qspi_scenario(changes, "nrf52840dk-qspi").load();
        const auto loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {});
        const auto writer =
            Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / "const_writer.so", {});
        Machine machine(board_plan(loaded), boot_setup(loaded), *loader, writer.get());
        state = machine.blank_state();
        report = machine.command(state, app_command{});
    }
    bool magic_is_there() const { return state.devices[kQspiPart].word_at(12) == 0x8079B62C; }

    MachineState state;
    RunReport report;
};

TEST(QspiBoard, SwapsOnBothKits)
{
    for (const char* const board : {"nrf52840dk-qspi", "nrf5340dk-qspi"}) {
        const ScenarioResult result = run_on_qspi("{times: maximum}", board);
        EXPECT_TRUE(boots_new_image(result)) << board;
        EXPECT_TRUE(result.steps[kQspiReset].report.violations.empty()) << board;
    }
}

TEST(QspiBoard, AMagicInFlashNeedsABounceBuffer)
{
    const QspiMagicWriter with("{driver: {bounce_buffer: 4}}");
    EXPECT_EQ(with.report.outcome.code, FLASH_OK);
    EXPECT_TRUE(with.magic_is_there());
    EXPECT_TRUE(with.report.violations.empty());

    const QspiMagicWriter without("{driver: {bounce_buffer: 0}}");
    EXPECT_EQ(without.report.outcome.code, FLASH_EIO);
    EXPECT_FALSE(without.magic_is_there());
    EXPECT_TRUE(has_rule(without.report.violations, "easydma-ram-only"));
}

TEST(QspiBoard, AConstantHandedToEasyDmaIsNamed)
{
    const QspiMagicWriter unchecked("{driver: {bounce_buffer: 0, unchecked_pointers: true}}");
    EXPECT_EQ(unchecked.report.outcome.code, FLASH_OK) << "the driver notices nothing";
    EXPECT_FALSE(unchecked.magic_is_there());
    ASSERT_EQ(unchecked.report.violations.size(), 1u);
    const Violation& violation = unchecked.report.violations[0];
    EXPECT_EQ(violation.rule, "easydma-ram-only");
    EXPECT_NE(violation.text.find("qspi: 0x"), std::string::npos) << violation.text;
    EXPECT_NE(violation.symbol.find("boot_img_magic (16 bytes"), std::string::npos)
        << violation.symbol;
    EXPECT_FALSE(violation.source.empty());
}

TEST(QspiBoard, AStaleLastChunkProgramsBehindTheRequest)
{
    const QspiMagicWriter stale("{driver: {bounce_buffer: 32, stale_last_chunk: true}}");
    EXPECT_TRUE(stale.magic_is_there());
    EXPECT_FALSE(stale.state.devices[kQspiPart].is_erased(16, 16));
    EXPECT_TRUE(has_rule(stale.report.violations, "stale-bounce-chunk"));
    const QspiMagicWriter exact("{driver: {bounce_buffer: 32}}");
    EXPECT_TRUE(exact.state.devices[kQspiPart].is_erased(16, 16));
}

TEST(QspiBoard, WordsAreServedRefusedOrHandedOverAsTheyAre)
{
    // An image whose length is no multiple of 4 makes hashing read parts of words.
    const auto with = [](const std::string& policy) {
        ExternalScenario scenario =
            qspi_scenario("{driver: {word_alignment: " + policy + "}}", "nrf52840dk-qspi");
        scenario.payload_bytes = 6001;
        ScenarioMachine machine(scenario.load());
        return run_scenario(machine, nullptr);
    };
    const ScenarioResult served = with("read-modify-write");
    EXPECT_TRUE(boots_new_image(served));
    EXPECT_TRUE(served.steps[kQspiReset].report.violations.empty());
    const ScenarioResult refused = with("refuse");
    EXPECT_FALSE(boots_new_image(refused));
    EXPECT_TRUE(has_rule(refused.steps[kQspiReset].report.violations, "word-alignment"));
    const ScenarioResult raw = with("off");
    EXPECT_FALSE(boots_new_image(raw));
    EXPECT_TRUE(has_rule(raw.steps[kQspiReset].report.violations, "qspi-word-rule"));
}

TEST(QspiBoard, AClockThatChangesWhileAnImageIsReadSpoilsIt)
{
    const std::string when = "clock_switch: {from: 60 ms, for: 2 s}";
    const ScenarioResult spoiled = run_on_qspi("{bus: {anomalies: [244], " + when + "}}");
    EXPECT_TRUE(has_rule(spoiled.steps[kQspiReset].report.violations, "anomaly-244"));
    EXPECT_FALSE(boots_new_image(spoiled));
    const ScenarioResult steady = run_on_qspi("{bus: {anomalies: [], " + when + "}}");
    EXPECT_TRUE(boots_new_image(steady));
    EXPECT_TRUE(steady.steps[kQspiReset].report.violations.empty());
}

TEST(QspiBoard, APartThatNeverGetsReadyHangsWhoeverWaits)
{
    // Operations 0 and 1 set QE and L/H at start; the trailer follows.
    const ScenarioResult result = run_on_qspi("{faults: {mute: {from_op: 2, reads: 0xFF}}}");
    const Outcome& outcome = result.steps[kQspiRequest].report.outcome;
    EXPECT_EQ(outcome.kind, OutcomeKind::kHang);
    EXPECT_NE(outcome.text.find("endless wait"), std::string::npos) << outcome.text;
}

TEST(QspiBoard, ModesThatThePartLacksAreRefused)
{
    EXPECT_THROW(qspi_scenario("{bus: {write_mode: pp4o}}", "nrf52840dk-qspi").load(), InputError);
    EXPECT_THROW(qspi_scenario("{bus: {frequency: 1 MHz}}", "nrf52840dk-qspi").load(), InputError);
    EXPECT_THROW(qspi_scenario("{bus: {wp: low}}", "nrf52840dk-qspi").load(), InputError)
        << "it is IO2";
}

// DevZone 106440: POFCON above the supply.
TEST(SupplyBelowPofcon, HangsTheCpuWithAnomaly242AndWritesNothingElsewhere)
{
    for (const auto& [soc, kind] : {std::pair{"nrf52840", OutcomeKind::kHang},
                                    std::pair{"nrf52833", OutcomeKind::kCommandDone}}) {
        const std::string board =
            fmt::format("{{name: low, soc: {}, power: {{supply_millivolts: 2700, "
                        "power_fail_millivolts: 2800}}, devices: {{internal: "
                        "{{controller: nvmc, sectors: [{{size: 4 KiB, count: 128}}], "
                        "write_unit: 4, writes_per_unit_max: 2}}}}}}",
                        soc);
        std::string text = fmt::format(R"(scenario: low supply
board: {}
partitions:
  mcuboot_primary:   {{address: 0xC000, size: 0x8000}}
  mcuboot_secondary: {{address: 0x14000, size: 0x8000}}
boot: {{strategy: swap-move, signature: {{type: none}}}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 6000, seed: v1}}}}
flash: {{mcuboot_primary: v1, mcuboot_secondary: v1}}
steps:
  - request_upgrade: {{type: permanent}}
)",
                                       board);
        ScenarioMachine machine(parse_scenario(text, "low.yaml"));
        const ScenarioResult result = run_scenario(machine, nullptr);
        EXPECT_EQ(result.steps[0].report.outcome.kind, kind) << soc;
        EXPECT_TRUE(has_rule(result.steps[0].report.violations, "nvmc-power-warning")) << soc;
        EXPECT_EQ(result.steps[0].report.operations, 0u) << soc;
    }
}

}  // namespace
}  // namespace brownout::sim
