// Whole files, gzip-compressed or as they are.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace brownout::sim {

// The content of a file. InputError: missing, not readable, longer than `bytes_max`.
std::string read_whole_file(const std::filesystem::path& path, std::size_t bytes_max);

// The same, decompressed; `bytes_max` bounds what comes out. InputError also for damaged gzip data.
std::string read_gzip_file(const std::filesystem::path& path, std::size_t bytes_max);

// Best compression, no name, no time: the same text gives the same file.
void write_gzip_file(const std::filesystem::path& path, std::string_view text);

}  // namespace brownout::sim
