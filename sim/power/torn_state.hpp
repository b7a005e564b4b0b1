// From an operation that the power leaves in flight to the state that the next boot finds.
#pragma once

#include <sim/machine.hpp>

namespace brownout::sim {

// The first operation of a batch, with the erase unit of the board's device around it. Its data is
// that of the batch.
models::TornOperation torn_operation(const BoardPlan& board, const models::OperationBatch& batch);

// How many outcomes the first operation of `batch` has; 0: the model says nothing about it.
std::uint32_t tear_outcomes(const BoardPlan& board, const MachineState& state,
                            const models::OperationBatch& batch, models::TearKind kind,
                            std::uint32_t samples);

// Leaves in `state` what the first operation of `batch`, torn, leaves. false: nothing to tear.
bool tear_state(const BoardPlan& board, MachineState& state, const models::OperationBatch& batch,
                const CutTear& tear);

}  // namespace brownout::sim
