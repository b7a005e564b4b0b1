#include "commands.hpp"

#include <sim/conform.hpp>

#include <iostream>
#include <memory>

namespace brownout::sim::cli {

void add_conform(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* command = app.add_subcommand(
        "conform", "Replay recorded reference cases on a core and compare call by call");
    const auto options = std::make_shared<ConformOptions>();
    command->add_option("path", options->paths, "Case files (*.json.gz), or folders of them")
        ->required();
    command->add_option("--core", options->loader,
                        "The bootloader to test, a firmware image (default: the built-in core)");
    command->add_option("--application", options->application,
                        "The application that makes requests, a firmware image");
    command->add_option("--jobs", options->jobs, "Worker processes (default: one per CPU)");
    command->add_option("--every", options->every, "Run every n-th case only")
        ->check(CLI::PositiveNumber);
    command->add_flag("--list-skipped", options->list_skipped,
                      "Print each case that the core cannot run, with the reason");
    command->add_option("--expect-skipped", options->expect_skipped,
                        "Fail unless exactly the cases listed in this file are skipped");
    command->callback([options, &exit_code] {
        const ConformSummary summary = run_conform(*options, std::cout);
        exit_code = summary.holds() ? ExitCode::kHolds : ExitCode::kCheckFailed;
    });
}

}  // namespace brownout::sim::cli
