// Updates of the network core on a machine with both cores: how they end, and how they fail.
#include "net_scenario.hpp"

#include <sim/error.hpp>
#include <sim/recording.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::sim {
namespace {

TEST(NetworkUpdate, BothCoresEndWithTheNewImages)
{
    const NetRun run{NetScenario{}};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kHandedOver);
    EXPECT_EQ(outcome_text(run.machine, run.result.state, run.boot().outcome),
              "handed over 2.0.0 from mcuboot_primary (app2)");
    EXPECT_EQ(run.network(), "runs net2");
    EXPECT_TRUE(run.boot().violations.empty());
    EXPECT_EQ(run.boot().network->starts, 2u);  // for the command, and for the application
}

TEST(NetworkUpdate, CallsAndLogLinesSayWhichCoreMadeThem)
{
    NetScenario scenario = NetScenario::sequential();
    scenario.strategy = "overwrite-only-fast";
    scenario.network_bytes = 0x2801;
    const NetRun run{scenario};
    std::size_t network_calls = 0;
    for (const Call& call : run.result.steps.back().calls) {
        const bool in_network_flash =
            run.machine.machine().board().areas[call.area].name == "net_app";
        EXPECT_EQ(call.core == CoreId::kNetwork, in_network_flash);
        network_calls += in_network_flash ? 1u : 0u;
    }
    EXPECT_EQ(network_calls, 6u + 21u);  // pages of 2048, writes of 512
    EXPECT_EQ(run.boot().log.front().core, CoreId::kApplication);
}

TEST(NetworkUpdate, TwoRunsAreTheSameToThePicosecond)
{
    const NetRun first{NetScenario{}};
    const NetRun second{NetScenario{}};
    EXPECT_EQ(first.boot().end, second.boot().end);
    EXPECT_EQ(first.boot().operations, second.boot().operations);
    EXPECT_TRUE(first.result.state.same_as(second.result.state));
}

TEST(NetworkUpdate, WithoutARequestTheNetworkCoreStartsWithTheApplicationAlone)
{
    const NetRun run{NetScenario{}.with_boots(2)};
    EXPECT_EQ(run.boot().network->starts, 1u);
    EXPECT_EQ(run.boot().calls, 0u);
    EXPECT_EQ(run.network(), "runs net2");
}

// Pictures and the viewer say of network flash which bytes of which image it holds.
TEST(NetworkUpdate, ARecordingNamesTheImageInTheNetworkSlot)
{
    ScenarioMachine machine(NetScenario{}.load());
    ScenarioRecorder recorder(machine);
    run_scenario(machine, &recorder);
    const Recording recording = recorder.take();
    const auto slot = std::find_if(recording.areas.begin(), recording.areas.end(),
                                   [](const auto& area) { return area.name == "net_app"; });
    ASSERT_NE(slot, recording.areas.end());
    const auto image_at = [&](std::uint32_t sector, const HeldContent& held) {
        EXPECT_EQ(held.kind, HeldKind::kImage) << sector;
        EXPECT_EQ(held.image_offset_bytes, 0x200 + sector * 2048) << sector;
        EXPECT_EQ(held.byte_count, std::min(2048u, 5000 - sector * 2048)) << sector;
        return recording.images.at(static_cast<std::size_t>(held.image)).name;
    };
    for (std::uint32_t sector = 0; sector < 3; ++sector) {
        const std::uint32_t of_device = slot->first_sector + sector;
        EXPECT_EQ(image_at(sector, recording.initial[slot->device][of_device]), "net1");
        const auto last = std::find_if(
            recording.changes.rbegin(), recording.changes.rend(), [&](const SectorChange& change) {
                return change.device == slot->device && change.sector == of_device;
            });
        ASSERT_NE(last, recording.changes.rend());
        EXPECT_EQ(image_at(sector, last->after), "net2");
    }
}

// ---- b0n says FAIL ----

TEST(NetworkUpdate, AFailureLeavesASequentialUpdatePendingAndTheNetworkCoreIdle)
{
    const NetRun run{NetScenario::sequential("pcd-fails").with_boots(2)};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kHandedOver);
    EXPECT_TRUE(run.logged("Network core update failed"));  // at the second boot too
    EXPECT_EQ(run.network(), "does not run: it answered FAIL and waits for a reset");
    EXPECT_EQ(run.network_slot(), "1.0.0 (net1)");
}

TEST(NetworkUpdate, TheNewestReleaseDropsAFailedRequest)
{
    const NetRun run{NetScenario::sequential("pcd-fails, drops-failed").with_boots(2)};
    EXPECT_FALSE(run.logged("Starting network core update"));
    EXPECT_EQ(run.network(), "runs net1");
}

