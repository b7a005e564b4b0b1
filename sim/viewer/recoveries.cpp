// Cuts before the calls of a recorded run, or in their first operation, each followed by a real
// boot.
#include "power/torn_state.hpp"
#include "record/run_recording.hpp"

#include <sim/log_release.hpp>
#include <sim/viewer.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

// Calls that all recoveries together may make, about; each costs some microseconds.
constexpr std::uint64_t kCallsMax = 150'000;
constexpr std::uint32_t kPointsMax = 1000;
// Calls and operations of all recoveries that are kept, about: 60 bytes of the page each.
constexpr std::size_t kRowsMax = 40'000;
constexpr std::size_t kTornRowsMax = 20'000;

struct CutState {
    std::uint32_t run = 0;
    Call call;
    MachineState state;  // before the call
    // Of a torn operation: how, when, and what it leaves.
    std::optional<CutTear> tear;
    models::Duration time{};
    MachineState torn;
};

// Of the tears that the scenario explores, those that do more than not to start.
std::vector<TearSetting> tears_of(const Scenario& scenario)
{
    std::vector<TearSetting> tears;
    if (scenario.explore) {
        for (const TearSetting& tear : scenario.explore->tears) {
            if (tear.kind != models::TearKind::kNotStarted) {
                tears.push_back(tear);
            }
        }
    }
    return tears;
}

// Takes the states that cuts leave, of boots that are not cut.
class StateTaker final : public RunListener, public RunObserver {
public:
    StateTaker(const ScenarioMachine& machine, const Recording& recording, const TriedCuts& cuts)
        : machine_(machine), recording_(recording), cuts_(cuts),
          tears_(tears_of(machine.scenario()))
    {
    }

    void begins(const Step&, const MachineState&, models::Duration) override { ++step_; }
    RunObserver* observer() override { return this; }
    void finished(const StepResult&, const MachineState&) override {}

    Power before_call(const Call& call, const MachineState& state) noexcept override
    {
        if (is_wanted(call, cuts_.every)) {
            states.push_back({run(), call, state, {}, call.start, {}});
        }
        return Power::kHolds;
    }

    std::uint32_t before_operations(const models::OperationBatch& batch, std::uint64_t first,
                                    const Call* call, const MachineState& state) noexcept override
    {
        if (cuts_.torn_every > 0 && call != nullptr && first == call->first_operation &&
            is_wanted(*call, cuts_.torn_every)) {
            for (const TearSetting& tear : tears_) {
                tear_operation(tear, batch, *call, state);
            }
        }
        return batch.count;
    }

    std::vector<CutState> states;

private:
    std::uint32_t run() const { return recording_.steps[step_ - 1].run; }

    bool is_wanted(const Call& call, std::uint32_t every) const
    {
        const RecordedRun& recorded = recording_.runs[run()];
        return recorded.kind == RecordedRunKind::kBoot && !recorded.cut && call.index % every == 0;
    }

    void tear_operation(const TearSetting& tear, const models::OperationBatch& batch,
                        const Call& call, const MachineState& state)
    {
        const BoardPlan& board = machine_.machine().board();
        const std::uint64_t seed = machine_.scenario().explore->seed;
        CutState cut{run(),       call, state, CutTear{tear.kind, 0, tear.samples, seed},
                     batch.start, {}};
        for (;; ++cut.tear->sample) {
            cut.torn = state;
            if (!tear_state(board, cut.torn, batch, *cut.tear)) {
                break;
            }
            if (cut.torn.has_marginal_bits()) {
                draw_marginal_levels(cut.torn, models::MarginalLevels::kMixed, seed);
            }
            states.push_back(cut);
        }
    }

    const ScenarioMachine& machine_;
    const Recording& recording_;
    const TriedCuts& cuts_;
    const std::vector<TearSetting> tears_;
    std::size_t step_ = 0;
};

