// Two cores, two clocks, one order of events.
#include <machine/ram_target.hpp>
#include <machine/scheduler.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace brownout::sim {
namespace {

constexpr std::uint32_t kSharedRam = 0x30000000;

// A core that runs turn_taker.c: writes `letter` and then computes for `pace_cycles`.
struct Core {
    Core(char letter, std::uint32_t pace_cycles, RamTarget& shared)
        : firmware(Firmware::load(std::filesystem::path(TEST_FIRMWARE_FOLDER) / "turn_taker.so",
                                  FirmwarePlacement{})),
          fiber(FirmwareFiber::create(*firmware)), processor(std::string(1, letter), {})
    {
        command.image_index = static_cast<std::uint32_t>(letter);
        command.area_id = pace_cycles;
        platform.struct_bytes = sizeof platform;
        platform.version = BOOT_FIRMWARE_ABI_VERSION;
        platform.io = processor.io();
        platform.command = &command;
        processor.bus().map({kSharedRam, 4096, &shared});
    }

    std::unique_ptr<Firmware> firmware;
    std::unique_ptr<FirmwareFiber> fiber;
    Processor processor;
    app_command command{};
    boot_platform platform{};
};

std::string order_of_turns(std::uint32_t pace_a, std::uint32_t pace_b, bool b_first)
{
    RamTarget shared(4096);
    Core a('a', pace_a, shared);
    Core b('b', pace_b, shared);
    BoardPlan board;
    MachineState state;
    RunOptions options;
    RunReport report;
    RunRecorder recorder(board, state, options, report);
    a.processor.reset(*a.firmware, *a.fiber, a.platform, recorder, options);
    b.processor.reset(*b.firmware, *b.fiber, b.platform, recorder, options);
    Processor* processors[] = {&a.processor, &b.processor};
    if (b_first) {
        std::swap(processors[0], processors[1]);
    }
    run_processors(processors, recorder);
    EXPECT_EQ(a.processor.outcome()->code, 7);
    EXPECT_EQ(b.processor.outcome()->code, 7);
    std::string order;
    for (std::size_t i = 0; i < 16; ++i) {
        order += static_cast<char>(shared.bytes()[4 + 4 * i]);
    }
    return order;
}

TEST(Scheduler, CoresOfEqualPaceTakeTurns)
{
    EXPECT_EQ(order_of_turns(1000, 1000, false), "abababababababab");
}

TEST(Scheduler, AtTheSameTimeTheFirstCoreOfTheMachineActsFirst)
{
    EXPECT_EQ(order_of_turns(1000, 1000, true), "babababababababa");
}

TEST(Scheduler, ACoreOfTwiceThePaceActsTwiceAsOften)
{
    EXPECT_EQ(order_of_turns(1000, 2000, false).substr(0, 9), "abaabaaba");
}

TEST(Scheduler, TheOrderIsTheSameInEveryRun)
{
    const std::string first = order_of_turns(777, 1234, false);
    for (int run = 0; run < 5; ++run) {
        EXPECT_EQ(order_of_turns(777, 1234, false), first);
    }
}

}  // namespace
}  // namespace brownout::sim
