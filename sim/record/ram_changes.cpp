// RAM that slots lie in. Stores to it are no operations: what they changed shows with the flash
// operation that follows them in the run, or with an entry of its own at the end of the run.
#include "run_recording.hpp"

#include <algorithm>

namespace brownout::sim {

void RunRecording::settle_ram(RecordedOp& op, const MachineState& state)
{
    for (std::uint32_t device = 0; device < board_.devices.size(); ++device) {
        const models::FlashArray& now = state.devices[device];
        if (board_.devices[device].controller == ControllerKind::kRam &&
            (!ram_seen_ || !now.changed_pages(last_.devices[device]).empty())) {
            settle_range(op, device, 0, now.geometry().size_bytes, false);
        }
    }
    ram_seen_ = true;
}

void RunRecording::settle_ram_at_end(const RunReport& report, const MachineState& state)
{
    const auto ram =
        std::find_if(board_.devices.begin(), board_.devices.end(), [](const DevicePlan& device) {
            return device.controller == ControllerKind::kRam;
        });
    if (ram == board_.devices.end()) {
        return;
    }
    RecordedOp op;
    op.index = report.operations;
    op.run = static_cast<std::uint32_t>(recording_.runs.size()) - 1;
    op.kind = models::OperationKind::kStoreRetained;
    op.device = static_cast<std::uint32_t>(ram - board_.devices.begin());
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
