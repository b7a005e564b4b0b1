// What firmware reaches of a SoC beside its partitions: UICR, erases in slices; and boards whose
// clock is off.
#include "external_scenario.hpp"

#include <sim/data_paths.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace brownout::sim {
namespace {

constexpr std::uint64_t kSlicedPage = 0x20000;

// A firmware that uses the NVMC without the driver.
class NvmcUser : public testing::Test {
protected:
    RunReport run(bool slices, const RunOptions& options = {})
    {
        app_command command{};
        command.permanent = slices;
        return machine.command(state, command, options);
    }
    RunReport run_cut_at(std::uint64_t operation, models::TearKind tear, models::ResetKind kind)
    {
        RunOptions options;
        options.cut = PowerCut{};
        options.cut->at = PowerCut::At::kOperation;
        options.cut->index = operation;
        options.cut->tear = {tear, 2, 4, 1};  // erase-phases: mixed
        options.cut->kind = kind;
        return run(true, options);
    }

    Scenario loaded = ExternalScenario().load();
    std::unique_ptr<Firmware> loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {});
    std::unique_ptr<Firmware> user =
        Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / "nvmc_user.so", {});
    Machine machine{board_plan(loaded), boot_setup(loaded), *loader, user.get()};
    MachineState state = machine.blank_state();
};

TEST_F(NvmcUser, FindsWhatItWroteToUicrAfterPowerWasLost)
{
    const models::Digest128 before = state.digest();
    const RunReport report = run(false);
    EXPECT_EQ(report.outcome.code, 0) << "it reads what it wrote";
    EXPECT_TRUE(report.violations.empty());
    EXPECT_EQ(report.operations, 1u);
    EXPECT_NE(state.digest(), before);
    state.lose_power();
    ASSERT_EQ(state.parts[0].kept.size(), 0x1000u);
    EXPECT_EQ(state.parts[0].kept[0x80], 0x78);
    EXPECT_EQ(state.parts[0].kept[0x84], 0xFF);
    EXPECT_FALSE(state.has_running_parts());
}

TEST_F(NvmcUser, LosesPowerBetweenTwoSlicesAndInOneOfThem)
{
    using models::ResetKind;
    using models::TearKind;
    state.devices[0].poke(kSlicedPage, std::vector<std::uint8_t>(4096, 0xA5));
    const MachineState full = state;
    EXPECT_EQ(run(true).operations, 3u);
    EXPECT_TRUE(state.devices[0].is_erased(kSlicedPage, 4096));

    state = full;
    EXPECT_FALSE(run_cut_at(2, TearKind::kNotStarted, ResetKind::kPowerOn).torn);
    EXPECT_TRUE(state.same_as(full)) << "60 of 85 ms";

    const auto is_mixed = [&] {
        return !state.devices[0].is_erased(kSlicedPage, 4096) && !state.same_as(full);
    };
    state = full;
    EXPECT_TRUE(run_cut_at(1, TearKind::kErasePhases, ResetKind::kPowerOn).torn);
    EXPECT_TRUE(is_mixed());
    // A reset of the microcontroller may tear it as well, if that is asked for.
    state = full;
    EXPECT_TRUE(run_cut_at(1, TearKind::kErasePhases, ResetKind::kSystemReset).torn);
    EXPECT_TRUE(is_mixed());
}

Scenario with_clock(const std::string& hfclk)
{
    ExternalScenario scenario;
    scenario.board = "{base: nrf52840dk, name: off" + hfclk +
                     ", devices: {mx25r64: {part: mx25r6435f, bus: {controller: spim2, frequency: "
                     "8 MHz, cs: P0.17, sck: P0.19, mosi: P0.20, miso: P0.21}}}}";
    return scenario.load();
}

models::Duration swap_time(const Scenario& scenario)
{
    ScenarioMachine machine(scenario);
    const ScenarioResult result = run_scenario(machine, nullptr);
    const RunReport& report = result.steps[2].report;
    EXPECT_EQ(report.outcome.kind, OutcomeKind::kHandedOver);
    return report.end - report.start;
}

TEST(ClockThatIsOff, StretchesWhatTheSocTimesAndNotThePart)
{
    const double nominal = models::seconds(swap_time(with_clock("")));
    const double slow = models::seconds(swap_time(with_clock(", hfclk_hz: 58880000")));
    const double fast = models::seconds(swap_time(with_clock(", hfclk_hz: 69120000")));
    EXPECT_GT(slow, nominal * 1.01);
    EXPECT_LT(slow, nominal / 0.92) << "erases of the part last as long as ever";
    EXPECT_LT(fast, nominal * 0.99);
    EXPECT_GT(fast, nominal / 1.08);
}

TEST(ClockThatIsOff, IsWrittenIntoScenariosAndKeptNearWhatASocCanBe)
{
    Scenario scenario = with_clock(", hfclk_hz: 60000000");
    const std::string yaml = to_yaml(scenario, "off.yaml");
    EXPECT_NE(yaml.find("hfclk_hz: 60000000"), std::string::npos) << yaml;
    EXPECT_EQ(board_plan(parse_scenario(yaml, "off.yaml")).hfclk_hz, 60'000'000u);
    EXPECT_THROW(with_clock(", hfclk_hz: 57599999"), InputError);
    EXPECT_THROW(with_clock(", hfclk_hz: 70400001"), InputError);
}

}  // namespace
}  // namespace brownout::sim
