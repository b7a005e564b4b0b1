// Recoveries from cuts at every call, and how data get into a page.
#include <sim/viewer.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

const std::string kTutorial = std::string(TEST_SCENARIOS_FOLDER) + "/tutorial/1-first-swap.yaml";

struct CutRun {
    CutRun() : CutRun(load_scenario(kTutorial)) {}
    explicit CutRun(const Scenario& scenario) : machine(scenario)
    {
        ScenarioRecorder recorder(machine);
        run_scenario(machine, &recorder);
        recording = recorder.take();
        cuts = recoveries_of(machine, recording);
    }
    ScenarioMachine machine;
    Recording recording;
    TriedCuts cuts;
};

TEST(Recoveries, FollowACutBeforeEachCallOfABoot)
{
    const CutRun run;
    std::uint32_t calls = 0;
    for (const RecordedRun& recorded : run.recording.runs) {
        calls += recorded.kind == RecordedRunKind::kBoot ? recorded.call_count : 0;
    }
    EXPECT_EQ(run.cuts.every, 1u);
    EXPECT_TRUE(run.cuts.torn.empty());
    ASSERT_EQ(run.cuts.recoveries.size(), calls);
    for (std::uint32_t i = 0; i < calls; ++i) {
        const Recovery& recovery = run.cuts.recoveries[i];
        EXPECT_EQ(recovery.call, i);
        EXPECT_TRUE(recovery.authentic);
        const RecordedRun& own = recovery.own.runs.at(0);
        EXPECT_EQ(own.reason, "after a power cut");
        // What it does alone and what it has in common are all that it did.
        const RecordedRun& base = run.recording.runs[recovery.run];
        EXPECT_EQ(own.call_count, recovery.own.calls.size() + base.call_count - recovery.joins);
    }
}

TEST(Recoveries, AreWhatTheMachineReallyDoesAfterThatCut)
{
    const CutRun run;
    const Recovery& recovery = run.cuts.recoveries.at(100);
    Scenario cut = load_scenario(kTutorial);
    cut.steps.erase(cut.steps.begin() + 5, cut.steps.end());
    StepCut at;
    at.where.index = 100;
    ResetStep with_cut;
    with_cut.cut = at;
    cut.steps.back() = Step{{}, with_cut};
    cut.steps.push_back(Step{{}, ResetStep{}});
    ScenarioMachine machine(cut);
    const ScenarioResult result = run_scenario(machine, nullptr);
    const StepResult& really = result.steps.back();
    EXPECT_EQ(recovery.own.runs.at(0).call_count, really.calls.size());
    EXPECT_EQ(recovery.own.runs.at(0).end, really.report.end);
    ASSERT_EQ(recovery.own.log.size(), really.report.log.size());
    for (std::size_t i = 0; i < really.report.log.size(); ++i) {
        EXPECT_EQ(recovery.own.log[i].text, really.report.log[i].text);
    }
    for (std::size_t i = 0; i < recovery.own.calls.size(); ++i) {
        EXPECT_EQ(recovery.own.calls[i].area, really.calls[i].area);
        EXPECT_EQ(recovery.own.calls[i].offset_bytes, really.calls[i].area_offset_bytes);
    }
}

// The recovery from a cut in the first operation of the first erase is that of a scenario which
// cuts there.
TEST(Recoveries, AlsoTearTheOperationInFlightAsTheScenarioExplores)
{
    Scenario scenario = load_scenario(kTutorial);
    scenario.explore->tears = {{}, {models::TearKind::kErasePhases, 3}};
    const CutRun run(scenario);
    ASSERT_GT(run.cuts.torn.size(), 10u);
    for (const Recovery& recovery : run.cuts.torn) {
        EXPECT_TRUE(recovery.authentic);
        ASSERT_EQ(recovery.own.runs.size(), 2u);
        const RecordedRun& torn = recovery.own.runs[0];
        EXPECT_TRUE(torn.cut.has_value() && torn.cut->in_call && !torn.cut->tear.empty());
        ASSERT_EQ(torn.call_count, 1u);
        EXPECT_EQ(recovery.own.calls[0].index, recovery.call);
        EXPECT_EQ(recovery.own.calls[0].kind, RecordedCallKind::kErase);
        EXPECT_FALSE(recovery.own.calls[0].completed);
    }
    const Recovery& recovery = run.cuts.torn[1];
    Scenario cut = load_scenario(kTutorial);
    cut.steps.erase(cut.steps.begin() + 5, cut.steps.end());
    StepCut at;
    at.where.index = recovery.call;
    at.where.tear = CutTear{models::TearKind::kErasePhases, 1, 3, scenario.explore->seed};
    ResetStep with_cut;
    with_cut.cut = at;
    cut.steps.back() = Step{{}, with_cut};
    cut.steps.push_back(Step{{}, ResetStep{}});
    ScenarioMachine machine(cut);
    const ScenarioResult result = run_scenario(machine, nullptr);
    const RecordedRun& boot = recovery.own.runs[1];
    EXPECT_EQ(boot.call_count, result.steps.back().calls.size());
    EXPECT_EQ(boot.end - boot.start,
              result.steps.back().report.end - result.steps.back().report.start);
}

TEST(ViewerPage, LetsNoNameEndTheDataElement)
{
    CutRun run;
    run.recording.areas[0].name = "</script><script>stolen()</script>";
    run.recording.images[0].name = "<!-- & ]]>";
    run.recording.log[0].text = "<script>";
    const std::string page = run_page("@BROWNOUT_DATA@", run.recording, run.cuts);
    EXPECT_EQ(page.find_first_of("<>&"), std::string::npos);
    EXPECT_NE(page.find("\\u003c/script\\u003e\\u003cscript\\u003estolen()"), std::string::npos);
}

TEST(ViewerPage, IsRefusedWithoutAPlaceForData)
{
    const CutRun run;
    EXPECT_THROW(run_page("<html></html>", run.recording, {}), InputError);
}

}  // namespace
}  // namespace brownout::sim
