// Stops in gdb where the firmware issues an operation: the options --gdb, --gdb-before-op and
// --gdb-boot of `run` and `replay`.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim::cli {

class GdbOptions {
public:
    // `command` runs scenarios; what gdb is given to run is always `replay`.
    void add_to(CLI::App& command, bool is_replay);

    // True if this was what gdb runs, and it is done. Becomes gdb if one of the options asks for
    // it. InputError: no gdb, no such boot or operation, several files.
    bool act(const std::vector<std::string>& files) const;

private:
    bool before_cut_ = false;                 // --gdb: where the last power cut is
    std::optional<std::uint64_t> before_op_;  // of the boot below
    std::optional<std::uint32_t> boot_;       // from 1
    std::vector<std::uint64_t> stop_;         // hidden: step, operation
};

}  // namespace brownout::sim::cli
