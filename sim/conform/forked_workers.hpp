// Work spread over processes: a worker that crashes costs one piece of work, never the run.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace brownout::sim {

// Calls `work` for 0 .. count-1 in `jobs` forked processes and `done` in this one, in order, with
// what `work` returned; nullopt if the process that worked on it died. `work` must not throw.
void run_in_workers(std::size_t count, unsigned jobs,
                    const std::function<std::string(std::size_t index)>& work,
                    const std::function<void(std::size_t index, std::optional<std::string>)>& done);

}  // namespace brownout::sim
