#include "check_rules.hpp"

#include <algorithm>

namespace brownout::sim {

ExpectStep Check::expectation(const Graph&, const Node&, const ScenarioMachine&) const
{
    return {};
}

std::vector<std::unique_ptr<Check>> default_checks()
{
    std::vector<std::unique_ptr<Check>> checks;
    checks.push_back(make_boots_authentic());
    checks.push_back(make_old_or_new());
    checks.push_back(make_update_completes());
    checks.push_back(make_unconfirmed_reverts());
    checks.push_back(make_confirmed_stays());
    checks.push_back(make_comes_to_rest());
    checks.push_back(make_no_rule_broken());
    return checks;
}

std::vector<std::unique_ptr<Check>> checks_named(const std::vector<Expected>& names)
{
    std::vector<std::unique_ptr<Check>> all = default_checks();
    std::vector<std::unique_ptr<Check>> chosen;
    for (const Expected& wanted : names) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto& check) {
            return check != nullptr && check->name() == wanted.text;
        });
        if (found == all.end()) {
            std::string known;
            for (const auto& check : default_checks()) {
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

}  // namespace brownout::sim
