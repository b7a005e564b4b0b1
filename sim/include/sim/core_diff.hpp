// Two bootloader cores on the same scenario: where do they part?
//
// Both start each boot from the same flash. A boot is compared call by call - kind, area, offset,
// length, what the flash holds afterwards - then by outcome; then both resume from every cut
// between two calls. States that explorations reach are compared by the content of all flash.
#pragma once

#include <sim/exploration.hpp>
#include <sim/scenario_machine.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::sim {

struct CoreDiff {
    bool agree = true;
    std::uint64_t boots = 0;         // compared, uncut
    std::uint64_t calls = 0;         // of them
    std::uint64_t cut_points = 0;    // from which recovery was compared
    std::vector<std::string> lines;  // for people: the first difference with context
};

// `cuts`: compare recoveries too. Both machines stand for the same scenario.
CoreDiff diff_runs(ScenarioMachine& first, ScenarioMachine& second, bool cuts);

struct StateDiff {
    bool agree = true;
    bool closed = true;  // both explorations; otherwise nothing follows from agreement
    std::uint64_t states_first = 0;
    std::uint64_t states_second = 0;
    std::uint64_t common = 0;
    std::vector<std::string> lines;
};
StateDiff diff_states(ScenarioMachine& first, ScenarioMachine& second, const ExploreLimits& limits,
                      const std::atomic<bool>& stop);

}  // namespace brownout::sim
