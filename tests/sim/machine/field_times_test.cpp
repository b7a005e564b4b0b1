// Device times of case B of the field reports: nRF52833, MX25R3235F on a SPIM at 8 MHz, 70 us of
// software between two transactions (fitted to its log, as the 51 cycles per hashed byte and the
// time of a 64 KiB erase are).
#include "external_scenario.hpp"

#include <sim/data_paths.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::sim {
namespace {

constexpr std::size_t kResetStep = 2;
constexpr std::uint32_t kSectors = 74;           // that the image and its TLVs reach into
constexpr std::uint32_t kHashedBytes = 300'292;  // header area and payload

ExternalScenario field_case(const std::string& changes)
{
    ExternalScenario scenario;
    scenario.board = "nrf52833dk-mx25r32";
    scenario.device = "mx25r32";
    scenario.changes = changes;
    scenario.slot_bytes = 0x73000;
    scenario.payload_bytes = kHashedBytes - 512;
    return scenario;
}

double log_seconds(const RunReport& report, const std::string& part)
{
    const auto line = std::find_if(report.log.begin(), report.log.end(), [&](const LogLine& entry) {
        return entry.text.find(part) != std::string::npos;
    });
    return line == report.log.end() ? -1.0 : models::seconds(line->time);
}

struct Swap {
    explicit Swap(const std::string& changes)
    {
        ScenarioMachine machine(field_case(changes).load());
        const ScenarioResult result = run_scenario(machine, nullptr);
        report = result.steps[kResetStep].report;
        const std::vector<Call>& calls = result.steps[kResetStep].calls;
        seconds = models::seconds(calls.back().start) -
                  log_seconds(report, "Starting swap using move algorithm.");
    }
    RunReport report;
    double seconds = 0;
};

TEST(FieldTimes, ASwapWithADeafPartLastsWhatTheLogOfCaseBShows)
{
    const Swap mute("{faults: {mute: {from_op: 1, reads: 0x00}}}");
    EXPECT_GE(mute.seconds, 20.1);
    EXPECT_LE(mute.seconds, 20.6);
    EXPECT_GE(mute.seconds / kSectors, 0.272);
    EXPECT_LE(mute.seconds / kSectors, 0.278);
    EXPECT_GE(log_seconds(mute.report, "Image in the primary slot is not valid!"), 20.1);
    EXPECT_EQ(mute.report.outcome.kind, OutcomeKind::kNoImage);
}

TEST(FieldTimes, AHealthyPartInHighPerformanceModeTakesAboutAFifthLonger)
{
    const Swap healthy("{driver: {high_performance: true}}");
    EXPECT_GE(healthy.seconds, 24.0);
    EXPECT_LE(healthy.seconds, 25.0);
    EXPECT_EQ(healthy.report.outcome.kind, OutcomeKind::kHandedOver);
}

// The field log: 0.2395 s for an image in internal flash, 0.3866 s more for one behind the SPIM.
TEST(FieldTimes, HashingTakes51CyclesPerByteAndReadingOverTheBusTheRest)
{
    const auto boot_seconds = [](const std::string& flash) {
        ExternalScenario scenario = field_case("{times: typical}");
        scenario.flash = flash;
        Scenario loaded = scenario.load();
        loaded.boot.validate_primary = flash.find("primary") != std::string::npos;
        ScenarioMachine machine(std::move(loaded));
        MachineState state = machine.initial_state();
        return models::seconds(machine.machine().boot(state).end);
    };
    const double nothing = boot_seconds("mcuboot_primary: erased");
    const double internal = boot_seconds("mcuboot_primary: v1");
    EXPECT_NEAR(internal - nothing, kHashedBytes * 51 / 64e6, 0.003);

    const ScenarioResult swap = [] {
        ScenarioMachine machine(field_case("{times: typical}").load());
        return run_scenario(machine, nullptr);
    }();
    const double validated =
        log_seconds(swap.steps[kResetStep].report, "Starting swap using move algorithm.") -
        log_seconds(swap.steps[kResetStep].report, "Boot source");
    EXPECT_NEAR(validated, 0.2395 + 0.3866, 0.01);
}

TEST(FieldTimes, ErasingAnInvalidSlotTakesAboutEightSeconds)
{
    const Scenario loaded = field_case("{times: typical}").load();
    const auto loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {});
    const auto eraser =
        Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / "slot_eraser.so", {});
    Machine machine(board_plan(loaded), boot_setup(loaded), *loader, eraser.get());
    MachineState state = machine.blank_state();
    const RunReport report = machine.command(state, app_command{});
    EXPECT_EQ(report.outcome.code, FLASH_OK);
    EXPECT_NEAR(models::seconds(report.end), 8.05, 0.3);
    EXPECT_EQ(report.operations, 7u + 3u) << "64 KiB and 4 KiB erases";
}

}  // namespace
}  // namespace brownout::sim
