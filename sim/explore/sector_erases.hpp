// Erases of each sector between two states of one process; states from elsewhere carry no counts.
#pragma once

#include <sim/exploration.hpp>

#include <vector>

namespace brownout::sim {

class EraseCounter {
public:
    // `counts`: false: since() answers nothing. `board` must outlive it.
    EraseCounter(const BoardPlan& board, const MachineState& start, bool counts);

    // Sectors erased since, in the order of devices and offsets.
    std::vector<SectorErases> since(const MachineState& state) const;

private:
    const BoardPlan& board_;
    bool counts_;
    MachineState start_;
};

}  // namespace brownout::sim
