// SPI NOR parts behind a SPIM: drivers with their options, rules with their symbols, polls.
#include "external_scenario.hpp"

#include <sim/data_paths.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::sim {
namespace {

constexpr std::size_t kRequest = 1;
constexpr std::size_t kReset = 2;
constexpr std::uint32_t kPart = 1;  // device of the board

// Operations of the part in a boot: 0 leaves the ultra-low-power mode, 1 erases the trailer, 2 the
// first sector.

// One run of a small firmware that writes a constant array, or a copy of it in RAM, to the slot.
struct MagicWriter {
    explicit MagicWriter(const std::string& changes)
    {
        ExternalScenario scenario;
        scenario.changes = changes;
        const Scenario loaded = scenario.load();
        const auto loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {});
        const auto writer =
            Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / "const_writer.so", {});
        Machine machine(board_plan(loaded), boot_setup(loaded), *loader, writer.get());
        state = machine.blank_state();
        report = machine.command(state, app_command{});
    }

    bool magic_is_there() const { return state.devices[kPart].word_at(12) == 0x8079B62C; }

    MachineState state;
    RunReport report;
};

TEST(ExternalPart, AMagicInFlashNeedsABounceBuffer)
{
    const MagicWriter with("{driver: {bounce_buffer: 8}}");
    EXPECT_EQ(with.report.outcome.code, FLASH_OK);
    EXPECT_TRUE(with.magic_is_there());
    EXPECT_TRUE(with.report.violations.empty());

    const MagicWriter without("{driver: {bounce_buffer: 0}}");
    EXPECT_EQ(without.report.outcome.code, FLASH_EIO);
    EXPECT_TRUE(without.state.devices[kPart].is_erased(0, 4096));
    ASSERT_EQ(without.report.violations.size(), 1u);
    const Violation& violation = without.report.violations[0];
    EXPECT_EQ(violation.rule, "easydma-ram-only");
    EXPECT_NE(violation.symbol.find("boot_img_magic (16 bytes"), std::string::npos)
        << violation.symbol;
    EXPECT_NE(violation.text.find("mx25r64"), std::string::npos) << violation.text;
    EXPECT_FALSE(violation.source.empty());
}

TEST(ExternalPart, DmaFromFlashThatNobodyRefusesIsReportedByTheController)
{
    const MagicWriter unchecked("{driver: {bounce_buffer: 0, unchecked_pointers: true}}");
    EXPECT_EQ(unchecked.report.outcome.code, FLASH_OK) << "the driver notices nothing";
    EXPECT_FALSE(unchecked.magic_is_there());
    ASSERT_FALSE(unchecked.report.violations.empty());
    const Violation& violation = unchecked.report.violations[0];
    EXPECT_NE(violation.rule.find("easydma"), std::string::npos) << violation.rule;
    EXPECT_NE(violation.symbol.find("boot_img_magic (16 bytes"), std::string::npos)
        << violation.symbol;
}

TEST(ExternalPart, AStaleLastChunkProgramsBehindTheRequest)
{
    const MagicWriter stale("{driver: {bounce_buffer: 32, stale_last_chunk: true}}");
    EXPECT_TRUE(stale.magic_is_there());
    EXPECT_FALSE(stale.state.devices[kPart].is_erased(16, 16));
    ASSERT_EQ(stale.report.violations.size(), 1u);
    EXPECT_EQ(stale.report.violations[0].rule, "stale-bounce-chunk");
    const MagicWriter exact("{driver: {bounce_buffer: 32}}");
    EXPECT_TRUE(exact.state.devices[kPart].is_erased(16, 16));
}

// What a firmware of tests/sim/machine/images did, alone on a machine.
RunReport run_image(const ExternalScenario& scenario, const std::string& image)
{
    const Scenario loaded = scenario.load();
    const auto loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {});
    const auto firmware =
        Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / (image + ".so"), {});
    Machine machine(board_plan(loaded), boot_setup(loaded), *loader, firmware.get());
    MachineState state = machine.blank_state();
    return machine.command(state, app_command{});
}

// The first violation of `rule`; it names its source and who was at it.
std::string text_of(const RunReport& report, const std::string& rule)
{
    for (const Violation& violation : report.violations) {
        EXPECT_FALSE(violation.source.empty()) << violation.rule;
        EXPECT_FALSE(violation.symbol.empty()) << violation.rule;
        if (violation.rule == rule) {
            return violation.text;
        }
    }
    return "";
}

