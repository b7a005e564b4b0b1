// Recordings of whole runs: what they say of every sector must be what the cells hold.
#include <sim/cut_explanation.hpp>
#include <sim/recording.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::sim {
namespace {

const std::string kScenarios = std::string(TEST_SCENARIOS_FOLDER) + "/";

struct RecordedScenario {
    explicit RecordedScenario(const Scenario& scenario) : machine(scenario)
    {
        ScenarioRecorder recorder(machine);
        state = run_scenario(machine, &recorder).state;
        recording = recorder.take();
    }
    explicit RecordedScenario(const std::string& file)
        : RecordedScenario(load_scenario(kScenarios + file))
    {
    }

    // The contents after the first `ops` entries, from the initial ones and the changes alone.
    std::vector<std::vector<HeldContent>> contents_after(std::size_t ops) const
    {
        auto contents = recording.initial;
        for (std::size_t i = 0; i < ops; ++i) {
            const RecordedOp& op = recording.ops[i];
            for (std::uint32_t k = 0; k < op.change_count; ++k) {
                const SectorChange& change = recording.changes[op.first_change + k];
                HeldContent& held = contents[change.device][change.sector];
                EXPECT_TRUE(held == change.before);
                held = change.after;
            }
        }
        return contents;
    }

    // What an independent look at the cells in the end must agree with.
    void expect_true_end() const
    {
        const auto contents = contents_after(recording.ops.size());
        for (const RecordedArea& area : recording.areas) {
            const AreaPlan& plan = *machine.machine().area(area.name);
            const HeldContent& first = contents[area.device][area.first_sector];
            if (const auto image = machine.image_at(state, plan.device, plan.offset_bytes)) {
                EXPECT_EQ(first.kind, HeldKind::kImage) << area.name;
                EXPECT_EQ(first.image, static_cast<std::int16_t>(*image)) << area.name;
                EXPECT_EQ(first.image_offset_bytes, 0u);
            }
            const bool all_erased =
                std::all_of(contents[area.device].begin() + area.first_sector,
                            contents[area.device].begin() + area.first_sector +
                                static_cast<std::ptrdiff_t>(area.sector_bytes.size()),
                            [](const HeldContent& held) { return held == HeldContent{}; });
            EXPECT_EQ(all_erased, machine.is_erased(state, plan)) << area.name;
        }
    }

    std::vector<std::string> explanations_with(const std::string& part) const
    {
        std::vector<std::string> found;
        for (const RecordedCall& call : recording.calls) {
            if (call.explanation.find(part) != std::string::npos) {
                found.push_back(call.explanation);
            }
        }
        return found;
    }

