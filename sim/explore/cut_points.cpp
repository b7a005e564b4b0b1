#include "cut_points.hpp"

#include <algorithm>

namespace brownout::sim {

CutPoints::CutPoints(Granularity granularity, RunKind run, Visit visit)
    : granularity_(granularity), run_(run), visit_(std::move(visit))
{
}

void CutPoints::point(std::uint32_t call, std::uint64_t operation, bool at_call_start,
                      const MachineState& state)
{
    EdgeLabel label;
    label.run = run_;
    label.is_cut = true;
    label.call = call;
    label.operation = operation;
    label.at_call_start = at_call_start;
    visit_(label, state);
}

Power CutPoints::before_call(const Call& call, const MachineState& state) noexcept
{
    point(call.index, call.first_operation, true, state);
    return Power::kHolds;
}

std::uint32_t CutPoints::before_operations(const models::OperationBatch& batch,
                                           std::uint64_t first_operation, const Call* call,
                                           const MachineState& state) noexcept
{
    if (granularity_ == Granularity::kCalls) {
        return batch.count;
    }
    const std::uint32_t call_index = call != nullptr ? call->index : 0;
    const std::uint64_t done = call != nullptr ? first_operation - call->first_operation : 0;
    const bool every = granularity_ == Granularity::kOps || call == nullptr ||
                       call->byte_count <= kShortCallBytes || batch.unit_bytes == 0;
    if (every) {
        if (call == nullptr || done > 0) {
            point(call_index, first_operation, false, state);
        }
        return 1;
    }
    // The first one is the start of the call, which before_call() saw.
    const std::uint64_t operations = std::max(1u, call->byte_count / batch.unit_bytes);
    const std::uint64_t stops[] = {operations / 2, operations - 1};
    for (const std::uint64_t stop : stops) {
        if (done == stop && done > 0) {
            point(call_index, first_operation, false, state);
        }
    }
    for (const std::uint64_t stop : stops) {
        if (stop > done) {
            return static_cast<std::uint32_t>(std::min<std::uint64_t>(batch.count, stop - done));
        }
    }
    return batch.count;
}

}  // namespace brownout::sim
