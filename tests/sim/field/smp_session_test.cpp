// Sessions of a management client with the application: cut anywhere, a new session succeeds.
#include <sim/runner.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace brownout::sim {
namespace {

ScenarioResult run_session(const std::string& steps, const std::string& more = "")
{
    const std::string text = fmt::format(R"(scenario: session
board: nrf52840dk
partitions:
  mcuboot_primary:   {{address: 0xC000, size: 0x6000}}
  mcuboot_secondary: {{address: 0x83000, size: 0x6000}}
boot: {{strategy: swap-move, signature: {{type: none}}}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 5000, seed: v1}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: 7003, seed: v2}}}}
flash: {{mcuboot_primary: v1}}
{}steps:
{})",
                                         more, steps);
    ScenarioMachine machine(
        parse_scenario(text, std::filesystem::path(TEST_FIELD_FOLDER) / "session.yaml"));
    return run_scenario(machine, nullptr);
}

std::vector<std::string> failures_of(const ScenarioResult& result)
{
    std::vector<std::string> all;
    for (const StepResult& step : result.steps) {
        all.insert(all.end(), step.failures.begin(), step.failures.end());
    }
    return all;
}

class CutSession : public testing::TestWithParam<const char*> {};

TEST_P(CutSession, ANewSessionAfterPowerLossEndsWithTheNewImage)
{
    const std::string options = GetParam();
    const ScenarioResult whole =
        run_session("  - smp: [erase: , upload: {image: v2}, test: v2]\n", options);
    ASSERT_EQ(failures_of(whole), std::vector<std::string>{});
    const std::uint32_t calls = whole.steps[0].report.calls;
    ASSERT_GT(calls, 15u);
    // The last call but one is the magic of the request, which is a request by itself.
    for (std::uint32_t call = 0; call + 1 < calls; ++call) {
        const ScenarioResult result = run_session(
            fmt::format("  - smp: {{requests: [erase: , upload: {{image: v2}}, test: v2], "
                        "cut: {{call: {}}}}}\n"
                        "  - reset:\n"
                        "  - expect: {{boots: v1}}\n"
                        "  - smp: [upload: {{image: v2, from: 2 KiB}}, test: v2]\n"
                        "  - reset:\n"
                        "  - expect: {{boots: v2, holds: {{mcuboot_secondary: v1}}}}\n",
                        call),
            options);
        EXPECT_EQ(failures_of(result), std::vector<std::string>{}) << "call " << call;
        EXPECT_EQ(result.steps[3].smp[0].first_offset_bytes, 0u);  // RAM forgot the first one
    }
}

TEST(SmpSession, AMagicWithoutASwapTypeIsARequest)
{
    const char* const session = "requests: [erase: , upload: {image: v2}, test: v2]";
    const std::uint32_t calls =
        run_session(fmt::format("  - smp: {{{}}}\n", session)).steps[0].report.calls;
    const ScenarioResult result =
        run_session(fmt::format("  - smp: {{{}, cut: {{call: {}}}}}\n"
                                "  - reset:\n"
                                "  - expect: {{boots: v2, log: [\"Swap type: test\"]}}\n",
                                session, calls - 1));
    EXPECT_EQ(failures_of(result), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Built, CutSession,
                         testing::Values("", "image_manager: {erase: before-upload}\n"),
                         [](const auto& test) {
                             return test.index == 0 ? "Progressive" : "ErasesBeforeUpload";
                         });

TEST(SmpSession, AConnectionThatBreaksIsTakenUpAgain)
{
    const ScenarioResult result =
        run_session("  - smp: [upload: {image: v2, until: 3000}, upload: {image: v2}]\n");
    EXPECT_EQ(failures_of(result), std::vector<std::string>{});
    const std::vector<SmpResult>& smp = result.steps[0].smp;
    ASSERT_EQ(smp.size(), 2u);
    EXPECT_EQ(smp[0].next_offset_bytes, 3072u);  // whole chunks
    EXPECT_TRUE(smp[1].resumed);
    EXPECT_EQ(smp[1].first_offset_bytes, 3072u);
}

TEST(SmpSession, WithoutAShaTheUploadBeginsAnew)
{
    const ScenarioResult result = run_session(
        "  - smp: [upload: {image: v2, until: 3000}, upload: {image: v2, sha: false}]\n");
    EXPECT_EQ(failures_of(result), std::vector<std::string>{});
    EXPECT_FALSE(result.steps[0].smp[1].resumed);
}

TEST(SmpSession, UnexpectedAnswersAndListsFail)
{
    const ScenarioResult result =
        run_session("  - smp:\n"
                    "      - erase:\n"
                    "        answer: bad-state\n"
                    "      - list: [{slot: 0, holds: v1, flags: [active]}]\n"
                    "      - list: []\n");
    EXPECT_FALSE(result.holds);
    const std::vector<std::string> failures = failures_of(result);
    ASSERT_EQ(failures.size(), 3u);
    EXPECT_NE(failures[0].find("expected the answer 'bad-state'; it was 'ok'"), std::string::npos);
    EXPECT_NE(failures[1].find("not listed: slot 0 with v1 and the flags [active]"),
              std::string::npos);
    EXPECT_NE(failures[2].find("1 slots are listed, expected are 0"), std::string::npos);
}

TEST(SmpSession, TheClientWaitsForItsTimeoutAndNoLonger)
{
    // A page takes 85 ms and the block after it 5.2 ms.
    const auto answer_with = [](const char* timeout) {
        return run_session(
                   fmt::format("  - smp: {{timeout: {}, requests: [upload: {{image: v2}}]}}\n",
                               timeout))
            .steps[0]
            .smp[0]
            .answer;
    };
    EXPECT_EQ(answer_with("89 ms"), SmpAnswer::kTimeout);
    EXPECT_EQ(answer_with("92 ms"), SmpAnswer::kOk);
}

TEST(SmpSession, StrategiesWithoutAnImageManagerAreRefused)
{
    const std::string text = "scenario: s\nboard: nrf52840dk\n"
                             "partitions:\n"
                             "  mcuboot_primary:   {address: 0xC000, size: 0x6000}\n"
                             "  mcuboot_secondary: {address: 0x83000, size: 0x6000}\n"
                             "boot: {strategy: direct-xip, signature: {type: none}}\n"
                             "steps: [smp: [list: ]]\n";
    EXPECT_THROW(parse_scenario(text, "s.yaml"), InputError);
}

}  // namespace
}  // namespace brownout::sim
