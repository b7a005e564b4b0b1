// Partition files of the nRF Connect SDK: pm_static.yml, partitions.yml.
//
// A mapping from names to address, size, region, device and keys that place partitions while
// building. Files are written by hand as well as by the Partition Manager: lists in flow or block
// form, anchors (`&id001`) on lists of children, end addresses that contradict the sizes.
#pragma once

#include <sim/error.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

struct FilePartition {
    std::string name;
    Place place;
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
    std::string region = "flash_primary";
    std::string device;  // label; empty: not given
};

struct PartitionFile {
    std::vector<FilePartition> partitions;  // slots, and leaves outside of slots
    std::vector<std::string> notes;         // what was passed over or contradicts itself
};

// Largest partition file that is read.
inline constexpr std::size_t kPartitionFileBytesMax = 256 * 1024;

// InputError: unreadable, no mapping of partitions, a partition without address or size, a size or
// address that is no 32-bit number. Containers, gaps (EMPTY_n), leftovers named like their region
// and parts of slots are left out.
PartitionFile parse_partition_file(std::string_view text, const std::string& file);
PartitionFile read_partition_file(const std::filesystem::path& path);

// Is this the name of a slot or of the scratch area?
bool is_slot_name(std::string_view name);

}  // namespace brownout::sim