    ScenarioMachine machine;
    MachineState state;
    Recording recording;
};

TEST(Recording, KeepsEveryBootCallAndLogLineOfARun)
{
    RecordedScenario swap("tutorial/1-first-swap.yaml");
    const Recording& recording = swap.recording;
    const ScenarioResult result = run_scenario(swap.machine, nullptr);
    std::size_t calls = 0;
    std::size_t lines = 0;
    std::uint64_t operations = 0;
    for (const StepResult& step : result.steps) {
        calls += step.calls.size();
        lines += step.report.log.size();
        operations += step.report.operations;
    }
    std::uint64_t recorded_operations = 0;
    for (const RecordedOp& op : recording.ops) {
        const bool counts = recording.runs[op.run].kind != RecordedRunKind::kProgrammer;
        recorded_operations += counts ? op.count : 0;
        EXPECT_LE(op.start, op.end);
    }
    EXPECT_EQ(recording.calls.size(), calls + 1);  // and what the programmer stored
    EXPECT_EQ(recording.log.size(), lines);
    EXPECT_EQ(recorded_operations, operations);
    EXPECT_EQ(recording.steps.size(), result.steps.size());
    for (const RecordedCall& call : recording.calls) {
        EXPECT_FALSE(call.explanation.empty());
        EXPECT_TRUE(call.completed);
    }
    swap.expect_true_end();
}

TEST(Recording, ExplainsWhatASwapUsingMoveDoesAndWhatFor)
{
    const RecordedScenario swap("tutorial/1-first-swap.yaml");
    EXPECT_EQ(
        swap.explanations_with("Sector 4 of the old image (1.0.0) moves up from sector 4 to 5 "
                               "of mcuboot_primary (part 1 of 4), so that sector 3 can move "
                               "up after it.")
            .size(),
        1u);
    EXPECT_EQ(swap.explanations_with("Sector 6 of the new image (1.1.0) comes in from sector 6 of "
                                     "mcuboot_secondary to sector 6 of mcuboot_primary")
                  .size(),
              1u);
    EXPECT_EQ(
        swap.explanations_with("; what it held is safe in sector 1 of mcuboot_primary.").size(),
        2u);
    EXPECT_EQ(swap.explanations_with("image_ok of mcuboot_primary is set").size(), 1u);
}

TEST(Recording, DecodesTheTrailerAfterEveryChange)
{
    const RecordedScenario swap("tutorial/1-first-swap.yaml");
    const auto& trailers = swap.recording.trailers;
    std::uint32_t entries_max = 0;
    for (const RecordedTrailer& trailer : trailers) {
        entries_max = std::max(entries_max, trailer.entries_written);
    }
    EXPECT_EQ(entries_max, 7u + 14u);  // seven sectors: moved up once, swapped in two halves
    ASSERT_FALSE(trailers.empty());
    const RecordedTrailer& last = trailers.back();
    EXPECT_EQ(last.magic, TRAILER_SET);
    EXPECT_EQ(last.copy_done, TRAILER_SET);
    EXPECT_EQ(last.image_ok, TRAILER_SET);
    EXPECT_EQ(last.swap_size_bytes, 24'680u);
}

TEST(Recording, AgreesWithTheCellsForEveryStrategyAndKindOfPart)
{
    for (const char* file :
         {"suites/offset-32k-test.yaml", "suites/scratch-external-32k-test.yaml",
          "suites/overwrite-only-fast-32k.yaml", "suites/direct-xip-revert-32k.yaml",
          "suites/move-32k-mx25r64-qspi.yaml", "suites/nand-w25n01gv-overwrite-32k.yaml",
          "suites/nrf5340-net-overwrite-32k.yaml", "tutorial/6-encrypted.yaml",
          "suites/netcore-simultaneous-qspi-32k.yaml",  // one of its slots lies in RAM
          "regressions/no-erase-stale-status.yaml"}) {
        SCOPED_TRACE(file);
        const RecordedScenario run(file);
        run.expect_true_end();
        EXPECT_FALSE(run.recording.changes.empty());
    }
}

const std::string kTornScenario = R"(scenario: a torn erase
board: nrf52840dk
partitions:
  mcuboot_primary:   {address: 0xC000, size: 0x8000}
  mcuboot_secondary: {address: 0x83000, size: 0x8000}
boot: {strategy: swap-move, signature: {type: none}, max_image_sectors: 8}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 7000, seed: v1}}
  v2: {generate: {version: 2.0.0, payload_bytes: 7500, seed: v2}}
flash: {mcuboot_primary: v1}
steps:
  - upload: {image: v2, to: mcuboot_secondary}
  - request_upgrade: {type: test}
  - reset: {cut: {call: 11, tear: erase-phases, sample: 1, samples: 3}}
  - reset: {cut: {op: 1300}}
  - reset:
  - expect: {boots: v2}
)";

TEST(Recording, ShowsWhatATornEraseLeavesUntilItIsErasedAgain)
{
    const RecordedScenario torn(parse_scenario(kTornScenario, "torn.yaml"));
    const Recording& recording = torn.recording;
    ASSERT_EQ(recording.runs.size(), 5u);
    const RecordedRun& cut = recording.runs[2];
    ASSERT_TRUE(cut.cut.has_value());
    EXPECT_TRUE(cut.cut->torn);
    EXPECT_EQ(cut.cut->tear, "erase-phases 1 of 3");
    const RecordedOp& op = recording.ops[cut.first_op + cut.op_count - 1];
    EXPECT_TRUE(op.torn);
    ASSERT_EQ(op.change_count, 1u);
    const SectorChange& change = recording.changes[op.first_change];
    EXPECT_EQ(change.before.kind, HeldKind::kImage);
    EXPECT_EQ(change.after.kind, HeldKind::kTorn);
    EXPECT_FALSE(recording.calls[cut.first_call + cut.call_count - 1].completed);

    const auto at_cut = torn.contents_after(cut.first_op + cut.op_count);
    EXPECT_EQ(at_cut[change.device][change.sector].kind, HeldKind::kTorn);
    const auto end = torn.contents_after(recording.ops.size());
    EXPECT_EQ(end[change.device][change.sector].kind, HeldKind::kImage);
    EXPECT_EQ(recording.runs[3].reason, "after a power cut");
    EXPECT_TRUE(recording.runs[3].cut->in_call);
    EXPECT_FALSE(recording.runs[3].cut->torn);
    torn.expect_true_end();
}

