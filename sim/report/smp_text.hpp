// What became of a request of a management client, in lines for people.
#pragma once

#include <sim/runner.hpp>

#include <string>

namespace brownout::sim {

std::string smp_text(const SmpResult& result);

}  // namespace brownout::sim