TEST(NetworkUpdate, AFailureEndsASimultaneousUpdateInAnAssertionAtEveryBoot)
{
    const NetRun run{NetScenario::simultaneous("pcd-fails").with_boots(3)};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kAssert);
    EXPECT_NE(run.boot().outcome.text.find("network_core == NETCORE_OK"), std::string::npos);
    EXPECT_EQ(
        run.machine.slot_text(run.result.state, *run.machine.machine().area("mcuboot_primary")),
        "2.0.0 (app2)");  // already overwritten: there is no way back
}

TEST(NetworkUpdate, AWrongMagicIsAFailureAndTheOldImageGoesOn)
{
    const NetRun run{NetScenario::sequential("wrong-magic")};
    EXPECT_TRUE(run.logged("Network core update failed"));
    EXPECT_EQ(run.network(), "runs net1");
}

TEST(NetworkUpdate, AMissingBootloaderKeepsTheApplicationCoreWaitingForEver)
{
    const NetRun run{NetScenario::sequential("b0n-missing")};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kCycleBudget);
    EXPECT_NE(run.network().find("there is no network bootloader"), std::string::npos);
}

TEST(NetworkUpdate, AnImageMayFillTheNetworkSlotAndNotExceedItByOneByte)
{
    NetScenario scenario = NetScenario::sequential();
    scenario.network_slot_bytes = 0x1800;
    scenario.network_bytes = 0x1800;
    EXPECT_EQ(NetRun{scenario}.network(), "runs net2");
    scenario.network_bytes = 0x1801;
    const NetRun exceeds{scenario};
    EXPECT_TRUE(exceeds.logged("Image of 6145 bytes"));
    EXPECT_TRUE(exceeds.logged("Network core update failed"));
    EXPECT_EQ(exceeds.network_slot(), "1.0.0 (net1)");
}

TEST(NetworkUpdate, WithoutAccessToRamTheNetworkCoreFaults)
{
    const NetRun run{NetScenario::sequential("domain-not-secure")};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kCycleBudget);
    EXPECT_NE(run.network().find("bus fault: read of 0x20000000"), std::string::npos);
    EXPECT_NE(run.network().find("its domain is not secure"), std::string::npos);
}

// ---- known defects ----

TEST(NetworkUpdate, F47OverwritingReleasesRepeatTheCopyAtEveryBoot)
{
    NetScenario scenario = NetScenario::sequential().with_boots(2);
    scenario.strategy = "overwrite-only-fast";
    EXPECT_FALSE(NetRun{scenario}.logged("Starting network core update"));
    scenario.switches = "request-stays";
    const NetRun run{scenario};
    EXPECT_TRUE(run.logged("Done updating network core"));
    EXPECT_GT(run.boot().calls, 0u);
}

TEST(NetworkUpdate, F49BoundsOfTheRamSlotRefuseEveryNetworkImage)
{
    const NetRun run{NetScenario::simultaneous("ram-bounds")};
    EXPECT_TRUE(run.logged("Reset address of image in secondary slot is not in the primary slot"));
    EXPECT_TRUE(run.logged("Erasing image from secondary slot"));
    EXPECT_EQ(run.network(), "runs net1");
}

TEST(NetworkUpdate, F50WithoutPcdANetworkImageBootsAsAnApplication)
{
    const NetRun run{NetScenario::sequential("no-pcd")};
    EXPECT_EQ(outcome_text(run.machine, run.result.state, run.boot().outcome),
              "handed over 2.0.0 from mcuboot_primary (net2)");
    EXPECT_EQ(run.network_slot(), "1.0.0 (net1)");
}

TEST(NetworkUpdate, F52AnAclThatKeepsItsEntryKeepsTheNetworkCoreFromStarting)
{
    const NetRun run{NetScenario::sequential("acl-survives-restart")};
    EXPECT_EQ(run.network(), "does not run: it could not protect itself");
    EXPECT_TRUE(run.logged("Failed to protect b0n flash"));
}

// ---- protection ----

TEST(NetworkUpdate, TheAclKeepsACommandWithAWrongOffsetOutOfTheLoader)
{
    const NetRun run{NetScenario::sequential("wrong-offset")};
    ASSERT_FALSE(run.boot().violations.empty());
    for (const Violation& violation : run.boot().violations) {
        EXPECT_EQ(violation.rule, "acl-write-protected");
        EXPECT_NE(violation.source.find("ACL"), std::string::npos);
        EXPECT_FALSE(violation.symbol.empty());  // of the network core's firmware
    }
    EXPECT_TRUE(run.logged("Network core update failed"));
    EXPECT_EQ(run.network_slot(), "1.0.0 (net1)");
    const MachineState& state = run.result.state;
    const AreaPlan& slot = *run.machine.machine().area("net_app");
    EXPECT_TRUE(state.devices[slot.device].is_erased(0, slot.offset_bytes));
}

