// Fewer states where the network core's slot is half written.
//
// Its bootloader erases and writes page after page, so every sequence of cuts leaves another
// mixture, and their number is exponential in the pages. As long as the update is requested, the
// next boot writes all these pages again before anybody reads them: what they hold makes no
// difference. So they are forgotten: one state stands for all mixtures. That nobody reads them is
// not assumed but checked: a run notes a read of a forgotten page before its erase, and the network
// core then counts as one that starts a mixture.
#pragma once

#include <sim/scenario_machine.hpp>

namespace brownout::sim {

// For a state whose network slot holds no whole image.
void forget_half_written_network_image(const ScenarioMachine& machine, MachineState& state);

}  // namespace brownout::sim
