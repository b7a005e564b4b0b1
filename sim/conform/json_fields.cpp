#include "json_fields.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <limits>

namespace brownout::sim {

JsonFields::JsonFields(const nlohmann::json& value, std::string path, std::string file)
    : value_(&value), path_(std::move(path)), file_(std::move(file))
{
    if (!value.is_object()) {
        refuse("An object is expected here.");
    }
}

void JsonFields::refuse(const std::string& sentence) const
{
    throw InputError(Place{file_}, fmt::format("{}: {}", path_, sentence));
}

void JsonFields::refuse(std::string_view name, const std::string& sentence) const
{
    throw InputError(Place{file_}, fmt::format("{}.{}: {}", path_, name, sentence));
}

bool JsonFields::has(std::string_view name) const
{
    return value_->find(name) != value_->end();
}

const nlohmann::json& JsonFields::member(std::string_view name) const
{
    const auto found = value_->find(name);
    if (found == value_->end()) {
        refuse(fmt::format("The member '{}' is missing.", name));
    }
    return *found;
}

std::uint64_t JsonFields::number(std::string_view name, std::uint64_t max) const
{
    const nlohmann::json& found = member(name);
    if (!found.is_number_unsigned() || found.get<std::uint64_t>() > max) {
        refuse(name, fmt::format("A whole number from 0 to {} is expected.", max));
    }
    return found.get<std::uint64_t>();
}

std::uint32_t JsonFields::number32(std::string_view name, std::uint32_t max) const
{
    return static_cast<std::uint32_t>(number(name, max));
}

int JsonFields::integer(std::string_view name) const
{
    const nlohmann::json& found = member(name);
    constexpr std::int64_t kMax = std::numeric_limits<int>::max();
    if (!found.is_number_integer() || found.get<std::int64_t>() > kMax ||
        found.get<std::int64_t>() < -kMax ||
        (found.is_number_unsigned() && found.get<std::uint64_t>() > std::uint64_t{kMax})) {
        refuse(name, "A whole number is expected.");
    }
    return found.get<int>();
}

bool JsonFields::flag(std::string_view name) const
{
    const nlohmann::json& found = member(name);
    if (!found.is_boolean()) {
        refuse(name, "true or false is expected.");
    }
    return found.get<bool>();
}

std::string JsonFields::text(std::string_view name) const
{
    const nlohmann::json& found = member(name);
    if (!found.is_string()) {
        refuse(name, "A text is expected.");
    }
    return found.get<std::string>();
}

std::vector<std::string> JsonFields::texts(std::string_view name) const
{
    std::vector<std::string> all;
    for (const nlohmann::json& element : array(name)) {
        if (!element.is_string()) {
            refuse(name, "A list of texts is expected.");
        }
        all.push_back(element.get<std::string>());
    }
    return all;
}

JsonFields JsonFields::object(std::string_view name) const
{
    return {member(name), fmt::format("{}.{}", path_, name), file_};
}

const nlohmann::json& JsonFields::array(std::string_view name) const
{
    const nlohmann::json& found = member(name);
    if (!found.is_array()) {
        refuse(name, "A list is expected.");
    }
    return found;
}

std::vector<JsonFields> JsonFields::objects(std::string_view name) const
{
    std::vector<JsonFields> all;
    for (const nlohmann::json& element : array(name)) {
        all.emplace_back(element, fmt::format("{}.{}[{}]", path_, name, all.size()), file_);
    }
    return all;
}

nlohmann::json parse_json(std::string_view text, const std::string& file)
{
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        throw InputError(Place{file}, fmt::format("Byte {} is not JSON.", error.byte));
    } catch (const nlohmann::json::out_of_range&) {
        throw InputError(Place{file}, "A number in it is too large.");
    }
}

}  // namespace brownout::sim
