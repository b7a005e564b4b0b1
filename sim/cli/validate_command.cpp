// brownout validate: are these scenario files good? All errors of each, or one line.
#include "commands.hpp"

#include <sim/scenario.hpp>
#include <sim/suite.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace brownout::sim::cli {

namespace {

// Files that the scenario names, and what its matrix makes of it: the first that is no good throws.
// Random scenarios are made, not written: there is nothing to check.
void validate_what_it_leads_to(const std::string& file, const Scenario& scenario)
{
    boot_setup(scenario);
    if (scenario.matrix && !scenario.matrix->random) {
        suite_entries({file}, {});
    }
}

bool validate(const std::string& file)
{
    std::vector<InputError> errors = scenario_errors(file);
    if (errors.empty()) {
        const Scenario scenario = load_scenario(file);
        try {
            validate_what_it_leads_to(file, scenario);
            std::cout << fmt::format("{}: ok: {}, {} steps\n", file, scenario.name,
                                     scenario.steps.size());
        } catch (const InputError& error) {
            errors.push_back(error);
        }
    }
    for (const InputError& error : errors) {
        fmt::print(stderr, "{}\n", error.what());
    }
    return errors.empty();
}

struct ValidateOptions {
    std::vector<std::string> files;
    bool schema = false;
};

ExitCode run(const ValidateOptions& options)
{
    if (options.schema) {
        std::cout << scenario_schema_json();
        return ExitCode::kHolds;
    }
    if (options.files.empty()) {
        throw InputError("validate needs at least one scenario file, or --schema");
    }
    bool good = true;
    for (const std::string& file : options.files) {
        good = validate(file) && good;
    }
    return good ? ExitCode::kHolds : ExitCode::kBadInput;
}

}  // namespace

void add_validate(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const command =
        app.add_subcommand("validate", "check scenario files and list every error in them");
    const auto options = std::make_shared<ValidateOptions>();
    command->add_option("files", options->files, "scenario files");
    command->add_flag("--schema", options->schema, "print the JSON Schema of scenario files");
    command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace brownout::sim::cli
