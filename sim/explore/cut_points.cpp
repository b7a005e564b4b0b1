#include "cut_points.hpp"

#include "power/torn_state.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

// Bytes that a page program covers at most; for counting the operations of a call in advance.
constexpr std::uint32_t kPageBytes = 256;

std::uint64_t operations_of(const Call& call, const models::OperationBatch& first)
{
    if (call.kind == CallKind::kErase || first.unit_bytes == 0) {
        return std::max(1u, first.unit_bytes == 0 ? 1u : call.byte_count / first.unit_bytes);
    }
    if (first.kind == models::OperationKind::kProgramPage) {
        return (first.offset % kPageBytes + call.byte_count + kPageBytes - 1) / kPageBytes;
    }
    return std::max(1u, call.byte_count / first.unit_bytes);
}

// What a reset of the microcontroller finds. How long a part stays busy is rounded up to a power of
// two in microseconds, or every boot would leave states of its own.
MachineState running_state(const MachineState& state, models::Duration now)
{
    MachineState running = state;
    for (models::PartState& part : running.parts) {
        part.count_from(now);
        if (part.busy_until.count() > 0) {
            models::Duration rounded = models::microseconds(1);
            while (rounded < part.busy_until) {
                rounded *= 2;
            }
            part.busy_until = rounded;
        }
    }
    return running;
}

}  // namespace

CutPlan cut_plan(const ExploreOptions& options, const ExploreLimits& limits)
{
    CutPlan plan;
    plan.granularity = options.granularity;
    for (const TearSetting& tear : options.tears) {
        if (tear.kind != models::TearKind::kNotStarted) {
            plan.tears.push_back(tear);
        }
    }
    plan.tears_max = options.tears_max;
    plan.every_network_content = limits.every_network_content;
    plan.seed = limits.seed.value_or(options.seed);
    const auto has = [&](models::ResetKind kind) {
        return std::find(options.resets.begin(), options.resets.end(), kind) !=
               options.resets.end();
    };
    plan.power_loss = has(models::ResetKind::kPowerOn);
    plan.mcu_reset = has(models::ResetKind::kSystemReset);
    plan.counts_erases = options.budgets.upgrades_per_lifetime.has_value() || limits.counts_erases;
    plan.at_times = limits.at_times.empty() ? options.at_times : limits.at_times;
    return plan;
}

CutPointVisits::CutPointVisits(const CutPlan& plan, const BoardPlan& board, const EdgeLabel& run,
                               bool may_tear, Visit visit)
    : plan_(plan), board_(board), run_(run), may_tear_(may_tear), visit_(std::move(visit))
{
}

void CutPointVisits::point(EdgeLabel label, const MachineState& state, models::Duration now)
{
    const bool parts_differ = state.has_running_parts();
    if (plan_.power_loss || !parts_differ) {
        visit_(label, state);
    }
    if (plan_.mcu_reset && parts_differ) {
        label.reset = models::ResetKind::kSystemReset;
        visit_(label, running_state(state, now));
    }
}

void CutPointVisits::tear_points(const EdgeLabel& label, const models::OperationBatch& batch,
                                 const MachineState& state)
{
    if (!may_tear_) {
        return;
    }
    EdgeLabel torn = label;
    torn.at_call_start = false;
    // A reset of the microcontroller tears what its own flash is doing; parts go on.
    const bool is_on_chip = !board_.devices[batch.device].external;
    const bool by_reset =
        plan_.mcu_reset && is_on_chip && (!plan_.power_loss || state.has_running_parts());
    for (const TearSetting& tear : plan_.tears) {
        const std::uint32_t outcomes = tear_outcomes(board_, state, batch, tear.kind, tear.samples);
        torn.tear = {tear.kind, 0, tear.samples, plan_.seed};
        for (; torn.tear.sample < outcomes; ++torn.tear.sample) {
            MachineState left = state;
            tear_state(board_, left, batch, torn.tear);
            if (plan_.power_loss) {
                torn.reset = models::ResetKind::kPowerOn;
                visit_(torn, left);
            }
            if (by_reset) {
                torn.reset = models::ResetKind::kSystemReset;
                visit_(torn, running_state(left, batch.start));
            }
        }
    }
}

