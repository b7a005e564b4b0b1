#include "explore_case.hpp"

#include "explore_progress.hpp"
#include "output_file.hpp"

#include <iostream>

namespace brownout::sim::cli {

ExitCode explore_case_command(const CaseExploreOptions& options, const std::string& json)
{
    catch_interrupts();
    require_writable(json, {options.file.string()});
    CaseExploration exploration;
    {
        const ShownProgress progress;
        exploration = explore_case(options, progress.listener(), interrupted());
    }
    if (json != "-") {
        print_case_exploration(exploration, std::cout);
    }
    if (!json.empty()) {
        write_output(json, case_exploration_json(exploration));
    }
    return exploration.closed ? ExitCode::kHolds : ExitCode::kIncomplete;
}

}  // namespace brownout::sim::cli
