// The sections of a scenario file, one file each; scenario_keys.cpp puts them together.
#pragma once

#include "image_place.hpp"
#include "key_table.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

const KeyTable<Scenario>& scenario_keys();

Key<Scenario> boot_key();           // boot_keys.cpp
Key<Scenario> partitions_key();     // partition_keys.cpp
Key<Scenario> images_key();         // image_keys.cpp
Key<Scenario> flash_key();          // flash_keys.cpp
Key<Scenario> steps_key();          // step_keys.cpp
Key<Scenario> explore_key();        // explore_keys.cpp
Key<Scenario> app_key();            // app_keys.cpp
Key<Scenario> matrix_key();         // matrix_keys.cpp
Key<Scenario> image_manager_key();  // smp_keys.cpp
Key<Scenario> seeds_key();          // seed_keys.cpp

// A scenario from a tree; `path` as for parse_scenario(). InputError with its first error.
Scenario scenario_from_tree(const YamlNode& root, const std::filesystem::path& path);

// What no table can check: names that refer to each other, sizes that must fit. Only for a
// scenario that was read without an error.
void check_scenario(Reader& reader, const Scenario& scenario);

// The range that an initial content goes to: a partition or a device that exists.
DumpWindow content_window(const Scenario& scenario, const std::string& name);

// Bytes of an image or of raw content. InputError: unreadable, larger than 256 MiB.
std::vector<std::uint8_t> read_content_file(const std::filesystem::path& path);

// The key pair that ships with Brownout, used where a scenario names none.
std::filesystem::path dev_public_key();
std::filesystem::path dev_private_key();

}  // namespace brownout::sim
