// The rows of the decision tables: their names, and which one applies to what a trailer says.
#pragma once

#include "slot_trailer.hpp"

#include <sim/coverage.hpp>

#include <span>
#include <string_view>

namespace brownout::sim {

struct DecisionRow {
    std::string_view name;
    std::string_view unreachable_because = {};
};

// Empty if the strategy does not use the table. Status entries are not listed.
std::span<const DecisionRow> decision_rows(boot_strategy strategy, DecisionTable table);
std::string_view table_name(DecisionTable table);
std::string status_position_name(boot_strategy strategy, const StatusPosition& position);

// `marks_reverts`: the first row applies.
std::size_t swap_type_row(const TrailerMarks& primary, const TrailerMarks& secondary,
                          bool marks_reverts);
// As the log calls the type of a row: "test", "perm", "revert", "none".
std::string_view swap_type_word(std::size_t row);

std::size_t interrupted_swap_row(boot_strategy strategy, const TrailerMarks& primary,
                                 const TrailerMarks& other);

// Request: of the secondary slot's trailer; confirmation: of the slot that runs.
std::size_t request_row(const TrailerMarks& slot, bool permanent);
std::size_t confirm_row(const TrailerMarks& slot);

enum SlotChoiceRow : std::size_t { kSlotNotMarked, kSlotNotConfirmed, kSlotFirstRun, kSlotKept };

}  // namespace brownout::sim
