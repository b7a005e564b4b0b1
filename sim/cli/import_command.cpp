// brownout import: what a build produced becomes a scenario.
#include "commands.hpp"

#include <sim/error.hpp>
#include <sim/ncs_import.hpp>

#include <iostream>
#include <memory>

namespace brownout::sim::cli {

void add_import(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const command =
        app.add_subcommand("import", "make a scenario from what a build left");
    command->require_subcommand(0, 1);
    command->callback([command] {
        if (command->get_subcommands().empty()) {
            throw InputError("import of what? brownout import ncs BUILD_FOLDER");
        }
    });
    CLI::App* const ncs = command->add_subcommand(
        "ncs", "a build folder of the nRF Connect SDK: prints the scenario");
    struct Given {
        std::string folder, extract_to, update = "application";
    };
    const auto given = std::make_shared<Given>();
    ncs->add_option("build_folder", given->folder, "the folder that west build wrote to")
        ->required();
    ncs->add_option("--extract", given->extract_to,
                    "folder for an image that lies in dfu_application.zip alone");
    ncs->add_option("--update", given->update,
                    "nRF5340 with one slot for both cores: whose update, application (default) or "
                    "network")
        ->check(CLI::IsMember({"application", "network"}));
    ncs->callback([given, &exit_code] {
        const NcsImport result =
            import_ncs_build(given->folder, {given->extract_to, given->update == "network"});
        std::cout << result.yaml;
        for (const std::string& note : result.notes) {
            std::cerr << "note: " << note << '\n';
        }
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
