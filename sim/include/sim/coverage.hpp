// Which rows of the bootloader's decision tables, and which status entries of its strategies, the
// states of explorations have reached.
//
// Seen from outside: the rows follow from the trailers in flash at the moment that the log or a
// flash call tells of a decision, so any core can be asked. Encrypted builds are not covered.
#pragma once

#include <sim/exploration.hpp>

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace brownout::sim {

enum class DecisionTable {
    kSwapType,         // trailers to swap type
    kInterruptedSwap,  // trailers to the area that tells of an interrupted swap
    kStatusEntries,    // where a boot resumes: after which status entry
    kFinalFlags,       // what a finished update writes
    kSlotChoice,       // direct-xip and ram-load with revert: what a slot's trailer means
    kApplication       // what a request or a confirmation writes
};

struct CoverageRow {
    std::string name;
    std::uint64_t reached = 0;
    std::string unreachable_because;  // empty: it can be reached
};

struct CoverageTable {
    boot_strategy strategy = BOOT_SWAP_MOVE;
    DecisionTable table = DecisionTable::kSwapType;
    std::string name;
    std::vector<CoverageRow> rows;
};

// A status entry, comparable between configurations. 0: none is written yet.
struct StatusPosition {
    bool in_scratch = false;
    bool swapping = false;  // swap using move: the second phase
    std::uint32_t ordinal = 0;
    auto operator<=>(const StatusPosition&) const = default;
};

class Coverage {
public:
    // Boots every explored state of `graph`, a result of explore(machine), once more and counts the
    // rows; and those of the application calls in the scenario.
    void add(ScenarioMachine& machine, const Graph& graph);

    // Of every strategy added so far, in the order of enum boot_strategy.
    std::vector<CoverageTable> tables() const;

    // Decisions that the log tells otherwise than the table: 0 for a core that follows it.
    std::uint64_t contradictions() const { return contradictions_; }

    void count(boot_strategy strategy, DecisionTable table, std::size_t row);
    void count_resumed(boot_strategy strategy, const StatusPosition& position);
    void count_contradiction() { ++contradictions_; }
    void count_written(boot_strategy strategy, const StatusPosition& position);

private:
    using Position = std::pair<boot_strategy, StatusPosition>;
    CoverageTable status_table(boot_strategy strategy) const;

    std::map<boot_strategy, std::uint64_t> states_;  // of each strategy
    std::map<std::tuple<boot_strategy, DecisionTable, std::size_t>, std::uint64_t> rows_;
    std::map<Position, std::uint64_t> resumed_;
    std::map<Position, std::uint64_t> written_;
    std::uint64_t contradictions_ = 0;
};

// For people: counts, then the rows that were not reached.
void print_coverage(const std::vector<CoverageTable>& tables, std::ostream& out);

}  // namespace brownout::sim