TEST(ExternalPart, AHoldPinThatFirmwarePullsLowMakesItDeafForSoLong)
{
    ExternalScenario scenario;
    scenario.changes = "{bus: {hold: P0.23}, driver: {erase_timeout: 1 s}}";
    const RunReport held = run_image(scenario, "pin_puller");
    EXPECT_EQ(held.outcome.code, 2) << "of three erases the second";
    EXPECT_NE(text_of(held, "spi-nor-held").find("mx25r6435f: clocks are not heard"),
              std::string::npos);
    EXPECT_NE(text_of(held, "spi-nor-held").find("HOLD# (P0.23)"), std::string::npos);
    scenario.changes = "{bus: {hold: P0.24}}";
    const RunReport other = run_image(scenario, "pin_puller");
    EXPECT_EQ(other.outcome.code, 0);
    EXPECT_TRUE(other.violations.empty());
    scenario.changes = "{bus: {hold: P0.23}, faults: {registers: [0x40]}}";
    EXPECT_EQ(run_image(scenario, "pin_puller").outcome.code, 0) << "quad enable";
}

TEST(ExternalPart, AHoldPinTiedLowIsAPartThatIsNotThere)
{
    ExternalScenario scenario;
    scenario.changes = "{bus: {hold: low}}";
    const RunReport report = run_image(scenario, "slot_eraser");
    EXPECT_EQ(report.outcome.kind, OutcomeKind::kHang) << "WIP reads as set";
    EXPECT_NE(text_of(report, "spi-nor-held").find("HOLD# (tied low)"), std::string::npos);
    scenario.changes = "{bus: {hold: high}}";
    EXPECT_EQ(run_image(scenario, "slot_eraser").outcome.code, FLASH_OK);
}

// The driver of an MX25R writes its registers at start, to leave the slow mode.
TEST(ExternalPart, AWriteProtectPinTiedLowKeepsItsRegistersOnceTheyAreProtected)
{
    const auto erase = [](const std::string& changes) {
        ExternalScenario scenario;
        scenario.changes = "{driver: {high_performance: true}, " + changes + "}";
        return run_image(scenario, "slot_eraser");
    };
    const RunReport guarded = erase("bus: {wp: low}, faults: {registers: [0x80]}");
    EXPECT_NE(text_of(guarded, "spi-nor-protected").find("SRP0 set and WP# (tied low) low"),
              std::string::npos);
    for (const char* const free : {"bus: {wp: low}", "bus: {wp: high}, faults: {registers: [0x80]}",
                                   "bus: {wp: low}, faults: {registers: [0xC0]}"}) {
        const RunReport report = erase(free);
        EXPECT_TRUE(report.violations.empty()) << free;
        EXPECT_LT(report.end, guarded.end) << "high-performance mode: " << free;
    }
}

ScenarioResult run_with(const std::string& changes)
{
    ExternalScenario scenario;
    scenario.changes = changes;
    ScenarioMachine machine(scenario.load());
    return run_scenario(machine, nullptr);
}

std::string booted_version(const ScenarioResult& result)
{
    const Outcome& outcome = result.steps[kReset].report.outcome;
    return outcome.kind == OutcomeKind::kHandedOver ? to_string(outcome.response.version)
                                                    : to_string(outcome.kind);
}

// The theory of the thread of case B: flags of one byte against a bus that moves words.
TEST(ExternalPart, AFlagOfOneByteIsLostWhereWordsAreRoundedAndKeptWhereTheyAreRead)
{
    const ScenarioResult rounded = run_with("{driver: {word_alignment: round}}");
    const std::vector<Violation>& lost = rounded.steps[kRequest].report.violations;
    EXPECT_TRUE(std::any_of(lost.begin(), lost.end(), [](const Violation& violation) {
        return violation.rule == "word-alignment" &&
               violation.text.find(" 1 bytes") != std::string::npos &&
               violation.text.find("lost") != std::string::npos;
    }));

    const ScenarioResult kept = run_with("{driver: {word_alignment: read-modify-write}}");
    EXPECT_EQ(booted_version(kept), "2.0.0");
    const RunReport& request = kept.steps[kRequest].report;
    EXPECT_TRUE(request.violations.empty());
    ASSERT_FALSE(request.notes.empty());
    EXPECT_NE(request.notes[0].text.find("programmed a second time"), std::string::npos);

    const ScenarioResult refused = run_with("{driver: {word_alignment: refuse}}");
    EXPECT_NE(refused.steps[kRequest].report.outcome.code, 0);
    EXPECT_EQ(booted_version(refused), "assertion failed") << "flags are read byte by byte, too";
}

