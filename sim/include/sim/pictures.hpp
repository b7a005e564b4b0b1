// Pictures and texts made from a recording, for people who would rather look than read.
#pragma once

#include <sim/recording.hpp>

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>

namespace brownout::sim {

// A trace in the trace-event format that Perfetto and chrome://tracing open: a process for each
// device with a thread for each partition, calls and operations as spans; a process for the
// firmware with boots, their phases, log lines and power cuts; counters of erased sectors and of
// status entries. Times are device time.
std::string trace_json(const Recording& recording);

// What the memory held at the start and after every step that changed it, the last one at the end:
// an SVG for documents, readable on light and on dark ground.
std::string memory_svg(const Recording& recording);

// How a map is printed.
struct MapStyle {
    std::size_t columns = 80;  // of a line
    bool moves = false;        // a terminal: a frame for every change, each in place of the last
    bool colours = false;
    bool utf8 = false;  // otherwise plain ASCII
};

// A run as text, with the sectors of its partitions as letters. Without `moves` the sectors are
// shown at the start and after each step that changed them. `pause` is called between frames.
void show_map(const Recording& recording, const MapStyle& style, std::ostream& out,
              const std::function<void()>& pause);
// How many frames a terminal shows.
std::size_t map_frame_count(const Recording& recording);

}  // namespace brownout::sim
