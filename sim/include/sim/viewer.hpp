// The page that shows a run or an exploration: one HTML file without references to anything.
//
// The page itself is made from tools/viewer when Brownout is built; here it is given its data.
#pragma once

#include <sim/recording.hpp>
#include <sim/state_graph.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace brownout::sim {

// What the next boot makes of a power cut before a call of a boot that was not cut, or in its first
// operation. Really booted.
struct Recovery {
    std::uint32_t run = 0;   // index in Recording::runs
    std::uint32_t call = 0;  // of that run: the power fails before it, or in its first operation
    // From its end backwards the recovery does what the run did: calls `joins` .. of the run, with
    // the same effect. `own` keeps what comes before that; call_count of the run: all of it.
    std::uint32_t joins = 0;
    models::Duration shift{};  // of the common calls: time in the recovery less that in the run
    bool authentic = false;    // it started an authentic image
    // Of the boot, its log lines and outcome those of the whole boot. If the cut tore an operation,
    // a run with the torn call alone comes before it.
    Recording own;
};

struct TriedCuts {
    std::vector<Recovery> recoveries;  // from cuts before a call; by run, by call
    std::vector<Recovery> torn;        // from cuts in a call; likewise, then by tear
    std::uint32_t every = 1;           // calls between two of `recoveries`
    std::uint32_t torn_every = 0;      // likewise of `torn`; 0: the scenario has no tears
};

// Cuts the boots of `recording`, which was made from the scenario of `machine`, one after the other
// before each of their calls, and in its first operation with each tear that the scenario explores;
// of long boots, and where a page would grow too large, before every second, third, ... call. Bits
// that a tear leaves without a level read one way or the other, drawn from the seed of the
// exploration.
TriedCuts recoveries_of(ScenarioMachine& machine, const Recording& recording);

// The page without data. InputError if it was not built.
std::string viewer_template();

// `page` with its data. `cuts` may be empty.
std::string run_page(const std::string& page, const Recording& recording, const TriedCuts& cuts);

struct ExploredView {
    const ScenarioMachine& machine;
    const Exploration& exploration;
    const Graph& graph;
    std::string recorded;  // what the recording shows: the scenario, or the way to a finding
};
// The same with an exploration in front of a recording.
std::string exploration_page(const std::string& page, const ExploredView& explored,
                             const Recording& recording, const TriedCuts& cuts);

}  // namespace brownout::sim
