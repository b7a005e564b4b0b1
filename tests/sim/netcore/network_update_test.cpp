// Updates of the network core on a machine with both cores: how they end, and how they fail.
#include "net_scenario.hpp"

#include <sim/error.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

NetScenario sequential()
{
    NetScenario scenario;
    scenario.mode = "sequential";
    scenario.strategy = "swap-move";
    return scenario;
}

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
    NetScenario scenario = sequential();
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
    NetScenario scenario;
    scenario.steps = "  - reset:\n  - reset:";
    const NetRun run{scenario};
    EXPECT_EQ(run.boot().network->starts, 1u);
    EXPECT_EQ(run.boot().calls, 0u);
    EXPECT_EQ(run.network(), "runs net2");
}

// ---- b0n says FAIL ----

TEST(NetworkUpdate, AFailureLeavesASequentialUpdatePendingAndTheNetworkCoreIdle)
{
    NetScenario scenario = sequential();
    scenario.switches = "pcd-fails";
    scenario.steps = "  - reset:\n  - reset:";
    const NetRun run{scenario};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kHandedOver);
    EXPECT_TRUE(run.logged("Network core update failed"));  // at the second boot too
    EXPECT_EQ(run.network(), "does not run: it answered FAIL and waits for a reset");
    EXPECT_EQ(run.network_slot(), "1.0.0 (net1)");
}

TEST(NetworkUpdate, TheNewestReleaseDropsAFailedRequest)
{
    NetScenario scenario = sequential();
    scenario.switches = "pcd-fails, drops-failed";
    scenario.steps = "  - reset:\n  - reset:";
    const NetRun run{scenario};
    EXPECT_FALSE(run.logged("Starting network core update"));
    EXPECT_EQ(run.network(), "runs net1");
}

TEST(NetworkUpdate, AFailureEndsASimultaneousUpdateInAnAssertionAtEveryBoot)
{
    NetScenario scenario;
    scenario.switches = "pcd-fails";
    scenario.steps = "  - reset:\n  - reset:\n  - reset:";
    const NetRun run{scenario};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kAssert);
    EXPECT_NE(run.boot().outcome.text.find("network_core == NETCORE_OK"), std::string::npos);
    EXPECT_EQ(
        run.machine.slot_text(run.result.state, *run.machine.machine().area("mcuboot_primary")),
        "2.0.0 (app2)");  // already overwritten: there is no way back
}

TEST(NetworkUpdate, AWrongMagicIsAFailureAndTheOldImageGoesOn)
{
    NetScenario scenario = sequential();
    scenario.switches = "wrong-magic";
    const NetRun run{scenario};
    EXPECT_TRUE(run.logged("Network core update failed"));
    EXPECT_EQ(run.network(), "runs net1");
}

TEST(NetworkUpdate, AMissingBootloaderKeepsTheApplicationCoreWaitingForEver)
{
    NetScenario scenario = sequential();
    scenario.switches = "b0n-missing";
    const NetRun run{scenario};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kCycleBudget);
    EXPECT_NE(run.network().find("there is no network bootloader"), std::string::npos);
}

TEST(NetworkUpdate, AnImageMayFillTheNetworkSlotAndNotExceedItByOneByte)
{
    NetScenario scenario = sequential();
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
    NetScenario scenario = sequential();
    scenario.switches = "domain-not-secure";
    const NetRun run{scenario};
    EXPECT_EQ(run.boot().outcome.kind, OutcomeKind::kCycleBudget);
    EXPECT_NE(run.network().find("bus fault: read of 0x20000000"), std::string::npos);
    EXPECT_NE(run.network().find("its domain is not secure"), std::string::npos);
}

// ---- known defects ----

TEST(NetworkUpdate, F47OverwritingReleasesRepeatTheCopyAtEveryBoot)
{
    NetScenario scenario = sequential();
    scenario.strategy = "overwrite-only-fast";
    scenario.steps = "  - reset:\n  - reset:";
    EXPECT_FALSE(NetRun{scenario}.logged("Starting network core update"));
    scenario.switches = "request-stays";
    const NetRun run{scenario};
    EXPECT_TRUE(run.logged("Done updating network core"));
    EXPECT_GT(run.boot().calls, 0u);
}

TEST(NetworkUpdate, F49BoundsOfTheRamSlotRefuseEveryNetworkImage)
{
    NetScenario scenario;
    scenario.switches = "ram-bounds";
    const NetRun run{scenario};
    EXPECT_TRUE(run.logged("Reset address of image in secondary slot is not in the primary slot"));
    EXPECT_TRUE(run.logged("Erasing image from secondary slot"));
    EXPECT_EQ(run.network(), "runs net1");
}

TEST(NetworkUpdate, F50WithoutPcdANetworkImageBootsAsAnApplication)
{
    NetScenario scenario = sequential();
    scenario.switches = "no-pcd";
    const NetRun run{scenario};
    EXPECT_EQ(outcome_text(run.machine, run.result.state, run.boot().outcome),
              "handed over 2.0.0 from mcuboot_primary (net2)");
    EXPECT_EQ(run.network_slot(), "1.0.0 (net1)");
}

TEST(NetworkUpdate, F52AnAclThatKeepsItsEntryKeepsTheNetworkCoreFromStarting)
{
    NetScenario scenario = sequential();
    scenario.switches = "acl-survives-restart";
    const NetRun run{scenario};
    EXPECT_EQ(run.network(), "does not run: it could not protect itself");
    EXPECT_TRUE(run.logged("Failed to protect b0n flash"));
}

// ---- power and resets ----

TEST(NetworkUpdate, ACutByTimeStopsBothCoresAtOnce)
{
    NetScenario scenario = sequential();
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
    NetScenario scenario = sequential();
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
    NetScenario typo;
    typo.switches = "pcd-fail";
    EXPECT_NE(error_of(typo).find("pcd-fails"), std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
