// brownout import: what a build produced becomes a scenario.
#include "commands.hpp"

#include <sim/ncs_import.hpp>

#include <iostream>
#include <memory>

namespace brownout::sim::cli {

void add_import(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const import = app.add_subcommand("import", "make a scenario from what a build left");
    import->require_subcommand(1);
    CLI::App* const ncs =
        import->add_subcommand("ncs", "a build folder of the nRF Connect SDK: prints the scenario");
    struct Given {
        std::string folder, extract_to;
    };
    const auto given = std::make_shared<Given>();
    ncs->add_option("build_folder", given->folder, "the folder that west build wrote to")
        ->required();
    ncs->add_option("--extract", given->extract_to,
                    "folder for an image that lies in dfu_application.zip alone");
    ncs->callback([given, &exit_code] {
        const NcsImport result = import_ncs_build(given->folder, given->extract_to);
        std::cout << result.yaml;
        for (const std::string& note : result.notes) {
            std::cerr << "note: " << note << '\n';
        }
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
