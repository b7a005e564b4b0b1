// Words of a run that its runner and its reports share.
#pragma once

#include <sim/machine.hpp>

#include <string>

namespace brownout::sim {

// "call 13", "op 5312", "1.370000 s": where the power fails in a step.
std::string cut_place_words(const PowerCut& cut);

}  // namespace brownout::sim
