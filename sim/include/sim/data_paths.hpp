// Where the program finds what belongs to it: in the build tree, and after install.
#pragma once

#include <boot/core_abi.h>

#include <filesystem>

namespace brownout::sim {

// The file of the running program. InputError if the system does not tell (/proc is missing).
std::filesystem::path program_file();

// The built-in firmware image of a kind: brownout_core.so or brownout_app.so. Looked for in the
// folder that the environment variable BROWNOUT_FIRMWARE_DIR names (there alone, if it is set),
// beside the program, one folder above it, and in the library folder of its installation.
// InputError if it is in none of them.
std::filesystem::path builtin_firmware(boot_firmware_kind kind);

}  // namespace brownout::sim
