// Where the power may fail in a run, and what it leaves.
//
// calls:    before the first operation of every flash-area call
// default:  that, plus every operation inside calls of at most 64 bytes (trailer fields), plus the
//           first, middle and last operation of longer ones
// ops:      before every operation
// The point after the last operation is not a cut: it cannot be told from a run that completed. Nor
// is the last operation torn and yet complete (edges.cpp leaves it out).
//
// At each of these points the operation that would have come next is left undone and, once for
// every outcome of every tear of the plan, torn. The tear `prefix` adds points inside calls that
// consist of several writes: as many as it has samples, evenly spread. With times in the plan, the
// points are those times: the operation in flight then is torn, if one is.
//
// A reset of the microcontroller alone is tried at the same points where a part has something to go
// on with, and once during every operation that a part times itself. It leaves on-chip operations
// done or, where the plan has tears, also torn: the product specifications do not say (T11).
#pragma once

#include <sim/exploration.hpp>

#include <functional>

namespace brownout::sim {

// A call of at most this many bytes is cut at every operation at default granularity.
inline constexpr std::uint32_t kShortCallBytes = 64;

struct CutPlan {
    Granularity granularity = Granularity::kDefault;
    std::vector<TearSetting> tears;          // without not-started
    std::optional<std::uint32_t> tears_max;  // of the cuts of one sequence, so many may tear
    std::uint64_t seed = 1;
    bool power_loss = true;
    bool mcu_reset = false;
    bool every_network_content = false;
    std::vector<models::Duration> at_times;  // ascending
    bool counts_erases = false;              // a check wants them
};

// What a scenario asks for, with what `limits` override.
CutPlan cut_plan(const ExploreOptions& options, const ExploreLimits& limits);

class CutPointVisits final : public RunObserver {
public:
    // `visit` is told of every cut point with the state that the cut leaves, in order. It runs on
    // the firmware's stack.
    using Visit = std::function<void(const EdgeLabel&, const MachineState&)>;
    // `run`: what every label says of the run. `may_tear`: false: operations in flight are left
    // undone only.
    CutPointVisits(const CutPlan& plan, const BoardPlan& board, const EdgeLabel& run, bool may_tear,
                   Visit visit);

    Power before_call(const Call& call, const MachineState& state) noexcept override;
    std::uint32_t before_operations(const models::OperationBatch& batch,
                                    std::uint64_t first_operation, const Call* call,
                                    const MachineState& state) noexcept override;
    bool watches_time() const noexcept override { return plan_.mcu_reset; }
    void time_passed(models::Duration now, const MachineState& state) noexcept override;

private:
    struct Stop {
        std::uint64_t operation = 0;  // of the call
        bool tears = true;            // its operation is torn too
    };

    void find_stops(const models::OperationBatch& batch, const Call& call);
    void add_stop(std::uint64_t operation, bool tears);
    void point(EdgeLabel label, const MachineState& state, models::Duration now);
    void tear_points(const EdgeLabel& label, const models::OperationBatch& batch,
                     const MachineState& state);
    std::uint32_t stop_at_times(const EdgeLabel& label, const models::OperationBatch& batch,
                                const MachineState& state);

    const CutPlan& plan_;
    const BoardPlan& board_;
    EdgeLabel run_;
    bool may_tear_;
    Visit visit_;
    std::uint32_t stops_of_call_ = UINT32_MAX;
    std::vector<Stop> stops_;  // of that call, ascending
    std::size_t next_time_ = 0;
    EdgeLabel last_;                           // what was done last
    std::vector<models::Duration> busy_seen_;  // of each part: the operation that was looked at
};

}  // namespace brownout::sim
