// Splits a boot into stretches that a person recognises, from its calls alone.
#pragma once

#include <sim/runner.hpp>

namespace brownout::sim {

std::vector<RunPhase> phases_of(const BoardPlan& board, boot_strategy strategy,
                                const std::vector<Call>& calls,
                                const std::vector<models::Duration>& call_ends,
                                const RunReport& report);

}  // namespace brownout::sim
