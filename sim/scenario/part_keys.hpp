// Part files: what distinguishes one memory part from another, with the source of every figure.
#pragma once

#include "key_table.hpp"

#include <sim/external_plan.hpp>

#include <filesystem>

namespace brownout::sim {

// The keys of a SPI NOR part file: the members of models::SpiNorData, one to one.
const KeyTable<models::SpiNorData>& spi_nor_part_keys();

// The same for a SPI NAND part, with `kind: spi-nand`.
const KeyTable<models::SpiNandData>& spi_nand_part_keys();

// `text`, as a board wrote it at `node`: the name of a part of the data directory, or a path.
// Fills in the path of its file and the data. False: errors were recorded, in the part file or at
// `node`.
bool read_part(Reader& reader, const YamlNode& node, const std::string& text,
               ExternalPlan& external);
// The same for a part that has to be a SPI NOR.
bool read_part(Reader& reader, const YamlNode& node, const std::string& text,
               std::filesystem::path& file, models::SpiNorData& part);

}  // namespace brownout::sim
