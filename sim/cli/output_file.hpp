// Writing files that the user asked for, without losing one that is there.
#pragma once

#include <filesystem>
#include <string>

namespace brownout::sim::cli {

// "-" is standard output. Replaces a file of this name as a whole or not at all; InputError if it
// cannot be written.
void write_output(const std::filesystem::path& path, const std::string& text);

}  // namespace brownout::sim::cli
