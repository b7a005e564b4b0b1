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

// What the next boot makes of a power cut before a call of a boot that was not cut. Really booted.
struct Recovery {
    std::uint32_t run = 0;   // index in Recording::runs
    std::uint32_t call = 0;  // of that run: the power fails before it
    // From its end backwards the recovery does what the run did: calls `joins` .. of the run, with
    // the same effect. `own` keeps what comes before that; call_count of the run: all of it.
    std::uint32_t joins = 0;
    models::Duration shift{};  // of the common calls: time in the recovery less that in the run
    bool authentic = false;    // it started an authentic image
    Recording own;             // of one run; its log lines and outcome are those of the whole run
};

struct CutPoints {
    std::vector<Recovery> recoveries;  // by run, by call
    std::uint32_t every = 1;           // calls between two of them
};

// Cuts the boots of `recording`, which was made from the scenario of `machine`, one after the other
// before each of their calls; of long ones before every second, third, ...
CutPoints recoveries_of(ScenarioMachine& machine, const Recording& recording);

// The page without data. InputError if it was not built.
std::string viewer_template();

// `page` with its data. `cuts` may be empty.
std::string run_page(const std::string& page, const Recording& recording, const CutPoints& cuts);

struct ExploredView {
    const ScenarioMachine& machine;
    const Exploration& exploration;
    const Graph& graph;
    std::string recorded;  // what the recording shows: the scenario, or the way to a finding
};
// The same with an exploration in front of a recording.
std::string exploration_page(const std::string& page, const ExploredView& explored,
                             const Recording& recording, const CutPoints& cuts);

}  // namespace brownout::sim
