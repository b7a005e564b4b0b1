#include "commands.hpp"
#include "output_file.hpp"

#include <cstdio>
#include <exception>

namespace {

using namespace brownout::sim;

// CLI11 says only that some command is missing.
void require_known_command(const CLI::App& app, const std::string& path, int argc, char** argv)
{
    const std::string first = argc > 1 ? argv[1] : "-";
    const auto named =
        app.get_subcommands([&](const CLI::App* command) { return command->check_name(first); });
    const bool has_commands = !app.get_subcommands([](const CLI::App*) { return true; }).empty();
    if (has_commands && first.rfind('-', 0) != 0 && named.empty()) {
        throw InputError(path + ": there is no command '" + first + "'; " + path +
                         " --help lists them");
    }
    if (!named.empty()) {
        require_known_command(*named.front(), path + " " + first, argc - 1, argv + 1);
    }
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Brownout: a full-system flash and bootloader simulator"};
    app.require_subcommand(1);
    ExitCode exit_code = ExitCode::kHolds;
    cli::add_validate(app, exit_code);
    cli::add_list(app, exit_code);
    cli::add_run(app, exit_code);
    cli::add_explain(app, exit_code);
    cli::add_explore(app, exit_code);
    cli::add_merge(app, exit_code);
    cli::add_replay(app, exit_code);
    cli::add_conform(app, exit_code);
    cli::add_inspect(app, exit_code);
    cli::add_import(app, exit_code);
    cli::add_diff(app, exit_code);
    cli::add_image(app, exit_code);
    try {
        require_known_command(app, "brownout", argc, argv);
        app.parse(argc, argv);
        cli::flush_standard_output();
    } catch (const CLI::ParseError& error) {
        const bool asked_for_help = error.get_exit_code() == 0;
        app.exit(error);
        return static_cast<int>(asked_for_help ? ExitCode::kHolds : ExitCode::kBadInput);
    } catch (const InputError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return static_cast<int>(ExitCode::kBadInput);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "brownout: internal error: %s\n", error.what());
        return static_cast<int>(ExitCode::kInternalError);
    }
    return static_cast<int>(exit_code);
}
