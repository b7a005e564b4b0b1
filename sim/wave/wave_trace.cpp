#include "scenario/scalar_text.hpp"

#include <sim/error.hpp>
#include <sim/wave.hpp>

#include <fmt/format.h>

namespace brownout::sim {

namespace {

constexpr std::uint16_t kChipSelect = 1;  // of the signals of a wire

}  // namespace

WaveWindow parse_wave_window(const std::string& text)
{
    const std::size_t dots = text.find("..");
    if (dots != std::string::npos) {
        const std::string from = text.substr(0, dots);
        const std::string to = text.substr(dots + 2);
        WaveWindow window;
        const auto first_time = parse_duration(from);
        const auto last_time = parse_duration(to);
        if (first_time && last_time && *first_time <= *last_time) {
            window.times = {*first_time, *last_time};
            return window;
        }
        const auto first_operation = parse_whole_number(from);
        const auto last_operation = parse_whole_number(to);
        if (first_operation && last_operation && *first_operation <= *last_operation) {
            window.operations = {*first_operation, *last_operation};
            return window;
        }
    }
    throw InputError("'" + text +
                     "' is no window: give two times (1.2 s..1.3 s) or two operations "
                     "(5312..5320), the earlier one first");
}

std::string WaveRecorder::trace() const
{
    struct Command {
        bool open = false;
        std::int64_t at_ps = 0;
        std::string out;
        std::string in;
    };
    std::string text;
    std::vector<Command> commands(wires_.size());
    for (const Record& record : sorted_records()) {
        if (record.clock_period_ps != 0) {
            fmt::format_to(std::back_inserter(commands[record.index].out), " {:02x}", record.out);
            fmt::format_to(std::back_inserter(commands[record.index].in), " {:02x}", record.in);
            continue;
        }
        for (std::size_t i = 0; i < wires_.size(); ++i) {
            Command& command = commands[i];
            if (record.index != wires_[i].first_signal + kChipSelect) {
                continue;
            }
            const bool high = record.out != 0;
            if (high && command.open && !command.out.empty()) {
                fmt::format_to(std::back_inserter(text), "{}.{:012} {} out{} in{}\n",
                               command.at_ps / 1'000'000'000'000, command.at_ps % 1'000'000'000'000,
                               wires_[i].part, command.out, command.in);
            }
            command = {!high, record.at_ps, {}, {}};
        }
    }
    return text;
}

}  // namespace brownout::sim
