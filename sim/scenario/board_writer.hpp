// Boards and their external parts as YAML that reads to the same boards.
#pragma once

#include <sim/scenario.hpp>

namespace YAML {
class Emitter;
}

namespace brownout::sim {

// `board:` of a scenario; file names are made relative to `directory`.
void write_board(YAML::Emitter& out, const Scenario& scenario,
                 const std::filesystem::path& directory);

// `devices:` of a scenario; nothing if it changes none.
void write_device_changes(YAML::Emitter& out, const Scenario& scenario);

}  // namespace brownout::sim
