// A scenario with its secondary slot on a SPI NOR part.
#pragma once

#include <sim/runner.hpp>

#include <fmt/format.h>

#include <string>

namespace brownout::sim {

struct ExternalScenario {
    std::string board = "nrf52840dk-spim2";
    std::string device = "mx25r64";
    std::string changes = "{times: typical}";  // to the part
    std::uint32_t slot_bytes = 0x8000;
    std::uint32_t payload_bytes = 6000;
    std::string damage;  // of the new image
    std::string flash = "mcuboot_primary: v1";

    Scenario load() const
    {
        return parse_scenario(fmt::format(R"(scenario: external
board: {}
devices: {{{}: {}}}
partitions:
  mcuboot_primary:   {{address: 0xC000, size: {}}}
  mcuboot_secondary: {{address: 0x0, size: {}, device: {}}}
boot: {{strategy: swap-move, signature: {{type: none}}, max_image_sectors: 128}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: {}, seed: v1}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: {}, seed: v2{}}}}}
flash: {{{}}}
steps:
  - upload: {{image: v2, to: mcuboot_secondary}}
  - request_upgrade: {{type: permanent}}
  - reset:
)",
                                          board, device, changes, slot_bytes, slot_bytes, device,
                                          payload_bytes, payload_bytes, damage, flash),
                              "external.yaml");
    }
};

}  // namespace brownout::sim