TEST(Recording, NamesContentThatIsNoneOfTheScenariosImages)
{
    std::string text = kTornScenario;
    text.replace(text.find("flash: {mcuboot_primary: v1}"), 28,
                 "flash: {mcuboot_primary: [{image: v1}, {offset: 0x300, fill: 0x55, size: 64}]}");
    text = text.substr(0, text.find("  - reset: {cut")) + "  - reset:\n";
    const RecordedScenario run(parse_scenario(text, "strange.yaml"));
    ASSERT_EQ(run.recording.images.size(), 3u);
    EXPECT_EQ(run.recording.images[2].name, "found in mcuboot_primary");
    EXPECT_FALSE(run.recording.images[2].of_scenario);
    EXPECT_EQ(run.recording.initial[0][12].image, 2);
}

TEST(Recording, KnowsAnImageInBothItsFormsPlainAndEncrypted)
{
    const RecordedScenario run("tutorial/6-encrypted.yaml");
    for (const SectorChange& change : run.recording.changes) {
        EXPECT_NE(change.after.kind, HeldKind::kUnknown) << change.sector;
    }
}

TEST(Recording, FollowsRamOnlyWhereASlotLiesInIt)
{
    const RecordedScenario run("field/d-net-core-raw-pointer/fixed.yaml");
    for (const SectorChange& change : run.recording.changes) {
        EXPECT_NE(run.recording.devices[change.device].controller, ControllerKind::kRam);
    }
}

TEST(Recording, TellsWhatRulesWereBrokenByWhichCall)
{
    const RecordedScenario run("field/pof-threshold-above-supply.yaml");
    const auto rule = std::find_if(
        run.recording.rules.begin(), run.recording.rules.end(),
        [](const RecordedRule& entry) { return entry.violation.rule == "nvmc-power-warning"; });
    ASSERT_NE(rule, run.recording.rules.end());
    EXPECT_FALSE(rule->violation.source.empty());
    const RecordedCall& call = run.recording.calls.at(rule->call);
    EXPECT_EQ(call.run, rule->run);
    EXPECT_EQ(run.recording.areas[call.area].name, "mcuboot_secondary");
}

TEST(Recording, IsTheSameEveryTime)
{
    const RecordedScenario first("suites/scratch-32k-test.yaml");
    const RecordedScenario second("suites/scratch-32k-test.yaml");
    ASSERT_EQ(first.recording.calls.size(), second.recording.calls.size());
    for (std::size_t i = 0; i < first.recording.calls.size(); ++i) {
        EXPECT_EQ(first.recording.calls[i].explanation, second.recording.calls[i].explanation);
        EXPECT_EQ(first.recording.calls[i].end, second.recording.calls[i].end);
    }
}

// The tutorial, the power cut at `cut` of a step.
Scenario tutorial_cut(std::uint32_t step, const PowerCut& cut)
{
    Scenario scenario = load_scenario(kScenarios + "tutorial/1-first-swap.yaml");
    std::get<ResetStep>(scenario.steps.at(step).action).cut = StepCut{{}, cut};
    return scenario;
}

TEST(CutExplanation, SaysWhatTheCallIsForThatACutPreventsOrInterrupts)
{
    RecordedScenario swap("tutorial/1-first-swap.yaml");
    const auto boot = std::find_if(swap.recording.runs.begin(), swap.recording.runs.end(),
                                   [](const RecordedRun& run) { return run.call_count > 10; });
    ASSERT_NE(boot, swap.recording.runs.end());
    ASSERT_EQ(boot->kind, RecordedRunKind::kBoot);
    const RecordedCall& call = swap.recording.calls.at(boot->first_call + 9);
    const RecordedOp& op = swap.recording.ops.at(call.first_op + call.op_count - 1);
    const std::vector<std::string> expected{call.explanation};

    PowerCut cut;
    cut.index = 9;
    EXPECT_EQ(explain_cuts(tutorial_cut(boot->step, cut)), expected);
    cut.at = PowerCut::At::kOperation;
    cut.index = op.index + op.count - 1;
    EXPECT_EQ(explain_cuts(tutorial_cut(boot->step, cut)), expected);
    cut.at = PowerCut::At::kTime;
    cut.time = (call.start + call.end) / 2 - boot->start;
    EXPECT_EQ(explain_cuts(tutorial_cut(boot->step, cut)), expected);

    cut.at = PowerCut::At::kCall;
    cut.index = 10;
    EXPECT_NE(explain_cuts(tutorial_cut(boot->step, cut)), expected);
    EXPECT_FALSE(explain_cuts(tutorial_cut(boot->step, cut)).front().empty());
}

TEST(CutExplanation, IsEmptyWhereTheRunEndsBeforeTheCut)
{
    PowerCut cut;
    cut.index = 1'000'000;
    EXPECT_EQ(explain_cuts(tutorial_cut(0, cut)), std::vector<std::string>{""});
    EXPECT_TRUE(explain_cuts(load_scenario(kScenarios + "tutorial/1-first-swap.yaml")).empty());
}

}  // namespace
}  // namespace brownout::sim
