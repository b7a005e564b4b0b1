#include "core_option.hpp"

namespace brownout::sim::cli {

void add_core_option(CLI::App& command, std::string& core)
{
    command.add_option("--core", core,
                       "bootloader core (a shared object, see brownout_add_core) instead of the "
                       "scenario's");
}

void use_core(Scenario& scenario, const std::string& core)
{
    if (core.empty()) {
        return;
    }
    if (core == "builtin") {
        scenario.boot.core = core;
        return;
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(core, error)) {
        throw InputError(Place{core}, "there is no such core");
    }
    scenario.boot.core = std::filesystem::absolute(core).string();
}

}  // namespace brownout::sim::cli