void CutPointVisits::time_passed(models::Duration now, const MachineState& state) noexcept
{
    busy_seen_.resize(state.parts.size());
    for (std::size_t i = 0; i < state.parts.size(); ++i) {
        const models::Duration busy_until = state.parts[i].busy_until;
        if (busy_until <= now || busy_until == busy_seen_[i]) {
            continue;
        }
        busy_seen_[i] = busy_until;
        EdgeLabel label = last_;
        label.is_cut = true;
        label.at_call_start = false;
        label.reset = models::ResetKind::kSystemReset;
        label.time = now;
        visit_(label, running_state(state, now));
    }
}

Power CutPointVisits::before_call(const Call& call, const MachineState& state) noexcept
{
    last_ = run_;
    last_.call = call.index;
    last_.operation = call.first_operation;
    if (plan_.at_times.empty()) {
        EdgeLabel label = run_;
        label.is_cut = true;
        label.call = call.index;
        label.operation = call.first_operation;
        point(label, state, call.start);
    }
    return Power::kHolds;
}

void CutPointVisits::add_stop(std::uint64_t operation, bool tears)
{
    const auto at = std::find_if(stops_.begin(), stops_.end(), [operation](const Stop& stop) {
        return stop.operation >= operation;
    });
    if (at != stops_.end() && at->operation == operation) {
        at->tears = at->tears || tears;
    } else {
        stops_.insert(at, Stop{operation, tears});
    }
}

void CutPointVisits::find_stops(const models::OperationBatch& batch, const Call& call)
{
    stops_of_call_ = call.index;
    stops_.clear();
    const std::uint64_t operations = operations_of(call, batch);
    add_stop(0, true);
    if (plan_.granularity != Granularity::kCalls) {
        add_stop(operations / 2, true);
        add_stop(operations - 1, true);
    }
    for (const TearSetting& tear : plan_.tears) {
        if (tear.kind == models::TearKind::kPrefix) {
            for (std::uint64_t i = 1; i <= tear.samples; ++i) {
                add_stop(operations * i / (tear.samples + 1), false);
            }
        }
    }
}

// The operations that end before the next time that the plan cuts at.
std::uint32_t CutPointVisits::stop_at_times(const EdgeLabel& label,
                                            const models::OperationBatch& batch,
                                            const MachineState& state)
{
    bool seen = false;
    for (; next_time_ < plan_.at_times.size(); ++next_time_) {
        const models::Duration time = plan_.at_times[next_time_];
        const models::Duration first_end = batch.start + batch.duration;
        if (first_end <= time) {
            const std::int64_t done =
                batch.interval.count() > 0 ? (time - first_end) / batch.interval + 1 : batch.count;
            return static_cast<std::uint32_t>(std::min<std::int64_t>(batch.count, done));
        }
        if (!seen) {
            point(label, state, time);
            seen = true;
        }
        if (batch.start <= time) {
            tear_points(label, batch, state);
            ++next_time_;
            break;
        }
    }
    return 1;
}

std::uint32_t CutPointVisits::before_operations(const models::OperationBatch& batch,
                                                std::uint64_t first_operation, const Call* call,
                                                const MachineState& state) noexcept
{
    EdgeLabel label = run_;
    label.is_cut = true;
    label.call = call != nullptr ? call->index : 0;
    label.operation = first_operation;
    label.at_call_start = false;
    if (!plan_.at_times.empty()) {
        return stop_at_times(label, batch, state);
    }
    const bool calls_only = plan_.granularity == Granularity::kCalls;
    if (call == nullptr && calls_only) {
        return batch.count;
    }
    const std::uint64_t done = call != nullptr ? first_operation - call->first_operation : 0;
    const bool every = plan_.granularity == Granularity::kOps || call == nullptr ||
                       (!calls_only && call->byte_count <= kShortCallBytes);
    if (every) {
        if (call == nullptr || done > 0) {
            point(label, state, batch.start);
        }
        tear_points(label, batch, state);
        return 1;
    }
    if (stops_of_call_ != call->index) {
        find_stops(batch, *call);
    }
    // The first one is the start of the call, which before_call() saw.
    for (const Stop& stop : stops_) {
        if (stop.operation == done) {
            if (done > 0) {
                point(label, state, batch.start);
            }
            if (stop.tears) {
                tear_points(label, batch, state);
            }
        } else if (stop.operation > done) {
            return static_cast<std::uint32_t>(
                std::min<std::uint64_t>(batch.count, stop.operation - done));
        }
    }
    return batch.count;
}

}  // namespace brownout::sim
