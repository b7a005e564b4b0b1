// A SPI NAND part of a board, and how its driver is built. Plain data.
#pragma once

#include <boot/driver_options.h>
#include <models/spi_nand.hpp>

#include <cstdint>
#include <optional>

namespace brownout::sim {

struct NandPlan {
    std::optional<models::SpiNandData> data;  // nullopt: the part is no NAND
    models::SpiNandOptions options;
    // Blocks behind each partition that replace bad ones; no other partition may lie there.
    std::uint32_t reserve_blocks = 2;
    bool ecc = true;  // the driver switches it on
    // Filled in when the board is wired (wire_external_parts()) and, regions, when its partitions
    // are known (set_nand_regions()).
    spi_nand_options driver{};
};

}  // namespace brownout::sim
