// Small updates of both cores: an application of 5000 bytes, a network image of 5000 bytes.
#pragma once

#include <sim/exploration.hpp>
#include <sim/runner.hpp>

#include <fmt/format.h>

#include <string>

namespace brownout::sim {

struct NetScenario {
    std::string mode = "simultaneous";
    std::string switches;      // "pcd-fails, ..."
    std::string more_netcore;  // further keys of netcore
    std::string strategy = "overwrite-only-fast";
    std::uint32_t network_bytes = 5000;
    std::uint32_t network_slot_bytes = 0x4000;
    std::string network_address = "0x01008800";
    std::string network_damage;    // further keys of net2
    std::string application_more;  // further keys of app2
    std::string steps;             // after the requests; default: one boot
    std::string explore;

    Scenario load() const
    {
        const bool both = mode == "simultaneous";
        const std::string text = fmt::format(
            R"(scenario: network core
board: nrf5340dk
partitions:
  mcuboot_primary:     {{address: 0x8000, size: 0x4000}}
  mcuboot_secondary:   {{address: 0x0, size: 0x4000, device: mx25r64}}
{}  net_app:             {{address: 0x8800, size: {}, device: network}}
boot: {{strategy: {}, signature: {{type: none}}}}
netcore: {{mode: {}, switches: [{}]{}}}
images:
  app1: {{generate: {{version: 1.0.0, payload_bytes: 5000, seed: app1, runs_at: 0x8200}}}}
  app2: {{generate: {{version: 2.0.0, payload_bytes: 5000, seed: app2, runs_at: 0x8200{}}}}}
  net1:
    generate: {{version: 1.0.0, payload_bytes: 5000, seed: net1, runs_at: 0x01008800,
               firmware_version: 1}}
  net2:
    generate: {{version: 2.0.0, payload_bytes: {}, seed: net2, runs_at: {},
               firmware_version: 2{}}}
flash: {{mcuboot_primary: app1, net_app: net1}}
steps:
  - upload: {{image: net2, to: {}}}
{}  - request_upgrade: {{type: permanent{}}}
{}
{})",
            both ? "  mcuboot_primary_1:   {address: 0x0, size: 0x4000, device: ram_flash}\n"
                   "  mcuboot_secondary_1: {address: 0x4000, size: 0x4000, device: mx25r64}\n"
                 : "",
            network_slot_bytes, strategy, mode, switches, more_netcore, application_more,
            network_bytes, network_address, network_damage,
            both ? "mcuboot_secondary_1" : "mcuboot_secondary",
            both ? "  - upload: {image: app2, to: mcuboot_secondary}\n"
                   "  - request_upgrade: {type: permanent, image: 1}\n"
                 : "",
            "", steps.empty() ? "  - reset:" : steps, explore);
        return parse_scenario(text, "network-core.yaml");
    }
};

// The scenario, run to its end.
struct NetRun {
    explicit NetRun(const NetScenario& scenario)
        : machine(scenario.load()), result(run_scenario(machine, nullptr))
    {
    }

    // Of the last boot.
    const RunReport& boot() const
    {
        for (auto step = result.steps.rbegin();; ++step) {
            if (step->step->kind() == StepKind::kReset) {
                return step->report;
            }
        }
    }
    std::string network() const { return network_words(machine, result.state, *boot().network); }
    std::string network_slot() const
    {
        return machine.slot_text(result.state, *machine.machine().area("net_app"));
    }
    bool logged(const std::string& part) const
    {
        for (const LogLine& line : boot().log) {
            if (line.text.find(part) != std::string::npos) {
                return true;
            }
        }
        return false;
    }

    ScenarioMachine machine;
    ScenarioResult result;
};

}  // namespace brownout::sim
