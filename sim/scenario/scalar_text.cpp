#include "scalar_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace brownout::sim {

namespace {

struct TimeUnit {
    std::string_view name;
    std::int64_t picoseconds;
};

constexpr std::array<TimeUnit, 5> kTimeUnits = {
    {{"s", 1'000'000'000'000}, {"ms", 1'000'000'000}, {"us", 1'000'000}, {"ns", 1'000}, {"ps", 1}}};
constexpr std::int64_t kDurationSecondsMax = 100 * 24 * 3600;

std::string_view without_leading_space(std::string_view text)
{
    return !text.empty() && text.front() == ' ' ? text.substr(1) : text;
}

std::string_view take_digits(std::string_view& text)
{
    std::size_t length = 0;
    while (length < text.size() && text[length] >= '0' && text[length] <= '9') {
        ++length;
    }
    const std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    return digits;
}

}  // namespace

std::optional<std::uint64_t> parse_whole_number(std::string_view text)
{
    int base = 10;
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        return std::nullopt;  // octal to some, decimal to others
    }
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || error != std::errc() || stop != end) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    unsigned shift = 0;
    for (const auto& [suffix, bits] : {std::pair<std::string_view, unsigned>{"KiB", 10},
                                       std::pair<std::string_view, unsigned>{"MiB", 20}}) {
        if (text.ends_with(suffix)) {
            shift = bits;
            text.remove_suffix(suffix.size());
            if (text.ends_with(' ')) {
                text.remove_suffix(1);
            }
            break;
        }
    }
    const std::optional<std::uint64_t> value = parse_whole_number(text);
    if (!value || *value > (UINT64_MAX >> shift)) {
        return std::nullopt;
    }
    return *value << shift;
}

std::optional<models::Duration> parse_duration(std::string_view text)
{
    const std::string_view whole = take_digits(text);
    std::string_view fraction;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        fraction = take_digits(text);
        if (fraction.empty()) {
            return std::nullopt;
        }
    }
    text = without_leading_space(text);
    if (whole.empty() || whole.size() > 18 || fraction.size() > 12) {
        return std::nullopt;
    }
    for (const TimeUnit& unit : kTimeUnits) {
        if (unit.name != text) {
            continue;
        }
        std::int64_t units = 0;
        std::from_chars(whole.data(), whole.data() + whole.size(), units);
        const std::int64_t limit = kDurationSecondsMax * kTimeUnits[0].picoseconds;
        if (units > limit / unit.picoseconds) {
            return std::nullopt;
        }
        std::int64_t total = units * unit.picoseconds;
        std::int64_t scale = unit.picoseconds;
        for (const char digit : fraction) {
            if (scale % 10 != 0 && digit != '0') {
                return std::nullopt;
            }
            scale /= 10;
            total += scale * (digit - '0');
        }
        return models::Duration{total};
    }
    return std::nullopt;
}

std::string duration_text(models::Duration duration)
{
    const std::int64_t total = duration.count();
    // The largest unit in which the number is at least one.
    const TimeUnit* unit = &kTimeUnits.back();
    for (const TimeUnit& candidate : kTimeUnits) {
        if (total >= candidate.picoseconds) {
            unit = &candidate;
            break;
        }
    }
    std::string text = fmt::format("{}", total / unit->picoseconds);
    std::int64_t rest = total % unit->picoseconds;
    if (rest != 0) {
        text += '.';
        for (std::int64_t scale = unit->picoseconds / 10; rest != 0; scale /= 10) {
            text += static_cast<char>('0' + rest / scale);
            rest %= scale;
        }
    }
    return text + ' ' + std::string(unit->name);
}

}  // namespace brownout::sim
