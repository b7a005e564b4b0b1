// brownout explore --case: a reference case instead of scenarios.
#pragma once

#include <sim/case_exploration.hpp>
#include <sim/error.hpp>

#include <string>

namespace brownout::sim::cli {

// Prints the result, or writes it as JSON too (`json`: a file, "-", or "" for none).
ExitCode explore_case_command(const CaseExploreOptions& options, const std::string& json);

}  // namespace brownout::sim::cli
