#include <sim/runner.hpp>

#include "network_words.hpp"
#include "run_phases.hpp"
#include "run_words.hpp"
#include "smp_client.hpp"

#include <sim/log_release.hpp>
#include <sim/wave.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// Keeps the calls of a run and when they ended.
class CallRecorder final : public RunObserver {
public:
    std::vector<Call> calls;
    std::vector<models::Duration> ends;
    std::vector<DeviceUse> use;       // by device
    WaveRecorder* waves = nullptr;    // hears of operations as well; not owned
    RunObserver* listener = nullptr;  // hears of everything as well; not owned

    Power before_call(const Call& call, const MachineState& state) noexcept override
    {
        calls.push_back(call);
        last_end_ = call.start;
        return listener != nullptr ? listener->before_call(call, state) : Power::kHolds;
    }

    std::uint32_t before_operations(const models::OperationBatch& batch, std::uint64_t first,
                                    const Call* call, const MachineState& state) noexcept override
    {
        // A listener may want to look between operations of a batch: the rest is asked for again.
        models::OperationBatch now = batch;
        if (listener != nullptr) {
            now.count = listener->before_operations(batch, first, call, state);
        }
        if (waves != nullptr) {
            waves->operations(now, first);
        }
        count(now);
        if (now.count > 0) {
            last_end_ = now.start + now.interval * (std::int64_t{now.count} - 1) + now.duration;
        }
        return now.count;
    }

    void after_call(const Call& call, int result, const MachineState& state) noexcept override
    {
        ends.resize(call.index + 1, last_end_);  // calls of two cores may end out of order
        ends[call.index] = last_end_;
        if (listener != nullptr) {
            listener->after_call(call, result, state);
        }
    }

    void logged(const LogLine& line) noexcept override
    {
        if (listener != nullptr) {
            listener->logged(line);
        }
    }

private:
    void count(const models::OperationBatch& batch)
    {
        const std::uint64_t byte_count = std::uint64_t{batch.unit_bytes} * batch.count;
        use.resize(std::max<std::size_t>(use.size(), batch.device + 1));
        DeviceUse& device = use[batch.device];
        switch (batch.kind) {
        case models::OperationKind::kProgramWord:
        case models::OperationKind::kProgramPage:
            device.programs += batch.count;
            device.programmed_bytes += byte_count;
            break;
        case models::OperationKind::kEraseSector:
        case models::OperationKind::kEraseChip:
            device.erases += batch.count;
            device.erased_bytes += byte_count;
            break;
        case models::OperationKind::kWriteStatus:
        case models::OperationKind::kStoreRetained:
            break;
        }
    }

    models::Duration last_end_{};
};

class ScenarioRun {
public:
    ScenarioRun(ScenarioMachine& machine, RunListener* listener, WaveRecorder* waves,
                std::optional<std::uint64_t> seed)
        : machine_(machine), listener_(listener), waves_(waves), seed_(seed)
    {
        result_.state = machine.initial_state();
        release_ = log_release(machine.scenario().boot.log);
        machine.machine().set_wave_observer(waves);
    }
    ~ScenarioRun() { machine_.machine().set_wave_observer(nullptr); }
    ScenarioRun(const ScenarioRun&) = delete;
    ScenarioRun& operator=(const ScenarioRun&) = delete;

    void step(const Step& step)
    {
        StepResult result;
        result.step = &step;
        result.start = now_;
        if (listener_ != nullptr) {
            listener_->begins(step, result_.state, now_);
        }
        std::visit([&](const auto& action) { act(step, action, result); }, step.action);
        result_.holds = result_.holds && result.failures.empty();
        if (listener_ != nullptr) {
            listener_->finished(result, result_.state);
        }
        result_.steps.push_back(std::move(result));
    }

