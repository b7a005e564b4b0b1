// What is known of a build folder while it is read: plain data, filled by one file of this room for
// each subject, in the order of the functions below.
#pragma once

#include "import/dts_file.hpp"
#include "import/kconfig_file.hpp"

#include <sim/image.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// Of the nRF5340, as its network core sees it.
inline constexpr std::uint32_t kNetworkFlashAddress = 0x0100'0000;

enum class NcsHome { kInternal, kExternal, kRam, kNetwork };

struct NcsSlot {
    std::string name;
    NcsHome home = NcsHome::kInternal;
    std::uint32_t address = 0;  // in its device
    std::uint32_t size_bytes = 0;
};

// The board that is nearest to the product's, and what its kit has as external memory.
struct NcsKit {
    std::string soc;       // as Kconfig spells it: "nrf52840"
    std::string board;     // without external memory
    std::string external;  // with that of the kit
    std::string device;    // which is called so there
    std::string part;      // and is this part
    bool has_qspi = false;
};

struct NcsEncryption {
    std::string type;           // as in boot: encryption
    std::filesystem::path key;  // empty: none that can be used
    bool has_aes256 = false;
    bool saves_tlv = false;
};

// An image of the build: a file, or (network core) what stands for one.
struct NcsImage {
    std::filesystem::path file;
    ImageInfo info;
    bool is_generated = false;  // the file cannot be used as it is
};

enum class NcsNetwork { kNone, kSequential, kSimultaneous };

struct NcsBuild {
    std::filesystem::path folder;
    std::filesystem::path extract_to;  // empty: nothing may be extracted
    bool wants_network = false;        // the update of the network core, where one slot has both

    KconfigFile config;  // of the bootloader
    std::string strategy;
    NcsKit kit;
    std::string log;
    int release = 0;  // major * 100 + minor; 0: unknown
    NcsNetwork network = NcsNetwork::kNone;
    std::optional<NcsEncryption> encryption;

    std::vector<NcsSlot> slots;
    std::optional<DtsFlashPart> flash_part;
    std::string part_name;  // of scenarios/parts; empty: not identified

    NcsImage image;
    std::optional<NcsImage> network_image;
    std::string signing_key;  // that both images are signed with; empty: not checked

    std::vector<std::string> sources;  // files that were read
    std::vector<std::string> notes;    // what is not known, or assumed

    void note(std::string sentence) { notes.push_back(std::move(sentence)); }
    void was_read(const std::filesystem::path& file) { sources.push_back(file.string()); }
    const NcsSlot* slot(const std::string& name) const;
    bool has_home(NcsHome home) const;
};

// ---- looking for files (ncs_folder.cpp)
// ----------------------------------------------------------

// Folders that may hold the application's build, the most likely first: the default domain of
// sysbuild, the top, others that are neither a bootloader nor for the network core.
std::vector<std::filesystem::path> application_folders(const NcsBuild& build);

// The first of `names` in the first of the folders that has one.
std::optional<std::filesystem::path> first_file(const std::vector<std::filesystem::path>& folders,
                                                const std::vector<std::string>& names);

// Files at the top whose name begins and ends like this, ascending.
std::vector<std::filesystem::path> files_like(const std::filesystem::path& folder,
                                              const std::string& first, const std::string& last);

// ---- subjects
// ------------------------------------------------------------------------------------

void read_bootloader(NcsBuild& build);       // ncs_bootloader.cpp: what its .config says
void read_partitions(NcsBuild& build);       // ncs_partitions.cpp
void read_flash_part(NcsBuild& build);       // ncs_flash_part.cpp: the external memory
void read_images(NcsBuild& build);           // ncs_images.cpp, and the key
std::string scenario_text(NcsBuild& build);  // ncs_scenario.cpp; adds notes

}  // namespace brownout::sim
