// Where images lie in partitions.
#pragma once

#include <sim/scenario.hpp>

namespace brownout::sim {

// Offset of an image in a partition when none is written: 0, or the second sector of a secondary
// slot of swap-offset.
std::uint32_t default_image_offset(const Scenario& scenario, const Partition& partition);

}  // namespace brownout::sim
