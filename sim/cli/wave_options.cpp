#include "wave_options.hpp"

#include "output_file.hpp"

#include <sim/error.hpp>

namespace brownout::sim::cli {

void WaveOptions::add_to(CLI::App& command)
{
    command.add_option("--vcd", vcd,
                       "write the wires of memory parts, busy, power and reset as a value change "
                       "dump, for a waveform viewer or a protocol decoder");
    command.add_option("--spi-trace", spi_trace,
                       "write the commands that memory parts got, one a line");
    command.add_option("--vcd-window", window,
                       "only a span of time (1.2 s..1.3 s), or what leads to and follows these "
                       "operations of each run (5312..5320)");
}

void WaveOptions::check(const std::vector<std::string>& scenario_files) const
{
    require_writable(vcd, scenario_files);
    require_writable(spi_trace, scenario_files);
    if (scenario_files.size() > 1 && wanted()) {
        throw InputError("--vcd and --spi-trace take one scenario: each would replace the one "
                         "before it");
    }
    if (!window.empty()) {
        if (!wanted()) {
            throw InputError("--vcd-window belongs to --vcd or --spi-trace");
        }
        parse_wave_window(window);
    }
}

WaveRecorder WaveOptions::recorder(const BoardPlan& board) const
{
    return {board, window.empty() ? WaveWindow{} : parse_wave_window(window)};
}

void WaveOptions::write(const WaveRecorder& waves) const
{
    if (waves.too_much()) {
        throw InputError("more than a million bytes and edges: choose some with --vcd-window");
    }
    if (!vcd.empty()) {
        write_output(vcd, waves.vcd());
    }
    if (!spi_trace.empty()) {
        write_output(spi_trace, waves.trace());
    }
}

}  // namespace brownout::sim::cli
