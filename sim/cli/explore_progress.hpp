// Progress on a terminal, and what Ctrl-C means to an exploration.
#pragma once

#include <sim/exploration.hpp>

namespace brownout::sim::cli {

// From now on Ctrl-C (and what a CI system sends at its time limit) sets interrupted(); the
// exploration ends with what it has. A second one ends the program.
void catch_interrupts();
const std::atomic<bool>& interrupted();

// Shows progress while it lives, if standard error is a terminal.
class ShownProgress {
public:
    ShownProgress();
    ~ShownProgress();
    ShownProgress(const ShownProgress&) = delete;
    ShownProgress& operator=(const ShownProgress&) = delete;

    std::function<void(const ExploreProgress&)> listener() const;

private:
    bool on_terminal_;
};

}  // namespace brownout::sim::cli
