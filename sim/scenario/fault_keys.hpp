// faults: what is wrong with an external part.
#pragma once

#include "key_table.hpp"

#include <sim/external_plan.hpp>

namespace brownout::sim {

const KeyTable<ExternalPlan>& fault_keys();

}  // namespace brownout::sim
