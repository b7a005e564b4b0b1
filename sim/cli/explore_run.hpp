// brownout explore: all explorations of one command, and their reports.
#pragma once

#include "html_option.hpp"

#include <sim/case_exploration.hpp>
#include <sim/error.hpp>

#include <string>
#include <vector>

namespace brownout::sim::cli {

struct ExploreGiven {
    std::vector<std::string> files;
    std::string core;  // instead of the scenarios' own; empty: theirs
    std::string json;  // "-": standard output; empty: none, here and below
    std::string junit;
    std::string sarif;
    std::string tap;
    std::string dot;
    HtmlOption html;
    bool github = false;
    bool print_schema = false;
    bool coverage = false;
    std::string out_dir = ".";
    std::string shard = "1/1";
    bool list = false;   // only say what would be explored
    bool known = false;  // say which fix closes a finding
    ExploreLimits limits;
    RandomSearch random;             // boots 0: search everything
    std::vector<double> at_seconds;  // see ExploreLimits::at_times
    std::vector<std::string> dumps;  // --reach
    CaseExploreOptions reference_case;
};

ExitCode explore_scenarios(const ExploreGiven& given);

}  // namespace brownout::sim::cli
