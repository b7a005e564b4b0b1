// Checks: what must hold at every node of an exploration. Each says what it verifies and what it
// does not.
#pragma once

#include <sim/exploration.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

class Check {
public:
    virtual ~Check() = default;
    virtual std::string_view name() const = 0;
    virtual std::string_view verifies() const = 0;
    virtual std::string_view does_not_verify() const = 0;

    // A sentence if the uncut boot of `node` breaks the rule.
    virtual std::optional<std::string> judge(const Graph& graph, const Node& node) const = 0;

    // Does it ask for Node::next, of this node and of those that follow?
    virtual bool looks_ahead() const { return false; }

    // What a replay expects after the last reset instead.
    virtual ExpectStep expectation(const Graph& graph, const Node& node,
                                   const ScenarioMachine& machine) const;
};

// The default checks, in the order of reports.
std::vector<std::unique_ptr<Check>> default_checks();
// Those that a scenario may ask for besides; budgets and checks of its own are not among them.
std::vector<std::unique_ptr<Check>> optional_checks();
// Those of scenarios with a network core, where they are default checks too. Without a machine they
// can be listed but not asked; it must outlive them.
std::vector<std::unique_ptr<Check>> network_checks(const ScenarioMachine* machine = nullptr);
// All of these.
std::vector<std::unique_ptr<Check>> named_checks(const ScenarioMachine* machine = nullptr);

// In a list of names: all of them.
inline constexpr const char* kDefaultChecks = "default";

// What the scenario asks for: named or default checks, its own ones, budgets. `machine` must
// outlive them.
std::vector<std::unique_ptr<Check>> checks_of(const ScenarioMachine& machine);

// The checks of these names, `default` left out; InputError for an unknown one.
std::vector<std::unique_ptr<Check>> checks_named(const std::vector<Expected>& names,
                                                 const ScenarioMachine* machine = nullptr);

// How many uncut boots it takes from `start` until a boot changes nothing; nullopt: never.
std::optional<std::uint32_t> boots_to_rest(const Graph& graph, std::uint32_t start);

}  // namespace brownout::sim