    ScenarioResult take() { return std::move(result_); }

private:
    template <class Run>
    void run(const Step& step, StepResult& result, Run&& run_it)
    {
        CallRecorder recorder;
        RunOptions options;
        options.observer = &recorder;
        recorder.listener = listener_ != nullptr ? listener_->observer() : nullptr;
        options.start = now_;
        options.every_poll = waves_ != nullptr;  // what is drawn is what happened
        const StepCut* cut = step.cut();
        options.seed = seed_;
        if (cut != nullptr) {
            options.cut = cut->where;
            options.cut->tear.seed = seed_.value_or(cut->where.tear.seed);
        }
        if (waves_ != nullptr) {
            recorder.waves = waves_;
            waves_->run_begins(now_);
        }
        result.report = run_it(options);
        if (waves_ != nullptr) {
            waves_->run_ended(result.report.end,
                              result.report.outcome.kind == OutcomeKind::kPowerLost);
        }
        result_.drawn = result_.drawn || result.report.drawn || result.report.torn;
        result.calls = std::move(recorder.calls);
        result.use = std::move(recorder.use);
        result.use.resize(result_.state.devices.size());
        ends_ = std::move(recorder.ends);
        now_ = result.report.end;
        if (cut != nullptr && result.report.outcome.kind != OutcomeKind::kPowerLost) {
            throw InputError(cut->place,
                             fmt::format("the cut at {} never fires: the step made {} calls and {} "
                                         "operations in {:.3f} s",
                                         cut_place_words(cut->where), result.report.calls,
                                         result.report.operations,
                                         models::seconds(result.report.end - result.report.start)));
        }
        if (cut != nullptr) {
            started_by_ = cut->where.kind;
            require_torn(*cut, result.report);
        }
        last_ = result.report;
    }

    void require_torn(const StepCut& cut, const RunReport& report)
    {
        const models::TearKind kind = cut.where.tear.kind;
        if (kind == models::TearKind::kNotStarted) {
            return;
        }
        last_seed_ = seed_.value_or(cut.where.tear.seed);
        if (!report.torn) {
            throw InputError(
                cut.place, fmt::format("the cut at {} meets nothing that '{}' {} of {} tears",
                                       cut_place_words(cut.where), models::tear_model(kind).name(),
                                       cut.where.tear.sample, cut.where.tear.samples));
        }
    }

    void act(const Step& step, const UploadStep& upload, StepResult& result)
    {
        if (upload.via == UploadVia::kDirect) {
            machine_.upload(result_.state, upload);
            return;
        }
        const models::IncomingBytes incoming = incoming_bytes(machine_, upload);
        run(step, result, [&](RunOptions options) {
            options.reset = models::ResetKind::kSystemReset;
            options.incoming = &incoming;
            return machine_.machine().command(result_.state, command_of(machine_, upload), options);
        });
    }

    void act(const Step& step, const RequestUpgradeStep& request, StepResult& result)
    {
        run(step, result, [&](RunOptions options) {
            options.reset = models::ResetKind::kSystemReset;
            return machine_.machine().command(result_.state, command_of(request), options);
        });
    }

    void act(const Step& step, const ConfirmStep& confirm, StepResult& result)
    {
        run(step, result, [&](RunOptions options) {
            options.reset = models::ResetKind::kSystemReset;
            const app_command command =
                command_of(confirm, machine_.scenario().boot.strategy, last_boot_);
            return machine_.machine().command(result_.state, command, options);
        });
    }

    void act(const Step& step, const SmpStep& session, StepResult& result)
    {
        SmpClient client(machine_, session);
        run(step, result, [&](RunOptions options) {
            options.reset = models::ResetKind::kSystemReset;
            return machine_.machine().command(result_.state, client.command(), options);
        });
        result.smp = client.take_results();
        result.failures = smp_failures(machine_, session, result.smp, result.report.outcome);
    }

    void act(const Step& step, const ResetStep& reset, StepResult& result)
    {
        if (reset.marginal) {
            draw_marginal_levels(result_.state, *reset.marginal, last_seed_);
        }
        run(step, result, [&](RunOptions options) {
            options.reset = started_by_;
            started_by_ = models::ResetKind::kPowerOn;
            return machine_.machine().boot(result_.state, options);
        });
        last_boot_ = result.report.outcome;
        result.phases = phases_of(machine_.machine().board(), machine_.scenario().boot.strategy,
                                  result.calls, ends_, result.report);
        if (release_ != nullptr) {
            result.report.log = worded_boot_log(result.report, *release_);
            last_.log = result.report.log;
        }
        boot_logs_.push_back(last_.log);
    }

