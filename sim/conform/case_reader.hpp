// Reads reference cases: *.json (one case) and *.json.gz (one case per line).
#pragma once

#include "reference_case.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

// Every case in a file. InputError: anything that is not as the format says.
std::vector<ReferenceCase> read_case_file(const std::filesystem::path& path);

// One case from its JSON text; `file` is for complaints.
ReferenceCase read_case(std::string_view text, const std::string& file);

// The case files that `paths` name: files themselves, folders with what is directly in them, in
// the order of their names. InputError: a path that does not exist, a folder without cases.
std::vector<std::filesystem::path> find_case_files(const std::vector<std::filesystem::path>& paths);

}  // namespace brownout::sim
