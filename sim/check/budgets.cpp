#include "check_rules.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

class BootTime final : public Check {
public:
    explicit BootTime(models::Duration limit) : limit_(limit) {}
    std::string_view name() const override { return "boot-time"; }

    std::string_view verifies() const override
    {
        return "No boot that runs through takes longer than explore: budgets: boot_time.";
    }

    std::string_view does_not_verify() const override
    {
        return "Time before the bootloader and after the hand-over; what the models charge no time "
               "for.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.duration <= limit_) {
            return std::nullopt;
        }
        return fmt::format("the boot takes {:.3f} s, {:.3f} s are allowed",
                           models::seconds(node.facts.duration), models::seconds(limit_));
    }

private:
    models::Duration limit_;
};

class WritesPerBoot final : public Check {
public:
    explicit WritesPerBoot(std::uint64_t limit) : limit_(limit) {}
    std::string_view name() const override { return "writes-per-boot"; }

    std::string_view verifies() const override
    {
        return "No boot that runs through needs more flash operations (words or pages programmed, "
               "sectors erased) than explore: budgets: operations_per_boot.";
    }

    std::string_view does_not_verify() const override
    {
        return "How often cuts make a boot begin again.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.operations <= limit_) {
            return std::nullopt;
        }
        return fmt::format("the boot needs {} flash operations, {} are allowed",
                           node.facts.operations, limit_);
    }

private:
    std::uint64_t limit_;
};

}  // namespace

void add_budget_checks(const ExploreBudgets& budgets, const ScenarioMachine& machine,
                       std::vector<std::unique_ptr<Check>>& checks)
{
    if (budgets.boot_time) {
        checks.push_back(std::make_unique<BootTime>(*budgets.boot_time));
    }
    if (budgets.operations_per_boot) {
        checks.push_back(std::make_unique<WritesPerBoot>(*budgets.operations_per_boot));
    }
    if (budgets.upgrades_per_lifetime) {
        checks.push_back(make_wear(*budgets.upgrades_per_lifetime, machine.machine().board()));
    }
}

}  // namespace brownout::sim
