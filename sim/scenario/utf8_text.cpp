#include "utf8_text.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <cstdint>

namespace brownout::sim {

namespace {

// Length of the well-formed sequence at the start of `text`, 0 if there is none (RFC 3629: no
// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_sequence_bytes(std::string_view text)
{
    const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) {
        return 0;
    }
    for (std::size_t index = 1; index < length; ++index) {
        if ((byte(index) & 0xC0) != 0x80) {
            return 0;
        }
    }
    const std::uint8_t second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second >= 0xA0;
    const bool too_large = first == 0xF4 && second >= 0x90;
    return overlong || surrogate || too_large ? 0 : length;
}

bool is_control(char character)
{
    const auto byte = static_cast<std::uint8_t>(character);
    return (byte < 0x20 && character != '\t' && character != '\n' && character != '\r') ||
           byte == 0x7F;
}

}  // namespace

void require_utf8_text(std::string_view text, const std::string& file)
{
    int line = 1;
    std::size_t line_start = 0;
    for (std::size_t offset = 0; offset < text.size();) {
        const Place place{file, line, static_cast<int>(offset - line_start) + 1};
        const std::size_t length = utf8_sequence_bytes(text.substr(offset));
        if (length == 0) {
            throw InputError(place, fmt::format("byte 0x{:02X} is not UTF-8 text",
                                                static_cast<std::uint8_t>(text[offset])));
        }
        if (is_control(text[offset])) {
            throw InputError(place, fmt::format("control character 0x{:02X} in a text file",
                                                static_cast<std::uint8_t>(text[offset])));
        }
        offset += length;
        if (text[offset - 1] == '\n') {
            ++line;
            line_start = offset;
        }
    }
}

}  // namespace brownout::sim
