// Tears of commands and status registers of SPI NOR parts, and what a reset of the microcontroller
// tears, in explorations and replays.
#include "small_scenario.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

std::string part_scenario(const std::string& board, const std::string& reset,
                          const std::string& explore, const std::string& strategy = "swap-move")
{
    return fmt::format(R"(scenario: a part
board: {}
partitions:
  mcuboot_primary:   {{address: 0x10000, size: 0x4000}}
  mcuboot_secondary: {{address: 0x20000, size: 0x4000, device: mx25r64}}
boot: {{strategy: {}, signature: {{type: none}}, max_image_sectors: 8}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 300, seed: v1}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: 300, seed: v2}}}}
flash: {{mcuboot_primary: v1, mcuboot_secondary: v2}}
steps:
  - request_upgrade: {{type: permanent}}
  - reset: {}
explore: {{during: [reset], {}}}
)",
                       board, strategy, reset, explore);
}

struct ExploredPart {
    ExploredPart(const std::string& board, const std::string& explore,
                 const std::string& strategy = "swap-move")
        : machine(parse_scenario(part_scenario(board, "", explore, strategy), "part.yaml")),
          exploration(explore_all(machine, &graph))
    {
    }
    std::size_t torn_by(models::TearKind kind, models::ResetKind reset) const
    {
        return static_cast<std::size_t>(
            std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
                return node.label.tear.kind == kind && node.label.reset == reset;
            }));
    }

    Graph graph;
    ScenarioMachine machine;
    Exploration exploration;
};

RunReport report_of_reset(const std::string& board, const std::string& cut)
{
    ScenarioMachine machine(
        parse_scenario(part_scenario(board, "{cut: {" + cut + "}}", ""), "part.yaml"));
    return run_scenario(machine, nullptr).steps[1].report;
}

const std::string kSpim = "nrf52840dk-spim2";
const std::string kQspi = "nrf52840dk-qspi";

TEST(BusErrors, AreExploredToClosureAndSaidToBeSampled)
{
    const std::string calls = "granularity: calls, tears: [not-started";
    const ExploredPart without(kSpim, calls + "]");
    const ExploredPart with(kSpim, calls + ", bus-error], tears_max: 1");
    EXPECT_TRUE(with.exploration.closed);
    EXPECT_TRUE(with.exploration.sampled);
    EXPECT_GT(with.exploration.states, without.exploration.states);
    EXPECT_GT(with.torn_by(models::TearKind::kBusError, models::ResetKind::kPowerOn), 0u);
}

TEST(BusErrors, MeetCommandsOfPartsAlone)
{
    // The first call is one to the flash of the chip.
    EXPECT_THROW(report_of_reset(kSpim, "call: 0, tear: bus-error"), InputError);
    ScenarioMachine machine(parse_scenario(part_scenario(kSpim, "", ""), "part.yaml"));
    const ScenarioResult whole = run_scenario(machine, nullptr);
    const std::vector<Call>& calls = whole.steps[1].calls;
    const auto of_part =
        std::find_if(calls.begin(), calls.end(), [](const Call& call) { return call.device == 1; });
    ASSERT_NE(of_part, calls.end());
    EXPECT_TRUE(
        report_of_reset(kSpim, fmt::format("call: {}, tear: bus-error", of_part->index)).torn);
}

// The driver selects the power mode, and quad mode, with a write of all three registers.
TEST(TornStatusRegisters, AreExploredWhereADriverWritesThemAtStart)
{
    const ExploredPart with(kQspi, "tears: [not-started, status-register], tears_max: 1",
                            "overwrite-only");
    EXPECT_TRUE(with.exploration.closed);
    EXPECT_GT(with.torn_by(models::TearKind::kStatusRegister, models::ResetKind::kPowerOn), 0u);
    const bool some_protected =
        std::any_of(with.graph.nodes.begin(), with.graph.nodes.end(), [](const Node& node) {
            return !node.state.parts[1].kept.empty() && (node.state.parts[1].kept[0] & 0x3C) != 0;
        });
    EXPECT_TRUE(some_protected);
    const ExploredPart between(
        kQspi, "granularity: calls, tears: [not-started, status-register], tears_max: 1");
    EXPECT_EQ(between.torn_by(models::TearKind::kStatusRegister, models::ResetKind::kPowerOn), 0u)
        << "no flash-area call is made at start";
}

TEST(TornByAReset, IsTheFlashOfTheChip)
{
    SmallScenario scenario;
    scenario.old_bytes = scenario.new_bytes = 300;
    scenario.during = "reset], resets: [mcu-reset";
    const Exploration plain = explore_all(scenario);
    scenario.during += "], tears: [not-started, erase-phases";
    ScenarioMachine machine(scenario.load());
    Graph graph;
    const Exploration torn = explore_all(machine, &graph);
    EXPECT_TRUE(torn.closed);
    EXPECT_GT(torn.states, plain.states);
    std::size_t resets = 0;
    for (const Node& node : graph.nodes) {
        if (node.label.tear.kind == models::TearKind::kErasePhases) {
            EXPECT_EQ(node.label.reset, models::ResetKind::kSystemReset);
            ++resets;
        }
    }
    EXPECT_GT(resets, 0u);
}

TEST(TornByAReset, IsReplayedAndRefusedForAPart)
{
    const std::string erase_in_chip = "call: 0, kind: mcu-reset, tear: erase-phases, sample: 2";
    EXPECT_TRUE(report_of_reset(kSpim, erase_in_chip).torn);
    ScenarioMachine machine(parse_scenario(part_scenario(kSpim, "", ""), "part.yaml"));
    const ScenarioResult whole = run_scenario(machine, nullptr);
    for (const Call& call : whole.steps[1].calls) {
        if (call.device == 1) {
            EXPECT_THROW(report_of_reset(kSpim, fmt::format("call: {}, kind: mcu-reset, tear: "
                                                            "erase-phases",
                                                            call.index)),
                         InputError);
            break;
        }
    }
}

}  // namespace
}  // namespace brownout::sim
