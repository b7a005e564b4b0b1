// A small device for inspections: sectors of 512 bytes, images of two or three sectors.
#pragma once

#include <sim/inspection.hpp>

#include <fmt/format.h>

#include <string>

namespace brownout::sim {

inline Scenario inspected_device(const std::string& strategy, const std::string& steps)
{
    return parse_scenario(fmt::format(R"(scenario: inspected
board:
  name: small
  devices:
    internal: {{controller: plain, sectors: [{{size: 512, count: 32}}], write_unit: 8}}
partitions:
  mcuboot_primary:   {{address: 0x0, size: 0xC00}}
  mcuboot_secondary: {{address: 0x1000, size: {}}}
  mcuboot_scratch:   {{address: 0x2000, size: 0x400}}
boot: {{strategy: {}, signature: {{type: none}}, max_image_sectors: 8}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 1100, seed: v1, header_bytes: 32}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: 600, seed: v2, header_bytes: 32}}}}
flash: {{mcuboot_primary: v1}}
steps:
  - upload: {{image: v2, to: mcuboot_secondary}}
{})",
                                      strategy == "swap-offset" ? "0xE00" : "0xC00", strategy,
                                      steps),
                          "inspected.yaml");
}

}  // namespace brownout::sim
