// netcore: how the network core is updated. Its key, its checks, its writer, and the plan it makes.
#pragma once

#include "key_table.hpp"
#include "yaml_fields.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

Key<Scenario> netcore_key();

// What refers to partitions and devices; for a scenario that has no other error.
void check_netcore(Reader& reader, const Scenario& scenario);

// BoardPlan::network of a checked scenario; `plan.areas` are set.
NetworkPlan network_plan(const Scenario& scenario, const BoardPlan& plan);

void write_netcore(YamlFields& fields, const NetcoreOptions& netcore);

}  // namespace brownout::sim
