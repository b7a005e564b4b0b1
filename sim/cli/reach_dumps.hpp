// brownout explore --reach: which sequence of power cuts leads to the dumps of a device.
#pragma once

#include <sim/error.hpp>
#include <sim/exploration.hpp>

#include <string>
#include <vector>

namespace brownout::sim::cli {

struct ReachGiven {
    std::string scenario;
    std::vector<std::string> dumps;  // FILE[@PLACE][+OFFSET]
    std::string out_dir = ".";
    ExploreLimits limits;
};

// Prints the shortest way to the nearest state and writes it as a scenario. kHolds: that state is
// exactly the dump. kCheckFailed: nothing explored is. kIncomplete: nothing is so far.
ExitCode reach_dumps(const ReachGiven& given);

}  // namespace brownout::sim::cli
