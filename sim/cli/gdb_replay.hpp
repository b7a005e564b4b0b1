// brownout replay --gdb: stops in the bootloader right before the last power cut of a replay file.
#pragma once

#include <string>

namespace brownout::sim::cli {

// Becomes gdb, running this program on `file`; InputError if there is no gdb.
[[noreturn]] void become_gdb(const std::string& file);

// What runs under gdb: the steps of `file` up to its last cut, or without one its last boot, and
// brownout_before_power_cut() on the firmware's stack where the power would fail.
void run_to_power_cut(const std::string& file);

}  // namespace brownout::sim::cli
