// Small updates of both cores: an application of 5000 bytes, a network image of 5000 bytes.
#pragma once

#include <sim/exploration.hpp>
#include <sim/runner.hpp>

#include <fmt/format.h>

#include <optional>
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
    std::string more_partitions;
    std::string more_boot;              // further keys of boot
    std::uint32_t running_version = 1;  // firmware_version of net1
    // Uploads and requests of net2 and, simultaneous, app2; nullopt: network image first.
    std::optional<std::string> uploads;
    std::string steps;  // after them; default: one boot
    std::string explore;

    static constexpr const char* kUploadOfOne = "  - upload: {image: net2, to: mcuboot_secondary}\n"
                                                "  - request_upgrade: {type: permanent}\n";
    static constexpr const char* kUploadsOfBoth =
        "  - upload: {image: net2, to: mcuboot_secondary_1}\n"
        "  - upload: {image: app2, to: mcuboot_secondary}\n"
        "  - request_upgrade: {type: permanent, image: 1}\n"
        "  - request_upgrade: {type: permanent}\n";

    static NetScenario simultaneous(std::string switches_on = {})
    {
        NetScenario scenario;
        scenario.switches = std::move(switches_on);
        return scenario;
    }
    static NetScenario sequential(std::string switches_on = {})
    {
        NetScenario scenario = simultaneous(std::move(switches_on));
        scenario.mode = "sequential";
        scenario.strategy = "swap-move";
        return scenario;
    }
    NetScenario with_boots(int count) const
    {
        NetScenario scenario = *this;
        scenario.steps.clear();
        for (int i = 0; i < count; ++i) {
            scenario.steps += "  - reset:\n";
        }
        return scenario;
    }

    Scenario load() const
    {
        const bool both = mode == "simultaneous";
        const std::string text = fmt::format(
            R"(scenario: network core
board: nrf5340dk
partitions:
  mcuboot_primary:     {{address: 0x8000, size: 0x4000}}
  mcuboot_secondary:   {{address: 0x0, size: 0x4000, device: mx25r64}}
{}{}  net_app:             {{address: 0x8800, size: {}, device: network}}
boot: {{strategy: {}, signature: {{type: none}}{}}}
netcore: {{mode: {}, switches: [{}]{}}}
images:
  app1: {{generate: {{version: 1.0.0, payload_bytes: 5000, seed: app1, runs_at: 0x8200}}}}
  app2: {{generate: {{version: 2.0.0, payload_bytes: 5000, seed: app2, runs_at: 0x8200{}}}}}
  net1:
    generate: {{version: 1.0.0, payload_bytes: 5000, seed: net1, runs_at: 0x01008800,
               firmware_version: {}}}
  net2:
    generate: {{version: 2.0.0, payload_bytes: {}, seed: net2, runs_at: {},
               firmware_version: 2{}}}
flash: {{mcuboot_primary: app1, net_app: net1}}
steps:
{}
{}
{})",
            both ? "  mcuboot_primary_1:   {address: 0x0, size: 0x4000, device: ram_flash}\n"
                   "  mcuboot_secondary_1: {address: 0x4000, size: 0x4000, device: mx25r64}\n"
                 : "",
            more_partitions, network_slot_bytes, strategy, more_boot, mode, switches, more_netcore,
            application_more, running_version, network_bytes, network_address, network_damage,
            uploads.value_or(both ? kUploadsOfBoth : kUploadOfOne),
            steps.empty() ? "  - reset:" : steps, explore);
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
