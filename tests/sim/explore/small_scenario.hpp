// Small scenarios for explorations: two slots of an nRF52840, images of two sectors.
#pragma once

#include <sim/check.hpp>
#include <sim/exploration.hpp>
#include <sim/replay.hpp>
#include <sim/runner.hpp>
#include <sim/scenario.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace brownout::sim {

struct SmallScenario {
    std::string strategy = "swap-move";
    std::string core = "builtin";
    std::string mutant = "none";
    std::string type = "permanent";
    std::string granularity = "calls";
    std::string during = "reset";
    std::uint32_t old_bytes = 3000;
    std::uint32_t new_bytes = 5000;
    std::string confirm;  // "- confirm:" to offer it
    std::string damage;   // of the new image
    std::string more;     // further keys of the scenario
    std::string boot;     // further keys of the bootloader, after a comma
    std::string new_version = "2.0.0";

    Scenario load() const
    {
        const std::string text =
            fmt::format(R"(scenario: small
board: nrf52840dk
partitions:
  mcuboot_primary:   {{address: 0x10000, size: 0x6000}}
  mcuboot_secondary: {{address: 0x20000, size: 0x6000}}
boot: {{core: {}, strategy: {}, signature: {{type: none}}, max_image_sectors: 8, mutant: {}{}}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: {}, seed: v1}}}}
  v2: {{generate: {{version: {}, payload_bytes: {}, seed: v2{}}}}}
flash: {{mcuboot_primary: v1}}
steps:
  - upload: {{image: v2, to: mcuboot_secondary}}
  - request_upgrade: {{type: {}}}
  - reset:
  {}
explore: {{during: [{}], granularity: {}}}
{})",
                        core, strategy, mutant, boot, old_bytes, new_version, new_bytes, damage,
                        type, confirm, during, granularity, more);
        return parse_scenario(text, "small.yaml");
    }
};

inline Exploration explore_all(ScenarioMachine& machine, Graph* graph = nullptr, unsigned jobs = 2,
                               ExploreLimits limits = {})
{
    static const std::atomic<bool> never{false};
    limits.jobs = jobs;
    return explore(machine, limits, {}, never, graph);
}

inline Exploration explore_all(const SmallScenario& scenario)
{
    ScenarioMachine machine(scenario.load());
    return explore_all(machine);
}

// What `brownout replay` says of its file.
inline bool still_fails(const Finding& finding)
{
    ScenarioMachine machine(parse_scenario(to_yaml(finding.repro, "x.yaml"), "x.yaml"));
    return !run_scenario(machine, nullptr).holds || !failed_checks(machine).empty();
}

inline bool finds(const Exploration& exploration, const std::string& check)
{
    return std::any_of(exploration.findings.begin(), exploration.findings.end(),
                       [&](const Finding& finding) { return finding.check == check; });
}

}  // namespace brownout::sim
