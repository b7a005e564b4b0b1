#include <sim/data_paths.hpp>

#include <sim/error.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> firmware_folders()
{
    if (const char* chosen = std::getenv("BROWNOUT_FIRMWARE_DIR")) {
        return {chosen};
    }
    const fs::path program_folder = program_file().parent_path();
    return {program_folder, program_folder.parent_path(),
            program_folder.parent_path() / BROWNOUT_FIRMWARE_SUBFOLDER};
}

}  // namespace

fs::path program_file()
{
    std::error_code error;
    fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) {
        throw InputError("/proc/self/exe cannot be read: Brownout needs /proc to be mounted");
    }
    return program;
}

fs::path builtin_firmware(boot_firmware_kind kind)
{
    const char* const name = kind == BOOT_FIRMWARE_LOADER           ? "brownout_core.so"
                             : kind == BOOT_FIRMWARE_NETWORK_LOADER ? "brownout_b0n.so"
                                                                    : "brownout_app.so";
    std::string places;
    for (const fs::path& folder : firmware_folders()) {
        if (fs::exists(folder / name)) {
            return folder / name;
        }
        places += (places.empty() ? "" : ", ") + folder.string();
    }
    throw InputError(fmt::format("The built-in firmware {} is in none of these folders: {}. "
                                 "BROWNOUT_FIRMWARE_DIR can name another one.",
                                 name, places));
}

}  // namespace brownout::sim
