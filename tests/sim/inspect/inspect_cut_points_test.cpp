// Every cut point of a swap and of its revert: dumped to Intel HEX, read back by a machine that
// knows nothing else, explained and predicted; then the real device boots, and must do just that.
#include "inspected_device.hpp"

#include <sim/import.hpp>
#include <sim/runner.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {

namespace {

// The state before every single operation of a boot, and the calls of a boot.
class EveryState final : public RunObserver {
public:
    std::vector<MachineState> states;
    std::vector<Call> calls;

    Power before_call(const Call& call, const MachineState&) noexcept override
    {
        calls.push_back(call);
        return Power::kHolds;
    }

    std::uint32_t before_operations(const models::OperationBatch&, std::uint64_t, const Call*,
                                    const MachineState& state) noexcept override
    {
        states.push_back(state);
        return 1;
    }
};

MachineState read_back(ScenarioMachine& machine, const MachineState& state)
{
    const BoardPlan& board = machine.machine().board();
    const std::string text = exported(board, {"internal", "dump.hex"}, state);
    MachineState loaded = machine.machine().blank_state();
    place_dump(board, parse_intel_hex(text, "dump.hex"), dump_window(board, "internal"), loaded);
    return loaded;
}

bool log_has(const RunReport& report, const std::string& part)
{
    for (const LogLine& line : report.log) {
        if (line.text.find(part) != std::string::npos) {
            return true;
        }
    }
    return false;
}

// Which sector the explanation says that a resumed boot erases first: "mcuboot_primary 3".
std::string erased_first(const SwapReport& swap, boot_strategy strategy)
{
    const auto sector = [](const char* area, std::uint32_t index) {
        return fmt::format("{} {}", area, index);
    };
    const bool is_first = swap.state == 1;
    if (swap.index > swap.total) {
        return "";
    }
    if (strategy == BOOT_SWAP_MOVE) {
        return swap.moved
                   ? sector(is_first ? "mcuboot_primary" : "mcuboot_secondary", swap.index - 1)
                   : sector("mcuboot_primary", swap.total - swap.index + 1);
    }
    if (swap.index == 1) {
        return "";  // trailers are set up again first
    }
    if (strategy == BOOT_SWAP_OFFSET) {
        const bool reverts = swap.type == SWAP_REVERT;
        const std::uint32_t at = reverts ? swap.total - swap.index : swap.index - 1;
        return is_first ? sector("mcuboot_secondary", at + (reverts ? 1 : 0))
                        : sector("mcuboot_primary", at);
    }
    static constexpr const char* kAreas[] = {"mcuboot_scratch", "mcuboot_secondary",
                                             "mcuboot_primary"};
    return is_first ? sector(kAreas[0], 0) : "";
}

class CutPoints : public testing::TestWithParam<const char*> {
protected:
    void judge(ScenarioMachine& device, ScenarioMachine& inspector, const MachineState& state)
    {
        const Inspection inspection = inspect(inspector, read_back(inspector, state));
        MachineState real = state;
        EveryState recorder;
        RunOptions options;
        options.observer = &recorder;
        const RunReport happened = device.machine().boot(real, options);

        const RunReport& predicted = inspection.next.report;
        ASSERT_EQ(to_string(predicted.outcome.kind), to_string(happened.outcome.kind));
        EXPECT_EQ(to_string(predicted.outcome.response.version),
                  to_string(happened.outcome.response.version));
        EXPECT_EQ(predicted.calls, happened.calls);
        ASSERT_EQ(predicted.log.size(), happened.log.size());
        for (std::size_t i = 0; i < happened.log.size(); ++i) {
            EXPECT_EQ(predicted.log[i].text, happened.log[i].text);
        }
        EXPECT_EQ(inspection.after_next.content_digest(), real.content_digest());
        judge_explanation(device, inspection, happened, recorder.calls);
    }

    // The explanation does not know the boot; it must agree with it all the same.
    void judge_explanation(ScenarioMachine& device, const Inspection& inspection,
                           const RunReport& happened, const std::vector<Call>& calls)
    {
        ASSERT_EQ(inspection.swaps.size(), 1u);
        const SwapReport& swap = inspection.swaps[0];
        const bool has_begun = swap.index > 1 || swap.state > 1 || swap.moved;
        if (!swap.interrupted) {
            const std::string type = swap_type_word(swap.type);
            EXPECT_TRUE(log_has(happened, "Swap type: " + type)) << type;
            not_begun_++;
            return;
        }
        EXPECT_TRUE(log_has(happened, "Starting swap using")) << swap.progress;
        if (!has_begun) {
            return;
        }
        begun_++;
        ASSERT_TRUE(swap.new_image && swap.old_image) << swap.progress;
        EXPECT_TRUE(swap.new_image->hash_matches) << swap.progress;
        EXPECT_TRUE(swap.old_image->hash_matches) << swap.progress;
        EXPECT_NE(to_string(swap.new_image->version), to_string(swap.old_image->version));
        for (const AreaReport& report : inspection.areas) {
            EXPECT_EQ(report.inconsistencies.size(),
                      report.area.role == FLASH_SCRATCH ? report.inconsistencies.size() : 0u)
                << swap.progress << ": " << report.inconsistencies[0];
        }
        const std::string expected = erased_first(swap, device.scenario().boot.strategy);
        if (!expected.empty()) {
            ASSERT_FALSE(calls.empty());
            const BoardPlan& board = device.machine().board();
            EXPECT_EQ(fmt::format("{} {}", board.areas[calls[0].area].name,
                                  calls[0].area_offset_bytes / 512),
                      expected)
                << swap.progress;
            compared_++;
        }
    }

    void judge_boot(ScenarioMachine& device, ScenarioMachine& inspector, MachineState& state)
    {
        EveryState recorder;
        RunOptions options;
        options.observer = &recorder;
        device.machine().boot(state, options);
        ASSERT_GT(recorder.states.size(), 300u);
        recorder.states.push_back(state);
        for (std::size_t op = 0; op < recorder.states.size() && !HasFailure(); ++op) {
            SCOPED_TRACE(fmt::format("cut before op {}", op));
            judge(device, inspector, recorder.states[op]);
        }
    }

    int not_begun_ = 0;
    int begun_ = 0;
    int compared_ = 0;
};

TEST_P(CutPoints, OfASwapAndItsRevertAreExplainedAndPredicted)
{
    const std::string request = "  - request_upgrade: {type: test}\n";
    ScenarioMachine device(inspected_device(GetParam(), request));
    ScenarioMachine inspector(inspected_device(GetParam(), request));
    MachineState state = run_scenario(device, nullptr).state;
    judge_boot(device, inspector, state);
    judge_boot(device, inspector, state);  // nobody confirmed
    EXPECT_GT(begun_, 300);
    EXPECT_GT(not_begun_, 10);
    EXPECT_GT(compared_, 50);
}

INSTANTIATE_TEST_SUITE_P(Strategies, CutPoints,
                         testing::Values("swap-move", "swap-offset", "swap-scratch"),
                         [](const auto& parameter) { return std::string(parameter.param + 5); });

}  // namespace
}  // namespace brownout::sim
