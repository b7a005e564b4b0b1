// RAM that slots lie in. Stores to it are no operations: what they changed shows with the flash
// operation that follows them in the run, or with an entry of its own at the end of the run.
#include "run_recording.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

bool is_ram_with_slots(const BoardPlan& board, std::uint32_t device)
{
    return board.devices[device].controller == ControllerKind::kRam &&
           std::any_of(board.areas.begin(), board.areas.end(),
                       [device](const AreaPlan& area) { return area.device == device; });
}

}  // namespace

void RunRecording::settle_ram(RecordedOp& op, const MachineState& state)
{
    for (std::uint32_t device = 0; device < board_.devices.size(); ++device) {
        const models::FlashArray& now = state.devices[device];
        if (is_ram_with_slots(board_, device) &&
            (!ram_seen_ || !now.changed_pages(last_.devices[device]).empty())) {
            settle_range(op, device, 0, now.geometry().size_bytes, false);
        }
    }
    ram_seen_ = true;
}

void RunRecording::settle_ram_at_end(const RunReport& report, const MachineState& state)
{
    RecordedOp op;
    op.index = report.operations;
    op.run = static_cast<std::uint32_t>(recording_.runs.size()) - 1;
    op.kind = models::OperationKind::kStoreRetained;
    while (op.device < board_.devices.size() && !is_ram_with_slots(board_, op.device)) {
        ++op.device;
    }
    if (op.device == board_.devices.size()) {
        return;
    }
    op.start = op.end = report.end;
    op.first_change = static_cast<std::uint32_t>(recording_.changes.size());
    op.first_trailer = static_cast<std::uint32_t>(recording_.trailers.size());
    cells_.follow(state);
    settle_ram(op, state);
    if (op.change_count > 0 || op.trailer_count > 0) {
        recording_.ops.push_back(op);
    }
}

}  // namespace brownout::sim
