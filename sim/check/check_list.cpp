#include "check_rules.hpp"

#include <algorithm>

namespace brownout::sim {

ExpectStep Check::expectation(const Graph&, const Node&, const ScenarioMachine&) const
{
    return {};
}

ExpectStep expect_boots(const ScenarioMachine& machine, std::int32_t image)
{
    ExpectStep expect;
    if (image >= 0) {
        expect.boots = Expected{machine.images()[static_cast<std::size_t>(image)].name, {}};
    }
    return expect;
}

std::vector<std::unique_ptr<Check>> default_checks()
{
    std::vector<std::unique_ptr<Check>> checks;
    checks.push_back(make_boots_authentic());
    checks.push_back(make_old_or_new());
    checks.push_back(make_update_completes());
    checks.push_back(make_unconfirmed_reverts());
    checks.push_back(make_confirmed_stays());
    checks.push_back(make_no_rollback());
    checks.push_back(make_dependencies_met());
    checks.push_back(make_comes_to_rest());
    checks.push_back(make_no_rule_broken());
    return checks;
}

std::vector<std::unique_ptr<Check>> optional_checks()
{
    std::vector<std::unique_ptr<Check>> checks;
    checks.push_back(make_quiet_at_rest());
    return checks;
}

std::vector<std::unique_ptr<Check>> named_checks(const ScenarioMachine* machine)
{
    std::vector<std::unique_ptr<Check>> all = default_checks();
    for (auto& check : network_checks(machine)) {
        all.push_back(std::move(check));
    }
    for (auto& check : optional_checks()) {
        all.push_back(std::move(check));
    }
    return all;
}

std::vector<std::unique_ptr<Check>> checks_named(const std::vector<Expected>& names,
                                                 const ScenarioMachine* machine)
{
    std::vector<std::unique_ptr<Check>> all = named_checks(machine);
    std::vector<std::unique_ptr<Check>> chosen;
    for (const Expected& wanted : names) {
        if (wanted.text == kDefaultChecks) {
            continue;
        }
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto& check) {
            return check != nullptr && check->name() == wanted.text;
        });
        if (found == all.end()) {
            std::string known;
            for (const auto& check : named_checks()) {
                known += known.empty() ? "" : ", ";
                known += check->name();
            }
            throw InputError(wanted.place, "there is no check '" + wanted.text +
                                               "', or it is named twice. Checks: " + known);
        }
        chosen.push_back(std::move(*found));
    }
    return chosen;
}

std::vector<std::unique_ptr<Check>> checks_of(const ScenarioMachine& machine)
{
    const ExploreOptions options = machine.scenario().explore.value_or(ExploreOptions{});
    const bool is_default =
        (options.checks.empty() && options.custom_checks.empty()) ||
        std::any_of(options.checks.begin(), options.checks.end(),
                    [](const Expected& name) { return name.text == kDefaultChecks; });
    std::vector<std::unique_ptr<Check>> checks;
    if (is_default) {
        checks = default_checks();
        add_network_checks(machine, checks);
    }
    for (auto& named : checks_named(options.checks, &machine)) {
        checks.push_back(std::move(named));
    }
    for (const CustomCheck& rule : options.custom_checks) {
        checks.push_back(make_custom(rule, machine));
    }
    add_budget_checks(options.budgets, machine, checks);
    return checks;
}

}  // namespace brownout::sim
