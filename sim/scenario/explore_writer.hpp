// The parts of a scenario about power cuts and chance, as YAML.
#pragma once

#include <sim/scenario.hpp>

namespace YAML {
class Emitter;
}

namespace brownout::sim {

class YamlFields;

// "cut: {...}" in a flow mapping.
void write_cut(YAML::Emitter& out, const StepCut& cut);

// "app: {...}" in the mapping of the scenario.
void write_app(YAML::Emitter& out, const AppMachine& app);

// "explore: ..." in the mapping of the scenario.
void write_explore(YAML::Emitter& out, const ExploreOptions& options);

// "seeds: {...}" in the mapping of the scenario (seed_keys.cpp).
void write_seeds(YamlFields& to, const SeedSweep& sweep);

}  // namespace brownout::sim
