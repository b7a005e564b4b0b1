// Random walks between processes, and the file that keeps what they found.
#pragma once

#include "random_walks.hpp"

namespace brownout::sim {

std::string bytes_of(const Walk& walk);
std::optional<Walk> read_walk(const std::string& bytes);  // nullopt: damaged

// What a state file belongs to: scenario with its images, core, seed.
std::string identity_of(const ScenarioMachine& machine, std::uint64_t seed);

// The file is replaced as a whole or not at all. InputError if it cannot be written.
void write_state_file(const std::filesystem::path& path, const std::string& identity,
                      const std::vector<std::uint8_t>& bytes);

// nullopt: there is none, or no path. InputError if it is damaged, or of another identity.
std::optional<std::vector<std::uint8_t>> read_state_file(const std::filesystem::path& path,
                                                         const std::string& identity);

// InputError unless all of it was read.
void require_whole(const ByteReader& in, const std::filesystem::path& path);

}  // namespace brownout::sim
