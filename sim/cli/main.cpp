#include "commands.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv)
{
    using namespace brownout::sim;
    CLI::App app{"Brownout: a full-system flash and bootloader simulator"};
    app.require_subcommand(1);
    ExitCode exit_code = ExitCode::kHolds;
    cli::add_validate(app, exit_code);
    cli::add_list(app, exit_code);
    cli::add_run(app, exit_code);
    cli::add_explore(app, exit_code);
    cli::add_replay(app, exit_code);
    cli::add_conform(app, exit_code);
    try {
        app.parse(argc, argv);
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
