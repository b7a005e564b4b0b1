// brownout list: what can be named in a scenario, and the scenarios that ship.
#include "commands.hpp"

#include <sim/check.hpp>
#include <sim/scenario.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace brownout::sim::cli {

namespace {

void print_files(const char* heading, const std::vector<ListedFile>& files)
{
    std::size_t width = 0;
    for (const ListedFile& file : files) {
        width = std::max(width, file.name.size());
    }
    std::cout << fmt::format("{}\n", heading);
    for (const ListedFile& file : files) {
        std::cout << fmt::format("  {:<{}}  {}\n", file.name, width, file.title);
    }
}

template <class Value>
void print_names(const char* heading, std::span<const Named<Value>> names)
{
    std::cout << fmt::format("{}\n", heading);
    for (const Named<Value>& entry : names) {
        std::cout << fmt::format("  {}\n", entry.name);
    }
}

void print_checks(const char* heading, const std::vector<std::unique_ptr<Check>>& checks)
{
    std::cout << heading << '\n';
    for (const std::unique_ptr<Check>& check : checks) {
        std::cout << fmt::format("  {:<34}  {}\n  {:<34}  not: {}\n", check->name(),
                                 check->verifies(), "", check->does_not_verify());
    }
}

void print_all_checks()
{
    print_checks("checks", default_checks());
    print_checks("checks of scenarios with a network core (netcore:), by default as well",
                 network_checks());
    print_checks("checks that a scenario asks for (explore: {checks: [default, NAME]})",
                 optional_checks());
    std::cout << "budgets, checked where explore: budgets names them\n"
                 "  boot_time, operations_per_boot, upgrades_per_lifetime\n";
}

void run()
{
    print_files("boards", list_boards());
    print_files(fmt::format("scenarios (in {})", data_directory().string()).c_str(),
                list_scenarios());
    print_all_checks();
    print_names("strategies", strategy_names());
    print_names("signatures", signature_names());
    print_names("logs (boot: {log: ...})", log_names());
    print_names("outcomes", outcome_names());
    print_names("fixes", fix_names());
    print_names("older (defects of older releases, brought back)", older_names());
    print_names("mutants (deliberate defects, for testing the checks)", mutant_names());
}

}  // namespace

void add_list(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const command =
        app.add_subcommand("list", "list boards, scenarios and the names that scenarios may use");
    command->callback([&exit_code] {
        run();
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
