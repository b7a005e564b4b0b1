#include <sim/error.hpp>

#include <fmt/format.h>

namespace brownout::sim {

std::string to_string(const Place& place)
{
    std::string text = place.file;
    if (place.line > 0) {
        text += fmt::format(":{}", place.line);
        if (place.column > 0) {
            text += fmt::format(":{}", place.column);
        }
    }
    return text;
}

static std::string message(const Place& place, const std::string& sentence)
{
    const std::string where = to_string(place);
    return where.empty() ? sentence : where + ": " + sentence;
}

InputError::InputError(const std::string& sentence)
    : std::runtime_error(sentence), sentence_(sentence)
{
}

InputError::InputError(Place place, const std::string& sentence)
    : std::runtime_error(message(place, sentence)), place_(std::move(place)), sentence_(sentence)
{
}

}  // namespace brownout::sim
