// Suites: scenario files and what their matrices make of them.
#pragma once

#include <sim/scenario.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace brownout::sim {

struct SuiteEntry {
    std::uint64_t index = 0;                                   // in the suite, from 0
    std::vector<std::pair<std::string, std::string>> variant;  // what the matrix chose, for reports
    Scenario scenario;
};

// Every scenario of the files, in their order and that of their matrices (the first axis changes
// slowest): always the same list. A file without matrix is one scenario. `seed` takes the place of
// the seeds of random matrices. InputError: as load_scenario(); a matrix that names no key, or
// stands for more than kSuiteEntriesMax scenarios.
std::vector<SuiteEntry> suite_entries(const std::vector<std::string>& files,
                                      std::optional<std::uint64_t> seed);

inline constexpr std::size_t kSuiteEntriesMax = 100'000;

// "Swap, [swap-move, 4096]": the scenario's name and what was chosen.
std::string entry_name(const SuiteEntry& entry);

// The largest image, from header to the end of its TLVs, that the bootloader of `scenario` accepts
// in the secondary slot, by the rules of MCUboot 2.4; at most what leaves the trailers alone.
std::uint32_t largest_image_bytes(const Scenario& scenario);

// Payload sizes at which the image `name` ends one byte before, at, and one byte after an edge: of
// the first, second and last sector that it can use, and the largest image; ascending.
std::vector<std::uint32_t> edge_payload_bytes(const Scenario& scenario, const std::string& name);

}  // namespace brownout::sim
