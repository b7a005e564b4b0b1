// Slots on NAND: what is refused and why, and where the bytes of a slot lie.
#include <machine/logical_flash.hpp>
#include <sim/scenario_machine.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

namespace brownout::sim {
namespace {

const std::string kSuites = std::string(TEST_SCENARIOS_FOLDER) + "/suites/";

std::string suite_text(const std::string& from = "", const std::string& to = "")
{
    std::ifstream file(kSuites + "nand-gd5f1gq4-overwrite-32k.yaml");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (!from.empty()) {
        text.replace(text.find(from), from.size(), to);
    }
    return text;
}

std::string first_error(const std::string& text)
{
    try {
        (void)parse_scenario(text, kSuites + "case.yaml");
    } catch (const InputError& error) {
        return error.sentence();
    }
    return "";
}

TEST(NandScenario, SwapsAreRefusedWithTheReason)
{
    EXPECT_EQ(first_error(suite_text()), "");
    for (const char* strategy : {"swap-move", "swap-offset"}) {
        EXPECT_EQ(first_error(suite_text("overwrite-only-fast", strategy)),
                  "mcuboot_secondary lies on nand, a NAND: it cannot be swapped. Its alignment of "
                  "2048 is above 32, its blocks of 128 KiB do not pair up with sectors of 4 KiB, "
                  "and its ECC sectors are programmed once. Use overwrite-only");
    }
    EXPECT_NE(
        first_error(suite_text("overwrite-only-fast", "direct-xip")).find("one trailer write"),
        std::string::npos);
    EXPECT_EQ(first_error(suite_text("overwrite-only-fast", "overwrite-only")), "");
}

TEST(NandScenario, NoImageRunsFromNand)
{
    EXPECT_EQ(first_error(suite_text("{address: 0xC000,", "{device: nand, address: 0x0,")),
              "mcuboot_primary lies on nand, a NAND: no image runs from there, and nothing is "
              "swapped there");
}

TEST(NandScenario, TheReserveBelongsToItsPartition)
{
    const std::string more =
        "256 KiB}\n  user_data: {device: nand, address: 0x07F60000, size: 128 KiB}\nboot";
    EXPECT_EQ(first_error(suite_text("256 KiB}\nboot", more)),
              "user_data lies in the reserve blocks of mcuboot_secondary, behind 0x7F40000");
    EXPECT_NE(first_error(suite_text("0x07F00000", "0x07FC0000")).find("has 2 reserve blocks"),
              std::string::npos);
    EXPECT_EQ(first_error(suite_text("0x07F00000", "0x07F80000")), "");
}

TEST(NandScenario, FaultsAreThoseOfThePart)
{
    EXPECT_NE(first_error(suite_text("bad_blocks: [1016]", "bad_blocks: [0]")), "");
    EXPECT_NE(first_error(suite_text("bad_blocks: [1016]", "bad_blocks: [3, 4]")), "")
        << "21 bad blocks as delivered";
    EXPECT_NE(first_error(suite_text("bad_blocks: [1016]", "mute: {from_op: 1}")), "");
    EXPECT_NE(first_error(suite_text("bad_blocks: [1016]", "registers: [0]")), "");
    EXPECT_NE(first_error(suite_text("cs: P0.17", "wp: low, cs: P0.17")).find("NOR alone"),
              std::string::npos);
}

TEST(NandScenario, SurvivesBeingWrittenAndRead)
{
    const Scenario scenario = parse_scenario(suite_text(), kSuites + "case.yaml");
    const Scenario again =
        parse_scenario(to_yaml(scenario, kSuites + "again.yaml"), kSuites + "again.yaml");
    const NandPlan& nand = again.board.plan.devices[1].external->nand;
    EXPECT_EQ(nand.options.bad_blocks, std::vector<std::uint32_t>{1016});
    EXPECT_EQ(nand.options.bad_block_count, 19u);
    EXPECT_EQ(nand.data->name, "gd5f1gq4");
}

TEST(LogicalFlash, SkipsBadBlocksAndSpareBytes)
{
    ScenarioMachine machine(parse_scenario(suite_text(), kSuites + "case.yaml"));
    const LogicalFlash flash(machine.machine().board(), 1);
    MachineState state = machine.machine().blank_state();
    models::FlashArray& cells = state.devices[1];
    std::vector<std::uint8_t> bytes(5000);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
    constexpr std::uint64_t kSlot = 0x07F00000;
    ASSERT_TRUE(flash.store(cells, kSlot + 100, bytes));
    std::vector<std::uint8_t> read(bytes.size());
    ASSERT_TRUE(flash.read(cells, kSlot + 100, read));
    EXPECT_EQ(read, bytes);
    // Block 1016 is bad: the slot begins in 1017.
    EXPECT_EQ(cells.byte_at(models::NandPages::offset_of(1017 * 64) + 100), 1u);
    EXPECT_TRUE(flash.is_erased(cells, kSlot, 100));
    EXPECT_FALSE(flash.is_erased(cells, kSlot, 101));
    ASSERT_TRUE(flash.fill_erased(cells, kSlot, 256 * 1024));
    EXPECT_TRUE(flash.is_erased(cells, kSlot, 256 * 1024));
    EXPECT_TRUE(state.same_as(machine.machine().blank_state()));
    EXPECT_FALSE(flash.read(cells, 0, read)) << "no partition lies there";
}

}  // namespace
}  // namespace brownout::sim
