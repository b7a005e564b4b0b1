// A build folder of the nRF Connect SDK becomes a scenario.
//
// Where things lie in such a folder is from recall and differs by release: child images (1.x and
// 2.x) put the bootloader into mcuboot/ and the application at the top; sysbuild (2.7 and later)
// gives each image a folder; without the Partition Manager (3.x) partitions are in zephyr.dts
// alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace brownout::sim {

struct NcsImportOptions {
    // Where images go that lie in dfu_application.zip alone; empty: nothing is extracted.
    std::filesystem::path extract_to;
    // Where one slot serves both cores of an nRF5340: the network core's update, not the
    // application's.
    bool updates_network = false;
};

struct NcsImport {
    std::string yaml;                // begins with comments: what was read, what is not known
    std::vector<std::string> notes;  // the same for people
};

// InputError: no build folder, a file in it that is damaged (with file and line) or cannot be read,
// no slot of an image found, an image that can be had by extraction alone, or a layout that no
// scenario can have (with the loader's sentence).
NcsImport import_ncs_build(const std::filesystem::path& build_folder,
                           const NcsImportOptions& options = {});

}  // namespace brownout::sim
