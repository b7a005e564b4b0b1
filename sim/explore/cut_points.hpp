// Where the power may fail in a run, and what it leaves.
//
// calls:    before the first operation of every flash-area call
// default:  that, plus every operation inside calls of at most 64 bytes (trailer fields), plus the
//           first, middle and last operation of longer ones
// ops:      before every operation
// The point after the last operation is not a cut: it cannot be told from a run that completed.
#pragma once

#include <sim/exploration.hpp>

#include <functional>

namespace brownout::sim {

// A call of at most this many bytes is cut at every operation at default granularity.
inline constexpr std::uint32_t kShortCallBytes = 64;

class CutPoints final : public RunObserver {
public:
    // `visit` is told of every cut point with the state that the cut leaves, in order. It runs on
    // the firmware's stack.
    using Visit = std::function<void(const EdgeLabel&, const MachineState&)>;
    CutPoints(Granularity granularity, RunKind run, Visit visit);

    Power before_call(const Call& call, const MachineState& state) noexcept override;
    std::uint32_t before_operations(const models::OperationBatch& batch,
                                    std::uint64_t first_operation, const Call* call,
                                    const MachineState& state) noexcept override;

private:
    void point(std::uint32_t call, std::uint64_t operation, bool at_call_start,
               const MachineState& state);

    Granularity granularity_;
    RunKind run_;
    Visit visit_;
};

}  // namespace brownout::sim
