// Factories of the checks, one per file.
#pragma once

#include <sim/check.hpp>

namespace brownout::sim {

std::unique_ptr<Check> make_boots_authentic();
std::unique_ptr<Check> make_old_or_new();
std::unique_ptr<Check> make_update_completes();
std::unique_ptr<Check> make_unconfirmed_reverts();
std::unique_ptr<Check> make_confirmed_stays();
std::unique_ptr<Check> make_no_rollback();
std::unique_ptr<Check> make_dependencies_met();
std::unique_ptr<Check> make_comes_to_rest();
std::unique_ptr<Check> make_no_rule_broken();
std::unique_ptr<Check> make_quiet_at_rest();

// That this image of the scenario boots; nothing if it is none of them.
ExpectStep expect_boots(const ScenarioMachine& machine, std::int32_t image);

// Of scenarios with a network core; `machine` must outlive them.
void add_network_checks(const ScenarioMachine& machine,
                        std::vector<std::unique_ptr<Check>>& checks);

// Those that are asked for, at the end of `checks`. `machine` must outlive them.
void add_budget_checks(const ExploreBudgets& budgets, const ScenarioMachine& machine,
                       std::vector<std::unique_ptr<Check>>& checks);

// `board` must outlive the check.
std::unique_ptr<Check> make_wear(std::uint64_t upgrades, const BoardPlan& board);

// `machine` must outlive the check.
std::unique_ptr<Check> make_custom(const CustomCheck& rule, const ScenarioMachine& machine);

}  // namespace brownout::sim