    void act(const Step& step, const ExpectStep& expect, StepResult& result)
    {
        expect_outcome(expect, step.place, result.failures);
        expect_code(expect, step.place, result.failures);
        if (const auto otherwise = network_core_otherwise(machine_, result_.state, last_, expect)) {
            fail(result.failures, expect.network_core->place, *otherwise);
        }
        expect_log(expect, result.failures);
        if (expect.field_log) {
            expect_field_log(*expect.field_log, result.failures);
        }
        for (const ExpectedContent& content : expect.holds) {
            expect_content(content, result.failures);
        }
        for (const ExpectedBytes& bytes : expect.bytes) {
            expect_bytes(bytes, result.failures);
        }
        expect_violations(expect, result.failures);
    }

    static void fail(std::vector<std::string>& failures, const Place& place, std::string sentence)
    {
        failures.push_back(to_string(place) + ": " + std::move(sentence));
    }

    void expect_outcome(const ExpectStep& expect, const Place& place,
                        std::vector<std::string>& failures) const
    {
        const Outcome& outcome = last_.outcome;
        const std::string happened = outcome_text(machine_, result_.state, outcome);
        if (expect.boots) {
            const auto booted = booted_image();
            const bool right = booted && machine_.images()[*booted].name == expect.boots->text;
            if (!right) {
                fail(failures, expect.boots->place,
                     fmt::format("expected to boot {}; instead: {}", expect.boots->text, happened));
            }
        }
        if (expect.from) {
            const AreaPlan* area = machine_.machine().area(expect.from->text);
            const bool right = outcome.kind == OutcomeKind::kHandedOver && area != nullptr &&
                               area->id == outcome.response.area_id;
            if (!right) {
                fail(failures, expect.from->place,
                     fmt::format("expected to boot from {}; instead: {}", expect.from->text,
                                 happened));
            }
        }
        if (expect.outcome && *expect.outcome != outcome.kind) {
            fail(failures, place,
                 fmt::format("expected the outcome '{}'; instead: {}", to_string(*expect.outcome),
                             happened));
        }
    }

    void expect_code(const ExpectStep& expect, const Place& place,
                     std::vector<std::string>& failures) const
    {
        const Outcome& end = last_.outcome;
        const bool succeeded = end.kind == OutcomeKind::kCommandDone && end.code == 0;
        if (expect.succeeds && *expect.succeeds != succeeded) {
            fail(failures, place,
                 fmt::format("the application's call should have {}; it ended: {} (code {})",
                             succeeded ? "failed" : "succeeded",
                             outcome_text(machine_, result_.state, end), end.code));
        }
    }

    std::optional<std::size_t> booted_image() const
    {
        if (last_.outcome.kind != OutcomeKind::kHandedOver) {
            return std::nullopt;
        }
        const boot_response& response = last_.outcome.response;
        return machine_.image_at(result_.state, response.device_id, response.device_offset_bytes);
    }

    void expect_log(const ExpectStep& expect, std::vector<std::string>& failures) const
    {
        auto line = last_.log.begin();
        for (const Expected& expected : expect.log) {
            line = std::find_if(line, last_.log.end(), [&](const LogLine& candidate) {
                return candidate.text.find(expected.text) != std::string::npos;
            });
            if (line == last_.log.end()) {
                fail(failures, expected.place,
                     fmt::format("no log line (after those before it) contains '{}'",
                                 expected.text));
                break;
            }
            ++line;
        }
        for (const Expected& lacked : expect.log_lacks) {
            for (const LogLine& candidate : last_.log) {
                if (candidate.text.find(lacked.text) != std::string::npos) {
                    fail(failures, lacked.place,
                         fmt::format("the log has the line '{}'", candidate.text));
                }
            }
        }
    }

    // All boots of the file against as many of the run, or one of them against the last.
    void expect_field_log(const ExpectedFieldLog& expected,
                          std::vector<std::string>& failures) const
    {
        auto field = read_field_log(expected.path.string());
        if (expected.boot) {
            if (*expected.boot > field.size()) {
                throw InputError(expected.place,
                                 fmt::format("{} holds {} boots, there is no boot {}",
                                             expected.path.string(), field.size(), *expected.boot));
            }
            field = {field[*expected.boot - 1]};
        }
        const auto count = static_cast<std::ptrdiff_t>(std::min(field.size(), boot_logs_.size()));
        const auto difference =
            field_log_difference(field, {boot_logs_.end() - count, boot_logs_.end()},
                                 {expected.path.string(), expected.ignore, expected.tolerance});
        if (difference) {
            fail(failures, expected.place, *difference);
        }
    }