// The application writes over its bootloader: before any boot it may, after one it may not.
TEST(NetworkUpdate, TheSpuKeepsTheApplicationOutOfTheBootloaderOnceThatHandedOver)
{
    NetScenario scenario;
    scenario.more_partitions = "  mcuboot: {address: 0x0, size: 0x8000}\n";
    const std::string overwrites = "  - upload: {image: app1, to: mcuboot, via: stream}\n";
    scenario.steps = overwrites;
    EXPECT_TRUE(NetRun{scenario}.result.steps.back().report.violations.empty());
    scenario.steps = "  - reset:\n" + overwrites;
    const NetRun run{scenario};
    const RunReport& upload = run.result.steps.back().report;
    ASSERT_FALSE(upload.violations.empty());
    for (const Violation& violation : upload.violations) {
        EXPECT_EQ(violation.rule, "spu-write-protected");
    }
    EXPECT_TRUE(run.machine.is_erased(run.result.state, *run.machine.machine().area("mcuboot")));
}

// ---- downgrade prevention ----

TEST(NetworkUpdate, AnEqualVersionIsNoDowngradeAndAnOlderOneIs)
{
    for (const std::uint32_t running : {2u, 3u}) {
        for (NetScenario scenario : {NetScenario::simultaneous("reads-version"),
                                     NetScenario::sequential("reads-version")}) {
            scenario.more_boot = ", downgrade: by-version";
            scenario.running_version = running;
            const NetRun run{scenario};
            EXPECT_EQ(run.network(), running == 2 ? "runs net2" : "runs net1") << scenario.mode;
            EXPECT_EQ(run.logged("Insufficient version of network core image"), running == 3);
        }
    }
}

// ---- serial recovery ----

// Nothing is requested there that a next boot could repeat.
TEST(NetworkUpdate, PowerLostInSerialRecoveryLeavesAMixtureThatRuns)
{
    NetScenario scenario;
    scenario.uploads = "";
    scenario.steps = "  - upload: {image: net2, to: mcuboot_primary_1, via: serial_recovery,"
                     " cut: {time: 700 ms}}\n  - reset:";
    const NetRun run{scenario};
    EXPECT_EQ(run.network_slot(), "no image");
    EXPECT_NE(run.network(), "runs net1");
    EXPECT_NE(run.network(), "runs net2");
}

// ---- power and resets ----

TEST(NetworkUpdate, ACutByTimeStopsBothCoresAtOnce)
{
    NetScenario scenario = NetScenario::sequential();
    scenario.steps = "  - reset: {cut: {time: 150 ms}}";  // b0n is copying, the other core waits
    const NetRun cut{scenario};
    EXPECT_EQ(cut.boot().outcome.kind, OutcomeKind::kPowerLost);
    EXPECT_EQ(cut.network_slot(), "no image");
    const double end = models::seconds(cut.boot().end);
    EXPECT_GE(end, 0.15);
    scenario.steps += "\n  - reset:";
    EXPECT_EQ(NetRun{scenario}.network(), "runs net2");
}

TEST(NetworkUpdate, AWarmResetKeepsTheCommandAndTheCopyIsRepeatedFromTheStart)
{
    NetScenario scenario = NetScenario::sequential();
    scenario.steps = "  - reset: {cut: {time: 150 ms, kind: mcu-reset}}";
    const NetRun cut{scenario};
    const AreaPlan* const slot = cut.machine.machine().area("net_app");
    EXPECT_FALSE(cut.machine.network_image(cut.result.state));
    EXPECT_FALSE(cut.machine.is_erased(cut.result.state, *slot));
    EXPECT_TRUE(cut.result.state.has_running_parts());  // the block and the image, in RAM
    scenario.steps += "\n  - reset:";
    EXPECT_EQ(NetRun{scenario}.network(), "runs net2");
}

// ---- bad input ----

std::string error_of(const NetScenario& scenario)
{
    try {
        (void)scenario.load();
    } catch (const InputError& error) {
        return error.sentence();
    }
    return {};
}

TEST(NetworkUpdate, ScenariosThatCannotBeAreRefusedWithASentence)
{
    NetScenario swaps;
    swaps.strategy = "swap-move";
    EXPECT_NE(error_of(swaps).find("cannot be swapped back from RAM"), std::string::npos);
    NetScenario no_slot;
    no_slot.more_netcore = ", slot: net_ap";
    EXPECT_NE(error_of(no_slot).find("there is no partition 'net_ap'"), std::string::npos);
    NetScenario raw;
    raw.more_netcore = ", header_read: raw";
    EXPECT_NE(error_of(raw).find("'header_read' is of mode sequential"), std::string::npos);
    NetScenario version;
    version.switches = "reads-version";
    EXPECT_NE(error_of(version).find("downgrade: by-version"), std::string::npos);
    EXPECT_NE(error_of(NetScenario::sequential("serial-numbers")).find("of mode simultaneous"),
              std::string::npos);
    NetScenario typo;
    typo.switches = "pcd-fail";
    EXPECT_NE(error_of(typo).find("pcd-fails"), std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
