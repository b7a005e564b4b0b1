// The subcommands of the program, one file each. Every function adds its subcommand to `app`; when
// the user chose it, its callback runs and stores the exit code.
#pragma once

#include <CLI/CLI.hpp>

#include <sim/error.hpp>

namespace brownout::sim::cli {

void add_validate(CLI::App& app, ExitCode& exit_code);
void add_list(CLI::App& app, ExitCode& exit_code);
void add_run(CLI::App& app, ExitCode& exit_code);
void add_explain(CLI::App& app, ExitCode& exit_code);
void add_explore(CLI::App& app, ExitCode& exit_code);
void add_merge(CLI::App& app, ExitCode& exit_code);
void add_replay(CLI::App& app, ExitCode& exit_code);
void add_conform(CLI::App& app, ExitCode& exit_code);
void add_inspect(CLI::App& app, ExitCode& exit_code);
void add_import(CLI::App& app, ExitCode& exit_code);
void add_diff(CLI::App& app, ExitCode& exit_code);
void add_image(CLI::App& app, ExitCode& exit_code);

// The subcommands of image.
void add_image_keygen(CLI::App& image, ExitCode& exit_code);
void add_image_sign(CLI::App& image, ExitCode& exit_code);
void add_image_verify(CLI::App& image, ExitCode& exit_code);
void add_image_dump(CLI::App& image, ExitCode& exit_code);
void add_image_pad(CLI::App& image, ExitCode& exit_code);
void add_image_encrypt(CLI::App& image, ExitCode& exit_code);

}  // namespace brownout::sim::cli
