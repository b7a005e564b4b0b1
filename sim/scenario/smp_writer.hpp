// Sessions of management clients, as YAML.
#pragma once

#include <sim/scenario.hpp>

namespace brownout::sim {

class YamlFields;

// Keys of an `smp` step in a mapping, all but its cut.
void write_smp_session(YamlFields& to, const SmpStep& step);

// "image_manager: {...}" in the mapping of the scenario.
void write_image_manager(YamlFields& to, const ImageManagerOptions& options);

}  // namespace brownout::sim