TEST(ExternalPart, JumpingOverPollsChangesNothing)
{
    ExternalScenario scenario;
    scenario.changes = "{driver: {transaction_overhead: 70 us, check_write_enable: true}}";
    ScenarioMachine machine(scenario.load());
    MachineState jumped = run_scenario(machine, nullptr, kReset).state;
    MachineState stepped = jumped;
    RunOptions options;
    const RunReport fast = machine.machine().boot(jumped, options);
    options.every_poll = true;
    const RunReport slow = machine.machine().boot(stepped, options);
    EXPECT_EQ(fast.end, slow.end);
    EXPECT_EQ(fast.operations, slow.operations);
    EXPECT_TRUE(jumped.same_as(stepped));
    ASSERT_EQ(fast.log.size(), slow.log.size());
    for (std::size_t i = 0; i < fast.log.size(); ++i) {
        EXPECT_EQ(fast.log[i].time, slow.log[i].time) << fast.log[i].text;
    }
}

TEST(ExternalPart, ADeafPartIsNoticedByADriverThatChecksWriteEnable)
{
    const std::string mute = "faults: {mute: {from_op: 2}}";
    const ScenarioResult silent = run_with("{" + mute + "}");
    const std::vector<LogLine>& log = silent.steps[kReset].report.log;
    EXPECT_EQ(booted_version(silent), "no bootable image");
    EXPECT_TRUE(std::any_of(log.begin(), log.end(), [](const LogLine& line) {
        return line.text.find("Image in the primary slot is not valid!") != std::string::npos;
    }));
    const ScenarioResult noticed = run_with("{driver: {check_write_enable: true}, " + mute + "}");
    EXPECT_NE(booted_version(noticed), "no bootable image");
}

// The nRF52832 clocks two bytes to receive one: its driver refuses, and a loop that takes the error
// for "ready" does not wait.
TEST(ExternalPart, APollThatEndsOnErrorDoesNotWaitForThePart)
{
    ExternalScenario scenario;
    scenario.board = "nrf52832dk-w25q32";
    scenario.device = "w25q32";
    const std::string refuses = "driver: {check_id: false, refuse_one_byte_receive: true";
    const auto rules_of_erase = [&](const std::string& changes) {
        scenario.changes = changes;
        const RunReport report = run_image(scenario, "slot_eraser");
        std::vector<std::string> rules{std::to_string(report.outcome.code)};
        for (const Violation& violation : report.violations) {
            rules.push_back(violation.rule);
        }
        return rules;
    };
    const std::vector<std::string> lied =
        rules_of_erase("{" + refuses + ", poll_ends_on_error: true}}");
    EXPECT_EQ(lied[0], "0") << "the driver believes that it erased everything";
    for (const char* const rule : {"anomaly-58", "status-unreadable", "spi-nor-busy"}) {
        EXPECT_NE(std::find(lied.begin(), lied.end(), rule), lied.end()) << rule;
    }
    EXPECT_EQ(rules_of_erase("{" + refuses + "}}")[0], "1") << "the driver does not start";
    EXPECT_EQ(rules_of_erase("{times: typical}"), std::vector<std::string>{"0"});
}

TEST(ExternalPart, ARuleThatIsBrokenOverAndOverIsReportedOnce)
{
    ExternalScenario scenario;
    scenario.board = "nrf52832dk-w25q32";
    scenario.device = "w25q32";
    scenario.changes = "{bus: {anomalies: [58]}}";
    ScenarioMachine machine(scenario.load());
    const ScenarioResult result = run_scenario(machine, nullptr);
    const std::vector<Violation>& violations = result.steps[kReset].report.violations;
    ASSERT_FALSE(violations.empty());
    EXPECT_LT(violations.size(), 10u);
    EXPECT_NE(violations[0].text.find("more than once"), std::string::npos);
    EXPECT_EQ(violations[0].rule, "anomaly-58");
}

TEST(ExternalPart, APartThatNeverGetsReadyEndsInAHangOrATimeout)
{
    const std::string mute = "faults: {mute: {from_op: 2, reads: 0xFF}}";
    const ScenarioResult waits = run_with("{" + mute + "}");
    EXPECT_EQ(booted_version(waits), "hang");
    EXPECT_NE(waits.steps[kReset].report.outcome.text.find("endless wait"), std::string::npos);
    const ScenarioResult gives_up =
        run_with("{driver: {program_timeout: 50 ms, erase_timeout: 1 s}, " + mute + "}");
    EXPECT_NE(booted_version(gives_up), "hang");
}

}  // namespace
}  // namespace brownout::sim
