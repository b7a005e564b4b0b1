// What the application may do after a boot: a machine without memory whose choice is free.
//
// Without `app:` in the scenario, what its steps offer: to confirm the new image when it runs, or
// to request the upgrade when the old one does, of all images in the order of the steps. With it:
// any of these, an upgrade requested again after a revert, and another upload once an upgrade is
// over. Doing nothing, as when a self-test fails, is the completed boot itself.
#pragma once

#include <sim/exploration.hpp>

#include <vector>

namespace brownout::sim {

struct AppAction {
    EdgeLabel label;  // run, permanent, image
    Story after;      // once it completed
};

// `story` is that after the boot, `state` what it left.
std::vector<AppAction> app_actions(const ScenarioMachine& machine, const Graph& graph,
                                   const BootFacts& boot, const Story& story,
                                   const MachineState& state);

// The request_upgrade steps of the scenario, which label.image counts, from number `first` to the
// last that comes before another reset.
std::vector<RequestUpgradeStep> requests_in_a_row(const Scenario& scenario, std::int16_t first);

// Executes the request, confirmation or upload by the application that `label` says after a boot
// that ended in `booted`. Of several requests in a row, the last alone.
RunReport run_action(ScenarioMachine& machine, const EdgeLabel& label, const Outcome& booted,
                     MachineState& state, RunOptions options);

// The step that an action is in a scenario.
UploadStep upload_step(const ScenarioMachine& machine, std::int16_t image);
RequestUpgradeStep request_step(const ScenarioMachine& machine, const EdgeLabel& label);

}  // namespace brownout::sim
