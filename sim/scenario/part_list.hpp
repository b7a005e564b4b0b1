// The parts that ship with Brownout.
#pragma once

#include <string>
#include <vector>

namespace brownout::sim {

// Names of the parts of the data directory, ascending.
std::vector<std::string> part_names();

}  // namespace brownout::sim
