// The options of `run` and `replay` that ask for waveforms.
#pragma once

#include <CLI/CLI.hpp>

#include <sim/wave.hpp>

#include <string>
#include <vector>

namespace brownout::sim::cli {

struct WaveOptions {
    std::string vcd;
    std::string spi_trace;
    std::string window;

    bool wanted() const { return !vcd.empty() || !spi_trace.empty(); }
    // One of them goes to standard output: nothing else may.
    bool to_standard_output() const { return vcd == "-" || spi_trace == "-"; }

    void add_to(CLI::App& command);
    // InputError if they cannot be served, before the work begins.
    void check(const std::vector<std::string>& scenario_files) const;
    WaveRecorder recorder(const BoardPlan& board) const;
    void write(const WaveRecorder& waves) const;
};

}  // namespace brownout::sim::cli
