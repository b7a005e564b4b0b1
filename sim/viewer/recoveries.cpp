// Cuts before the calls of a recorded run, each followed by a real boot.
#include "record/run_recording.hpp"

#include <sim/log_release.hpp>
#include <sim/viewer.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

// Calls that all recoveries together may make, about; each costs some microseconds.
constexpr std::uint64_t kCallsMax = 150'000;
constexpr std::uint32_t kWholeOpsMax = 30'000;  // of all, where recoveries are kept whole
constexpr std::uint32_t kPointsMax = 1000;

struct CutState {
    std::uint32_t run = 0;
    std::uint32_t call = 0;
    models::Duration time{};
    MachineState state;
};

// Takes the state before calls of boots that are not cut.
class StateTaker final : public RunListener, public RunObserver {
public:
    StateTaker(const Recording& recording, std::uint32_t every)
        : recording_(recording), every_(every)
    {
    }

    void begins(const Step&, const MachineState&, models::Duration) override { ++step_; }
    RunObserver* observer() override { return this; }
    void finished(const StepResult&, const MachineState&) override {}

    Power before_call(const Call& call, const MachineState& state) noexcept override
    {
        const std::uint32_t run = recording_.steps[step_ - 1].run;
        const RecordedRun& recorded = recording_.runs[run];
        const bool wanted = recorded.kind == RecordedRunKind::kBoot && !recorded.cut;
        if (wanted && call.index % every_ == 0) {
            states.push_back({run, call.index, call.start, state});
        }
        return Power::kHolds;
    }

    std::vector<CutState> states;

private:
    const Recording& recording_;
    std::uint32_t every_;
    std::size_t step_ = 0;
};

std::uint32_t distance_of(const Recording& recording)
{
    std::uint64_t points = 0;
    std::uint64_t calls = 0;
    std::uint64_t whole_ops = 0;
    for (const RecordedRun& run : recording.runs) {
        if (run.kind == RecordedRunKind::kBoot && !run.cut) {
            points += run.call_count;
            whole_ops += std::uint64_t{run.call_count} * run.op_count;
            calls += std::uint64_t{run.call_count} * run.call_count / 2;
        }
    }
    if (recording.cores.size() > 1) {
        return static_cast<std::uint32_t>(whole_ops / kWholeOpsMax + 1);
    }
    const std::uint64_t every = std::max(calls / kCallsMax, points / kPointsMax) + 1;
    return static_cast<std::uint32_t>(every);
}

void apply(const Recording& recording, std::uint32_t first, std::uint32_t end, CellMap& map)
{
    for (std::uint32_t i = first; i < end; ++i) {
        const RecordedOp& op = recording.ops[i];
        for (std::uint32_t k = 0; k < op.change_count; ++k) {
            const SectorChange& change = recording.changes[op.first_change + k];
            map.contents[change.device][change.sector] = change.after;
            map.torn[change.device][change.sector] = change.after.kind == HeldKind::kTorn;
        }
        for (std::uint32_t k = 0; k < op.trailer_count; ++k) {
            const RecordedTrailer& trailer = recording.trailers[op.first_trailer + k];
            map.trailers[trailer.area] = trailer;
        }
    }
}

bool same_effect(const Recording& left, const RecordedCall& a, const Recording& right,
                 const RecordedCall& b)
{
    if (a.kind != b.kind || a.area != b.area || a.offset_bytes != b.offset_bytes ||
        a.byte_count != b.byte_count || a.result != b.result || a.op_count != b.op_count) {
        return false;
    }
    for (std::uint32_t i = 0; i < a.op_count; ++i) {
        const RecordedOp& x = left.ops[a.first_op + i];
        const RecordedOp& y = right.ops[b.first_op + i];
        if (x.change_count != y.change_count || x.trailer_count != y.trailer_count) {
            return false;
        }
        for (std::uint32_t k = 0; k < x.change_count; ++k) {
            const SectorChange& c = left.changes[x.first_change + k];
            const SectorChange& d = right.changes[y.first_change + k];
            if (c.device != d.device || c.sector != d.sector || !(c.before == d.before) ||
                !(c.after == d.after)) {
                return false;
            }
        }
        for (std::uint32_t k = 0; k < x.trailer_count; ++k) {
            if (!(left.trailers[x.first_trailer + k] == right.trailers[y.first_trailer + k])) {
                return false;
            }
        }
    }
    return true;
}

