// What one boot did to flash, call by call.
#pragma once

#include <sim/runner.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

struct LoggedCall {
    Call call;
    int result = 0;
    std::uint64_t content = 0;  // digest of what its range holds afterwards
    bool operator==(const LoggedCall& other) const;
};

struct LoggedBoot {
    RunReport report;
    std::vector<LoggedCall> calls;
    std::vector<MachineState> before;  // of each call, if asked for
};

// Boots from `state`, which becomes what the boot leaves.
LoggedBoot logged_boot(ScenarioMachine& machine, MachineState& state, bool keep_states);

// "" if both boots did and ended alike; otherwise the words of the first difference, with up to
// three calls before it.
std::vector<std::string> boot_difference(const ScenarioMachine& first, const LoggedBoot& a,
                                         const ScenarioMachine& second, const LoggedBoot& b);

}  // namespace brownout::sim
