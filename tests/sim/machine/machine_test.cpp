// A board, the built-in firmware, and what a run reports.
#include <sim/data_paths.hpp>
#include <sim/image.hpp>
#include <sim/machine.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace brownout::sim {
namespace {

constexpr std::uint32_t kSlotBytes = 6 * 4096;
constexpr std::uint32_t kPrimary = 0;
constexpr std::uint32_t kSecondary = kSlotBytes;

BoardPlan plain_board()
{
    BoardPlan board;
    board.name = "plain";
    DevicePlan device;
    device.name = "internal";
    device.register_base = 0x40001000;
    device.mapped_address = 0x10000000;
    device.sectors = {{4096, 12}};
    device.program_unit_time = models::microseconds(40);
    device.erase_sector_time = models::milliseconds(80);
    board.devices.push_back(device);
    board.areas.push_back({"mcuboot_primary", 1, FLASH_PRIMARY, 0, 0, kPrimary, kSlotBytes});
    board.areas.push_back({"mcuboot_secondary", 2, FLASH_SECONDARY, 0, 0, kSecondary, kSlotBytes});
    return board;
}

BootSetup move_setup()
{
    BootSetup setup;
    setup.config.strategy = BOOT_SWAP_MOVE;
    setup.config.image_count = 1;
    setup.config.max_image_sectors = 8;
    setup.config.max_align_bytes = 8;
    setup.config.validate_primary = true;
    setup.config.tlv_allow_list = true;
    setup.config.hash = CRYPTO_SHA256;
    return setup;
}

std::vector<std::uint8_t> image(std::uint8_t major, std::uint32_t payload_bytes)
{
    ImageSpec spec;
    spec.version.major = major;
    spec.payload_bytes = payload_bytes;
    spec.seed = "v" + std::to_string(major);
    return make_image(spec);
}

class MachineTest : public testing::Test {
protected:
    MachineTest()
        : loader(Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {})),
          application(Firmware::load(builtin_firmware(BOOT_FIRMWARE_APPLICATION), {})),
          machine(plain_board(), move_setup(), *loader, application.get()),
          state(machine.blank_state())
    {
        state.devices[0].poke(kPrimary, image(1, 6000));
        state.devices[0].poke(kSecondary, image(2, 9000));
    }

    RunReport request_test_upgrade()
    {
        app_command command{};
        command.kind = APP_SET_PENDING;
        return machine.command(state, command);
    }

    std::unique_ptr<Firmware> loader;
    std::unique_ptr<Firmware> application;
    Machine machine;
    MachineState state;
};

TEST_F(MachineTest, WithoutARequestTheOldImageBootsAndNothingIsWritten)
{
    const models::Digest128 before = state.digest();
    const RunReport report = machine.boot(state);
    EXPECT_EQ(report.outcome.kind, OutcomeKind::kHandedOver) << report.outcome.text;
    EXPECT_EQ(report.outcome.response.version.major, 1);
    EXPECT_EQ(report.calls, 0u);
    EXPECT_EQ(state.digest(), before);
}

TEST_F(MachineTest, ARequestedUpgradeSwapsTheImages)
{
    EXPECT_EQ(request_test_upgrade().outcome.kind, OutcomeKind::kCommandDone);
    const RunReport report = machine.boot(state);
    ASSERT_EQ(report.outcome.kind, OutcomeKind::kHandedOver) << report.outcome.text;
    EXPECT_EQ(report.outcome.response.version.major, 2);
    EXPECT_GT(report.calls, 20u);
    EXPECT_GT(report.operations, report.calls);
    EXPECT_GT(report.end, models::milliseconds(80) * 6);
    ASSERT_FALSE(report.log.empty());
    EXPECT_EQ(report.log.front().text,
              "Primary image: magic=unset, swap_type=0x1, copy_done=0x3, image_ok=0x3");
}

TEST_F(MachineTest, ACutBeforeACallLeavesExactlyTheCallsBeforeIt)
{
    request_test_upgrade();
    RunOptions options;
    options.cut = PowerCut{PowerCut::At::kCall, 3, {}};
    const RunReport report = machine.boot(state, options);
    EXPECT_EQ(report.outcome.kind, OutcomeKind::kPowerLost);
    EXPECT_EQ(report.calls, 3u);
}

TEST_F(MachineTest, ACutByTimeFallsBetweenOperations)
{
    request_test_upgrade();
    MachineState uncut = state;
    const RunReport whole = machine.boot(uncut);
    RunOptions options;
    options.cut = PowerCut{PowerCut::At::kTime, 0, (whole.end - whole.start) / 2};
    const RunReport report = machine.boot(state, options);
    EXPECT_EQ(report.outcome.kind, OutcomeKind::kPowerLost);
    EXPECT_GT(report.operations, 0u);
    EXPECT_LT(report.operations, whole.operations);
}

TEST_F(MachineTest, TheSameRunTwiceIsTheSameToTheByte)
{
    request_test_upgrade();
    MachineState other = state;
    const RunReport first = machine.boot(state);
    const RunReport second = machine.boot(other);
    EXPECT_EQ(first.operations, second.operations);
    EXPECT_EQ(first.end, second.end);
    EXPECT_TRUE(state.same_as(other));
}

TEST_F(MachineTest, ARunOutOfDeviceTimeIsAnOutcome)
{
    request_test_upgrade();
    RunOptions options;
    options.time_budget = models::milliseconds(100);
    EXPECT_EQ(machine.boot(state, options).outcome.kind, OutcomeKind::kCycleBudget);
}

// A write from a constant array against a controller that reads RAM alone.
class ConstantWrite : public testing::Test {
protected:
    static RunReport run(bool from_ram)
    {
        BoardPlan board = plain_board();
        board.devices[0].dma_reads_ram_only = true;
        const auto loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {});
        const auto writer =
            Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / "const_writer.so", {});
        Machine machine(board, move_setup(), *loader, writer.get());
        MachineState state = machine.blank_state();
        app_command command{};
        command.permanent = from_ram;
        return machine.command(state, command);
    }
};

TEST_F(ConstantWrite, IsRecognisedAsLyingInFlashByItsSymbol)
{
    const RunReport report = run(false);
    ASSERT_EQ(report.violations.size(), 1u);
    EXPECT_NE(report.violations[0].symbol.find("boot_img_magic (16 bytes"), std::string::npos)
        << report.violations[0].symbol;
    EXPECT_EQ(report.outcome.code, FLASH_EIO);
    EXPECT_EQ(report.operations, 0u);
}

TEST_F(ConstantWrite, OfACopyInRamIsFine)
{
    const RunReport report = run(true);
    EXPECT_TRUE(report.violations.empty());
    EXPECT_EQ(report.outcome.code, 0);
    EXPECT_GT(report.operations, 0u);
}

}  // namespace
}  // namespace brownout::sim
