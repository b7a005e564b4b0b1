// --core: a bootloader core instead of the one that a scenario names.
#pragma once

#include "commands.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim::cli {

void add_core_option(CLI::App& command, std::string& core);

// `core`: a shared object, "builtin", or "" for what the scenario says. InputError: no such file.
void use_core(Scenario& scenario, const std::string& core);

}  // namespace brownout::sim::cli
