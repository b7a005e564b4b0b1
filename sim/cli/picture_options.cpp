#include "picture_options.hpp"

#include "output_file.hpp"

#include <sim/error.hpp>
#include <sim/pictures.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <thread>

#include <sys/ioctl.h>
#include <unistd.h>

namespace brownout::sim::cli {

namespace {

// Long runs are shown faster, so that nobody waits much longer than this.
constexpr std::chrono::milliseconds kShownFor{12'000};
constexpr std::chrono::milliseconds kFrameMax{120};

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

bool is_utf8()
{
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view value = variable(name);
        if (!value.empty()) {
            return value.find("UTF-8") != std::string_view::npos ||
                   value.find("utf8") != std::string_view::npos;
        }
    }
    return false;
}

std::size_t terminal_columns()
{
    constexpr std::size_t kUnknown = 80;
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    const std::string columns(variable("COLUMNS"));
    const unsigned long given = std::strtoul(columns.c_str(), nullptr, 10);
    return given > 0 && given < 10'000 ? given : kUnknown;
}

MapStyle map_style()
{
    MapStyle style;
    style.columns = terminal_columns();
    const bool terminal = isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb";
    style.utf8 = terminal && is_utf8();
    style.moves = terminal;
    style.colours = terminal && variable("NO_COLOR").empty();
    return style;
}

}  // namespace

void PictureOptions::add_to(CLI::App& command)
{
    command.add_option("--trace", trace,
                       "write what happened as a trace for Perfetto (ui.perfetto.dev): devices, "
                       "partitions, calls, operations");
    command.add_option("--svg", svg,
                       "draw what the memory held in the end, and at the moments before it");
    command.add_flag("--map", map, "draw the sectors as text while it runs");
    command.add_option("--map-delay", map_delay_ms,
                       "milliseconds between two frames of the map on a terminal (default: at most "
                       "120, and so many that all take 12 s)");
}

void PictureOptions::check(const std::vector<std::string>& scenario_files) const
{
    require_writable(trace, scenario_files);
    require_writable(svg, scenario_files);
    if (scenario_files.size() > 1 && !(trace.empty() && svg.empty())) {
        throw InputError("--trace and --svg take one scenario: each would replace the one before "
                         "it");
    }
    if (map_delay_ms && !map) {
        throw InputError("--map-delay belongs to --map");
    }
    if (trace == "-" && svg == "-") {
        throw InputError("--trace - and --svg - cannot both go to standard output");
    }
}

void PictureOptions::show(const Recording& recording, bool quiet) const
{
    if (map && !quiet) {
        const std::size_t frames = std::max<std::size_t>(map_frame_count(recording), 1);
        const auto pause = map_delay_ms
                               ? std::chrono::milliseconds(*map_delay_ms)
                               : std::min<std::chrono::microseconds>(kFrameMax, kShownFor / frames);
        show_map(recording, map_style(), std::cout, [pause] {
            std::cout.flush();
            std::this_thread::sleep_for(pause);
        });
    }
    if (!trace.empty()) {
        write_output(trace, trace_json(recording));
    }
    if (!svg.empty()) {
        write_output(svg, memory_svg(recording));
    }
}

}  // namespace brownout::sim::cli