    void expect_content(const ExpectedContent& expected, std::vector<std::string>& failures) const
    {
        const AreaPlan& area = *machine_.machine().area(expected.partition);
        bool right = false;
        if (expected.image.empty()) {
            right = machine_.is_erased(result_.state, area);
        } else {
            const auto held = machine_.image_in(result_.state, area);
            right = held && machine_.images()[*held].name == expected.image;
        }
        if (!right) {
            fail(failures, expected.place,
                 fmt::format("{} should hold {}; it holds {}", expected.partition,
                             expected.image.empty() ? "nothing" : expected.image,
                             machine_.slot_text(result_.state, area)));
        }
    }

    void expect_bytes(const ExpectedBytes& expected, std::vector<std::string>& failures) const
    {
        const AreaPlan& area = *machine_.machine().area(expected.partition);
        const std::uint8_t erased = machine_.machine().board().devices[area.device].erased_value;
        std::vector<std::uint8_t> held(
            std::max<std::size_t>(expected.are.size(), expected.size_bytes));
        if (!machine_.read(result_.state, area, expected.offset_bytes, held)) {
            fail(failures, expected.place,
                 expected.partition + " cannot be read there: a page is uncorrectable");
            return;
        }
        if (!std::equal(expected.are.begin(), expected.are.end(), held.begin())) {
            fail(failures, expected.place,
                 fmt::format("{} holds other bytes at 0x{:X}: {:02X}", expected.partition,
                             expected.offset_bytes, fmt::join(held, " ")));
        }
        const auto not_erased =
            held.size() - static_cast<std::size_t>(std::count(held.begin(), held.end(), erased));
        if (expected.not_erased && *expected.not_erased != not_erased) {
            fail(failures, expected.place,
                 fmt::format("{} of the {} bytes from 0x{:X} of {} are not erased; expected {}",
                             not_erased, held.size(), expected.offset_bytes, expected.partition,
                             *expected.not_erased));
        }
    }

    void expect_violations(const ExpectStep& expect, std::vector<std::string>& failures) const
    {
        if (!expect.violations) {
            return;
        }
        for (const Expected& rule : *expect.violations) {
            const bool found = std::any_of(last_.violations.begin(), last_.violations.end(),
                                           [&](const Violation& v) { return v.rule == rule.text; });
            if (!found) {
                fail(failures, rule.place, "rule " + rule.text + " was not violated");
            }
        }
        for (const Violation& violation : last_.violations) {
            const bool expected =
                std::any_of(expect.violations->begin(), expect.violations->end(),
                            [&](const Expected& rule) { return rule.text == violation.rule; });
            if (!expected) {
                failures.push_back("unexpected violation of " + violation.rule + ": " +
                                   violation.text);
            }
        }
    }

    ScenarioMachine& machine_;
    RunListener* listener_;
    WaveRecorder* waves_;
    std::optional<std::uint64_t> seed_;
    ScenarioResult result_;
    RunReport last_;
    const LogRelease* release_ = nullptr;
    std::vector<std::vector<LogLine>> boot_logs_;
    Outcome last_boot_;
    std::vector<models::Duration> ends_;
    models::Duration now_{};
    models::ResetKind started_by_ = models::ResetKind::kPowerOn;  // what ended the last run
    std::uint64_t last_seed_ = CutTear{}.seed;                    // of the last tear
};

}  // namespace

void RunListener::begins(const Step&, const MachineState&, models::Duration) {}

ScenarioResult run_scenario(ScenarioMachine& machine, RunListener* listener, std::size_t step_count,
                            WaveRecorder* waves, std::optional<std::uint64_t> seed)
{
    ScenarioRun run(machine, listener, waves, seed);
    const std::vector<Step>& steps = machine.scenario().steps;
    for (std::size_t i = 0; i < std::min(step_count, steps.size()); ++i) {
        run.step(steps[i]);
    }
    return run.take();
}

}  // namespace brownout::sim
