// Does a bootloader core serve a scenario? By the table that it exports.
#pragma once

#include <sim/error.hpp>
#include <sim/machine.hpp>

#include <string>

namespace brownout::sim {

// Thrown where a scenario is loaded for a core that was not built for it.
class CoreMismatch : public InputError {
public:
    using InputError::InputError;
};

// Why the core cannot serve; "" if it can.
std::string core_mismatch(const boot_firmware& core, const boot_config& config,
                          const BoardPlan& board);

}  // namespace brownout::sim
