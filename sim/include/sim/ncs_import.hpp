// A build folder of the nRF Connect SDK becomes a scenario.
//
// Where things lie in such a folder is from recall and differs by release: child images (1.x and
// 2.x) put the bootloader into mcuboot/ and the application at the top; sysbuild (2.7 and later)
// gives each image a folder; without the Partition Manager (3.x) partitions are in zephyr.dts
// alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

struct NcsImport {
    std::string yaml;                // begins with comments: what was read, what is not known
    std::vector<std::string> notes;  // the same for people
};

// InputError: no build folder, a file in it that cannot be read, no slot of an image found, or a
// layout that no scenario can have (with the loader's sentence). `extract_to`: where images go that
// lie in dfu_application.zip alone; empty: that is an InputError.
NcsImport import_ncs_build(const std::filesystem::path& build_folder,
                           const std::filesystem::path& extract_to);

// ---- the parts of it ----------------------------------------------------------------------------

// CONFIG_NAME=value lines of a .config; quotes taken off. InputError: unreadable.
std::map<std::string, std::string> read_kconfig(const std::filesystem::path& file);

struct DtsPartition {
    std::string label;   // "slot0_partition", of the node
    std::string parent;  // node name of the flash: "flash@0", "mx25r6435f@0"
    bool on_chip = false;
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
};
// Nodes below `compatible = "fixed-partitions"` in a generated zephyr.dts.
std::vector<DtsPartition> parse_dts_partitions(std::string_view text);

// Member `name` of a ZIP archive, stored or deflated. InputError: damaged, missing, too large.
std::vector<std::uint8_t> zip_member(const std::filesystem::path& archive, const std::string& name);
std::vector<std::string> zip_member_names(const std::filesystem::path& archive);

}  // namespace brownout::sim
