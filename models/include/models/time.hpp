// Virtual time. Integer picoseconds; models hold no clock, time is passed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace brownout::models {

// Length of time and, counted from the power-on of a scenario, a point in time.
using Duration = std::chrono::duration<std::int64_t, std::pico>;

constexpr Duration picoseconds(std::int64_t count)
{
    return Duration{count};
}
constexpr Duration nanoseconds(std::int64_t count)
{
    return Duration{count * 1'000};
}
constexpr Duration microseconds(std::int64_t count)
{
    return Duration{count * 1'000'000};
}
constexpr Duration milliseconds(std::int64_t count)
{
    return Duration{count * 1'000'000'000};
}

// A time that a SoC makes from its clock of 64 MHz, where that runs at `hfclk_hz` (1 kHz or more).
constexpr Duration at_clock(Duration nominal, std::uint32_t hfclk_hz)
{
    return nominal * std::int64_t{64'000} / std::int64_t{hfclk_hz / 1000};
}

// The time of an access that a core never gets to the end of: the core is halted for good.
constexpr Duration kNever = Duration::max() / 2;

// Seconds as a floating-point number, for reports only.
constexpr double seconds(Duration duration)
{
    return static_cast<double>(duration.count()) * 1e-12;
}

}  // namespace brownout::models