// Calls between two cuts, where each of them is cut in `ways` ways.
std::uint32_t distance_of(const Recording& recording, std::uint32_t ways)
{
    std::uint64_t points = 0;
    std::uint64_t calls = 0;
    for (const RecordedRun& run : recording.runs) {
        if (run.kind == RecordedRunKind::kBoot && !run.cut) {
            points += std::uint64_t{ways} * run.call_count;
            calls += std::uint64_t{ways} * run.call_count * run.call_count / 2;
        }
    }
    return static_cast<std::uint32_t>(std::max(calls / kCallsMax, points / kPointsMax) + 1);
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
    const std::size_t calls = own.calls.size() - own.runs.back().first_call;
    std::uint32_t common = 0;
    if (recording.cores.size() > 1) {
        recovery.joins = run.call_count;  // calls of two cores overlap: nothing is left away
        return;
    }
    while (common < calls && common < run.call_count - recovery.call &&
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
        go_to(recording_.calls[run.first_call + cut.call.index].first_op);
        Recovery recovery;
        recovery.run = cut.run;
        recovery.call = cut.call.index;
        CellMap map = map_;
        recovery.own.images = reader_.images();
        recovery.own.areas = recording_.areas;
        RunRecording watcher(machine_, cells_, reader_, recovery.own, map);
        if (cut.tear) {
            record_torn_call(watcher, cut, recovery.own);
        }
        MachineState& state = cut.tear ? cut.torn : cut.state;
        state.lose_power();
        cells_.follow(state);
        cells_.refresh_all();
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
    // The call that the power fails in, as the end of the cut run.
    void record_torn_call(RunRecording& watcher, const CutState& cut, Recording& own)
    {
        cells_.follow(cut.state);
        cells_.refresh_all();
        watcher.run_begins(RecordedRunKind::kBoot, "", cut.state, cut.call.start);
        watcher.before_call(cut.call, cut.state);
        RunReport report;
        report.outcome.kind = OutcomeKind::kPowerLost;
        report.torn = true;
        report.calls = cut.call.index + 1;
        report.operations = cut.call.first_operation;
        report.start = cut.call.start;
        report.end = cut.time;
        PowerCut asked;
        asked.tear = *cut.tear;
        watcher.run_ended(report, cut.torn, &asked);
        for (RecordedOp& op : own.ops) {
            op.index = cut.call.first_operation;
            op.start = op.end = cut.time;
        }
    }

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

// Leaves every second one away until the rest fits into a page.
void thin_out(std::vector<Recovery>& recoveries, std::size_t rows_max, std::uint32_t& every)
{
    const auto rows = [&recoveries] {
        std::size_t sum = 0;
        for (const Recovery& recovery : recoveries) {
            sum += recovery.own.calls.size() + recovery.own.ops.size();
        }
        return sum;
    };
    while (rows() > rows_max && every <= kPointsMax * kPointsMax) {
        every *= 2;
        std::erase_if(recoveries,
                      [every](const Recovery& recovery) { return recovery.call % every != 0; });
    }
}

}  // namespace

TriedCuts recoveries_of(ScenarioMachine& machine, const Recording& recording)
{
    TriedCuts cuts;
    cuts.every = distance_of(recording, 1);
    std::uint32_t ways = 0;
    for (const TearSetting& tear : tears_of(machine.scenario())) {
        ways += tear.samples;
    }
    cuts.torn_every = ways > 0 ? distance_of(recording, ways) : 0;
    StateTaker taker(machine, recording, cuts);
    run_scenario(machine, &taker);
    Recoverer recoverer(machine, recording);
    for (CutState& cut : taker.states) {
        (cut.tear ? cuts.torn : cuts.recoveries).push_back(recoverer.recover(cut));
        cut = {};
    }
    thin_out(cuts.recoveries, kRowsMax, cuts.every);
    thin_out(cuts.torn, kTornRowsMax, cuts.torn_every);
    return cuts;
}

}  // namespace brownout::sim
