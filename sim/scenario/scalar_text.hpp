// Numbers, sizes and times as they are written in scenario files, and back.
#pragma once

#include <models/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace brownout::sim {

// "4096" or "0x1000"; nothing else.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);

// A whole number, or one followed by "KiB" or "MiB" ("192 KiB", "1MiB").
std::optional<std::uint64_t> parse_size(std::string_view text);

// A decimal number and a unit: s, ms, us, ns, ps ("1.37 s"). Exact; nullopt if it is finer than a
// picosecond, negative, or longer than a hundred days.
std::optional<models::Duration> parse_duration(std::string_view text);

// The shortest exact form that parse_duration() reads: "1.37 s", "85 ms".
std::string duration_text(models::Duration duration);

}  // namespace brownout::sim
