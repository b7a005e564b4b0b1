// Partitions that come from a file of the nRF Connect SDK:
//     partitions: {file: pm_static.yml, regions: {external_flash: mx25r64}}
#pragma once

#include "key_table.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

// Role and image of a partition from its name; any other name is FLASH_OTHER.
void set_partition_role(Partition& partition);

// Does this value of `partitions` name a file?
bool names_partition_file(const YamlNode& node);

// The partitions of the file, on the devices of the reader's board; bounds are not judged. Takes
// `file` and `regions` out of `node`; what is left are partitions written out.
std::vector<Partition> partitions_of_file(Reader& reader, YamlNode& node);

// Schema of `file` and `regions`.
Json partition_file_properties();

}  // namespace brownout::sim
