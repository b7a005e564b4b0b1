// The options of `run` and `replay` that ask for pictures of the run: --trace, --svg, --map.
#pragma once

#include <CLI/CLI.hpp>

#include <sim/recording.hpp>

#include <optional>
#include <string>
#include <vector>

namespace brownout::sim::cli {

struct PictureOptions {
    std::string trace;
    std::string svg;
    bool map = false;
    std::optional<unsigned> map_delay_ms;  // between two frames

    // A recording is needed.
    bool wanted() const { return map || !trace.empty() || !svg.empty(); }
    // One of them goes to standard output: nothing else may.
    bool to_standard_output() const { return trace == "-" || svg == "-"; }

    void add_to(CLI::App& command);
    // InputError if they cannot be served, before the work begins.
    void check(const std::vector<std::string>& scenario_files) const;
    // The files; and the map, unless `quiet`, in the place of a run's text.
    void show(const Recording& recording, bool quiet) const;
};

}  // namespace brownout::sim::cli
