#include <sim/image.hpp>

#include <fmt/format.h>

#include <charconv>

namespace brownout::sim {

namespace {

// Takes a decimal number of at most `max` from the front of `text`.
template <class Number>
bool take_number(std::string_view& text, std::uint64_t max, Number& number)
{
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value > max) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    number = static_cast<Number>(value);
    return true;
}

bool take_character(std::string_view& text, char character)
{
    if (text.empty() || text.front() != character) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::optional<boot_version> parse_version(std::string_view text)
{
    boot_version version{};
    const bool numbers = take_number(text, UINT8_MAX, version.major) && take_character(text, '.') &&
                         take_number(text, UINT8_MAX, version.minor) && take_character(text, '.') &&
                         take_number(text, UINT16_MAX, version.revision);
    if (!numbers || (take_character(text, '+') && !take_number(text, UINT32_MAX, version.build)) ||
        !text.empty()) {
        return std::nullopt;
    }
    return version;
}

std::string to_string(const boot_version& version)
{
    const std::string text =
        fmt::format("{}.{}.{}", version.major, version.minor, version.revision);
    return version.build == 0 ? text : fmt::format("{}+{}", text, version.build);
}

}  // namespace brownout::sim
