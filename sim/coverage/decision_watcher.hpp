// Watches one boot and counts the decisions that it takes.
#pragma once

#include "decision_tables.hpp"

#include <optional>
#include <vector>

namespace brownout::sim {

class DecisionWatcher final : public RunObserver {
public:
    // `state` is the one that the boot changes. All must outlive the boot.
    DecisionWatcher(const ScenarioMachine& machine, const MachineState& state, Coverage& coverage);

    Power before_call(const Call& call, const MachineState& state) noexcept override;
    void after_call(const Call& call, int result, const MachineState& state) noexcept override;
    void logged(const LogLine& line) noexcept override;

    // What only the end of the boot shows.
    void finish(const Outcome& outcome);

private:
    struct Pair {
        SlotTrailer primary;
        SlotTrailer secondary;
    };

    void swap_type_decided(std::string_view line);
    void source_found(std::string_view line);
    StatusPosition position_in(const SlotTrailer& trailer, bool in_scratch) const;
    StatusPosition position_after(std::uint32_t entries, bool in_scratch) const;
    void slot_is_touched(const Call& call, const SlotTrailer& trailer);
    void status_is_written(const Call& call);
    void flag_is_written(const Call& call);
    const SlotTrailer* trailer_of(const AreaPlan& area) const;

    const Machine& machine_;
    const MachineState& state_;
    Coverage& coverage_;
    boot_strategy strategy_;
    bool marks_reverts_;
    std::vector<Pair> pairs_;
    SlotTrailer scratch_;
    std::size_t sources_found_ = 0;
    std::vector<bool> touched_;  // slots, by area
    bool ends_with_image_ok_ = false;
};

}  // namespace brownout::sim
