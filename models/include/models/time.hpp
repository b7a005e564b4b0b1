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

// The time of an access that a core never gets to the end of: the core is halted for good.
constexpr Duration kNever = Duration::max() / 2;

// Seconds as a floating-point number, for reports only.
constexpr double seconds(Duration duration)
{
    return static_cast<double>(duration.count()) * 1e-12;
}

}  // namespace brownout::models
