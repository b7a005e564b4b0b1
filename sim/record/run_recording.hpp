// Records one run after the other into a Recording, and follows what every sector holds.
#pragma once

#include "call_explanation.hpp"
#include "sector_content.hpp"

#include <sim/recording.hpp>

#include <array>
#include <vector>

namespace brownout::sim {

// What all sectors and trailers hold at some moment. A value.
struct CellMap {
    std::vector<std::vector<HeldContent>> contents;        // by device, by sector
    std::vector<std::vector<bool>> torn;                   // likewise
    std::vector<std::optional<RecordedTrailer>> trailers;  // by area; nullopt: it has none
    std::vector<SwappedImages> swapped;                    // by image
};

class RunRecording final : public RunObserver {
public:
    // All must outlive this. `reader` looks at `cells`.
    RunRecording(const ScenarioMachine& machine, LogicalCells& cells, SectorReader& reader,
                 Recording& recording, CellMap& map);

    // Looks at everything; fills the map and what the recording starts with.
    void begin(const MachineState& state);

    void run_begins(RecordedRunKind kind, std::string reason, const MachineState& state,
                    models::Duration start);
    // `cut`: the one that was asked for, if the power failed.
    void run_ended(const RunReport& report, const MachineState& state, const PowerCut* cut);
    // What a programmer stored in an area, all at once.
    void stored(std::uint32_t area, std::uint64_t byte_count, const MachineState& state,
                models::Duration at);

    Power before_call(const Call& call, const MachineState& state) noexcept override;
    std::uint32_t before_operations(const models::OperationBatch& batch, std::uint64_t first,
                                    const Call* call, const MachineState& state) noexcept override;
    void after_call(const Call& call, int result, const MachineState& state) noexcept override;
    void logged(const LogLine& line) noexcept override;

private:
    struct LogPosition {
        models::Duration time{};
        std::uint32_t calls = 0;
        std::uint32_t ops = 0;
    };

    RecordedRun& run() { return recording_.runs.back(); }
    void look_at_everything(const MachineState& state);
    void settle(const MachineState& state);
    void settle_range(RecordedOp& op, std::uint32_t device, std::uint64_t offset_bytes,
                      std::uint64_t byte_count, bool torn);
    void settle_ram(RecordedOp& op, const MachineState& state);
    void settle_ram_at_end(const RunReport& report, const MachineState& state);
    void settle_trailers(std::uint32_t device, std::uint64_t offset_bytes,
                         std::uint64_t byte_count);
    void settle_torn(const MachineState& state);
    void close_call(std::size_t core);
    std::uint32_t any_open_call() const;
    std::optional<RecordedTrailer> trailer_of(std::uint32_t area) const;
    std::optional<SectorPlace> other_place(const HeldContent& held, const SectorPlace& here) const;
    const HeldContent& held_in(const SectorPlace& place) const;
    std::int16_t whole_image(const AreaPlan* area) const;
    void find_swapped_images();
    void take_log(const RunReport& report);
    void take_rules(const RunReport& report);

    const ScenarioMachine& machine_;
    const BoardPlan& board_;
    LogicalCells& cells_;
    SectorReader& reader_;
    Recording& recording_;
    CellMap& map_;
    std::vector<CallFacts> facts_;  // of the calls of this run
    std::vector<LogPosition> log_positions_;
    MachineState last_;     // as of the last settling, where a tear may come
    bool pending_ = false;  // the last op is announced and its effect not yet seen
    std::array<std::uint32_t, 2> open_call_{kNone32, kNone32};  // of each core, index in calls
    bool ram_seen_ = false;                                     // in this run
};

}  // namespace brownout::sim
