// One scenario of a random matrix.
#pragma once

#include <sim/scenario.hpp>

namespace brownout::sim {

// A board of one or two devices of plain flash, partitions, images and steps, chosen by `seed` and
// `index` alone and such that every update can be installed. Images are not signed. Of
// `base` it keeps fixes and mutant, and how it is explored.
Scenario random_scenario(const Scenario& base, std::uint64_t seed, std::uint64_t index);

}  // namespace brownout::sim
