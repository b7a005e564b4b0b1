// Work spread over processes: a worker that crashes costs one piece of work, never the run.
//
// Workers are forked from the caller, so they see its memory as shared pages and need no copy.
// Somebody may kill a worker from outside; code that kills its process does it again. So work that
// a process died of is tried once more, alone in a process of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace brownout::sim {

struct WorkResult {
    std::optional<std::string> answer;  // what `work` returned; nullopt: its process died, twice
    std::string death;                  // how, for people: "signal 11 (Segmentation fault)"
};

// Calls `work` for 0 .. count-1 in `jobs` forked processes (at most 64) and `done` in this one, in
// order. `work` must not throw. `should_stop` is asked about ten times a second and after every
// result: once it says so, nothing more is delivered and the workers are gone on return.
void run_in_workers(std::size_t count, unsigned jobs,
                    const std::function<std::string(std::size_t index)>& work,
                    const std::function<void(std::size_t index, WorkResult)>& done,
                    const std::function<bool()>& should_stop = {});

}  // namespace brownout::sim