// Leaves away what the recovery has in common with the end of the run.
void find_common_end(const Recording& recording, Recovery& recovery)
{
    const RecordedRun& run = recording.runs[recovery.run];
    Recording& own = recovery.own;
    std::uint32_t common = 0;
    if (recording.cores.size() > 1) {
        recovery.joins = run.call_count;  // calls of two cores overlap: nothing is left away
        return;
    }
    while (common < own.calls.size() && common < run.call_count - recovery.call &&
           same_effect(recording, recording.calls[run.first_call + run.call_count - 1 - common],
                       own, own.calls[own.calls.size() - 1 - common])) {
        ++common;
    }
    recovery.joins = run.call_count - common;
    if (common == 0) {
        return;
    }
    const std::size_t kept = own.calls.size() - common;
    const RecordedCall& first = own.calls[kept];
    recovery.shift = first.start - recording.calls[run.first_call + recovery.joins].start;
    if (first.first_op < own.ops.size()) {
        own.changes.resize(own.ops[first.first_op].first_change);
        own.trailers.resize(own.ops[first.first_op].first_trailer);
        own.ops.resize(first.first_op);
    }
    own.calls.resize(kept);
}

class Recoverer {
public:
    Recoverer(ScenarioMachine& machine, const Recording& recording)
        : machine_(machine), recording_(recording), cells_(machine.machine().board()),
          reader_(machine, cells_), release_(log_release(machine.scenario().boot.log))
    {
        Recording first;
        RunRecording(machine_, cells_, reader_, first, map_).begin(machine.initial_state());
    }

    Recovery recover(CutState& cut)
    {
        const RecordedRun& run = recording_.runs[cut.run];
        go_to(run.first_op);
        if (run_ != cut.run) {
            run_ = cut.run;
            Recording unused;  // finds which images are swapped
            RunRecording(machine_, cells_, reader_, unused, map_)
                .run_begins(RecordedRunKind::kBoot, "", cut.state, cut.time);
        }
        go_to(recording_.calls[run.first_call + cut.call].first_op);
        Recovery recovery;
        recovery.run = cut.run;
        recovery.call = cut.call;
        MachineState& state = cut.state;
        state.lose_power();
        cells_.follow(state);
        cells_.refresh_all();
        CellMap map = map_;
        recovery.own.images = reader_.images();
        recovery.own.areas = recording_.areas;
        RunRecording watcher(machine_, cells_, reader_, recovery.own, map);
        watcher.run_begins(RecordedRunKind::kBoot, "after a power cut", state, cut.time);
        RunOptions options;
        options.observer = &watcher;
        options.start = cut.time;
        RunReport report = machine_.machine().boot(state, options);
        if (release_ != nullptr) {
            report.log = worded_boot_log(report, *release_);
        }
        watcher.run_ended(report, state, nullptr);
        recovery.authentic = report.outcome.kind == OutcomeKind::kHandedOver &&
                             machine_.is_authentic_at(state, report.outcome.response);
        recovery.own.areas.clear();
        recovery.own.images.clear();
        find_common_end(recording_, recovery);
        return recovery;
    }

private:
    void go_to(std::uint32_t op)
    {
        if (op > ops_done_) {
            apply(recording_, ops_done_, op, map_);
            ops_done_ = op;
        }
    }

    ScenarioMachine& machine_;
    const Recording& recording_;
    LogicalCells cells_;
    SectorReader reader_;
    const LogRelease* release_;
    CellMap map_;  // after the first `ops_done_` entries
    std::uint32_t ops_done_ = 0;
    std::uint32_t run_ = kNone32;
};

}  // namespace

CutPoints recoveries_of(ScenarioMachine& machine, const Recording& recording)
{
    CutPoints points;
    points.every = distance_of(recording);
    StateTaker taker(recording, points.every);
    run_scenario(machine, &taker);
    Recoverer recoverer(machine, recording);
    for (CutState& cut : taker.states) {
        points.recoveries.push_back(recoverer.recover(cut));
        cut.state = {};
    }
    return points;
}

}  // namespace brownout::sim
