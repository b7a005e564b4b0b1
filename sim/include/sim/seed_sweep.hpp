// Scenarios run with many seeds: how often does an expectation fail?
#pragma once

#include <sim/suite.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// Why runs failed: the first expectation that did not hold, and how many runs.
struct SweepFailure {
    std::string sentence;
    std::uint64_t runs = 0;
};

// One scenario with all seeds.
struct SweepRow {
    std::uint64_t index = 0;                                   // of its suite entry
    std::string name;                                          // of the scenario
    std::vector<std::pair<std::string, std::string>> variant;  // what the matrix chose
    std::uint64_t runs = 0;
    std::uint64_t failed = 0;
    // The first run drew no number, so all runs are that one.
    bool same_for_all_seeds = false;
    std::optional<std::uint64_t> first_failing_seed;
    std::vector<SweepFailure> failures;  // most frequent first
    SeedSweep wanted;
    bool holds = false;  // as often as `wanted` says

    double failed_percent() const
    {
        return 100.0 * static_cast<double>(failed) / static_cast<double>(runs);
    }
};

struct SweepOptions {
    std::optional<std::uint64_t> count;  // seeds 0 to count - 1; nullopt: as the scenario says
    unsigned jobs = 1;
};

// InputError: as run_scenario().
SweepRow sweep_seeds(const SuiteEntry& entry, const SweepOptions& options);

// A table with a line for each row, and what failed below it. `command` repeats a run:
// "brownout run FILE".
void print_sweep(const std::vector<SweepRow>& rows, const std::string& command, std::ostream& out);
std::string sweep_json(const std::vector<SweepRow>& rows, const std::string& file);

}  // namespace brownout::sim
