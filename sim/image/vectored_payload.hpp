// Payloads that know where they run.
#pragma once

#include <sim/image.hpp>

namespace brownout::sim {

// Seeded bytes; with ImageSpec::vectors, a vector table and firmware information in them.
// InputError: the payload is too short for them.
std::vector<std::uint8_t> payload_with_vectors(const ImageSpec& spec);

}  // namespace brownout::sim
