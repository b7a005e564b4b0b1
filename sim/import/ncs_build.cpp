// A build folder becomes a scenario: the subjects one after the other, and a look at the result.
#include "import/ncs_parts.hpp"

#include <sim/error.hpp>
#include <sim/ncs_import.hpp>
#include <sim/scenario.hpp>

namespace brownout::sim {

NcsImport import_ncs_build(const std::filesystem::path& build_folder,
                           const NcsImportOptions& options)
{
    NcsBuild build;
    // "build/" has no name of its own to call the scenario by.
    build.folder = build_folder.has_filename() ? build_folder : build_folder.parent_path();
    build.extract_to = options.extract_to;
    build.wants_network = options.updates_network;
    const Place place{build.folder.string()};
    std::error_code error;
    if (!std::filesystem::is_directory(build.folder, error)) {
        throw InputError(place, "is not a folder");
    }
    read_bootloader(build);
    read_partitions(build);
    read_flash_part(build);
    read_images(build);
    if (build.wants_network && (build.network == NcsNetwork::kNone || !build.network_image)) {
        throw InputError(place, "has no update of a network core: it needs CONFIG_PCD_APP in the "
                                "bootloader's .config and an image of the network core");
    }
    NcsImport result;
    result.yaml = scenario_text(build);
    result.notes = build.notes;
    try {
        parse_scenario(result.yaml, build.folder / "imported.yaml");
    } catch (const InputError& problem) {
        throw InputError(place,
                         "no scenario can have what is in this folder: " + problem.sentence());
    }
    return result;
}

}  // namespace brownout::sim
