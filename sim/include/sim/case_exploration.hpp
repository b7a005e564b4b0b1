// Every sequence of power cuts between the flash calls of a reference case's bootloader.
#pragma once

#include <sim/exploration.hpp>

#include <filesystem>
#include <iosfwd>
#include <map>

namespace brownout::sim {

struct CaseExploreOptions {
    std::filesystem::path file;
    std::string id;                     // which case of the file; empty: its only one
    std::optional<std::uint32_t> step;  // index in `steps` of the case; default: its first boot
    ExploreLimits limits;               // jobs and stop_at_first mean nothing here
};

// Nodes are the contents of all flash at reset, nothing else: the root is what the case has before
// the step; every boot from a node leads to one node per call that it is cut before, and to one by
// running to its end. Steps of the application that the case has later are not part of it.
struct CaseExploration {
    std::string id;
    std::string strategy;
    std::uint32_t step = 0;
    bool closed = false;
    std::string stopped_by;
    std::uint64_t states = 0;      // distinct contents of all flash at reset
    std::uint64_t cut_states = 0;  // those that a power cut leaves; the others only a boot's end
    std::uint64_t cuts = 0;        // of all boots together, explored
    std::uint64_t edges = 0;       // cuts and completed boots
    std::uint64_t boots = 0;
    std::uint32_t depth = 0;  // cuts after which nothing new turns up
    std::uint64_t waiting = 0;
    std::map<std::string, std::uint64_t> ends;  // states by how the uncut boot from them ends
    double elapsed_seconds = 0;
};

// InputError: a file, case or step that is not right, or that the built-in core cannot run.
CaseExploration explore_case(const CaseExploreOptions& options,
                             const std::function<void(const ExploreProgress&)>& progress,
                             const std::atomic<bool>& stop);

void print_case_exploration(const CaseExploration& exploration, std::ostream& out);
std::string case_exploration_json(const CaseExploration& exploration);

}  // namespace brownout::sim
