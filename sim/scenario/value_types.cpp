#include "value_types.hpp"

#include "scalar_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kScalarTextBytesMax = 500;

bool read_number(Reader& reader, const YamlNode& node, const std::string& kind, std::uint64_t min,
                 std::uint64_t max, std::optional<std::uint64_t> (*parse)(std::string_view),
                 std::uint64_t& value)
{
    const std::optional<std::uint64_t> number =
        node.is_scalar() && !node.quoted ? parse(node.text) : std::nullopt;
    if (!number || *number < min || *number > max) {
        const std::string range = max == UINT64_MAX ? fmt::format("of at least {}", min)
                                                    : fmt::format("from {} to {}", min, max);
        reader.must_be(node, fmt::format("{} {}", kind, range));
        return false;
    }
    value = *number;
    return true;
}

Json number_schema(std::uint64_t min, std::uint64_t max)
{
    Json schema = {{"type", "integer"}, {"minimum", min}};
    if (max != UINT64_MAX) {
        schema["maximum"] = max;
    }
    return schema;
}

}  // namespace

bool WholeNumber::read(Reader& reader, const YamlNode& node, Value& value) const
{
    return read_number(reader, node, "a whole number", min, max, parse_whole_number, value);
}

Json WholeNumber::schema() const
{
    return number_schema(min, max);
}

bool ByteSize::read(Reader& reader, const YamlNode& node, Value& value) const
{
    return read_number(reader, node, "a number of bytes (4096, 0x1000, 4 KiB)", min, max,
                       parse_size, value);
}

Json ByteSize::schema() const
{
    return {{"anyOf",
             Json::array({number_schema(min, max),
                          Json{{"type", "string"},
                               {"pattern", "^(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*) ?(KiB|MiB)$"}}})}};
}

bool TimeSpan::read(Reader& reader, const YamlNode& node, Value& value) const
{
    const std::optional<models::Duration> duration =
        node.is_scalar() && !node.quoted ? parse_duration(node.text) : std::nullopt;
    if (!duration) {
        reader.must_be(node,
                       "a time with its unit (1.37 s, 85 ms, 41 us, 60 ns; at most 100 days)");
        return false;
    }
    value = *duration;
    return true;
}

Json TimeSpan::schema() const
{
    return {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)? ?(s|ms|us|ns|ps)$"}};
}

bool Flag::read(Reader& reader, const YamlNode& node, Value& value) const
{
    if (!node.is_scalar() || node.quoted || (node.text != "true" && node.text != "false")) {
        reader.must_be(node, "true or false");
        return false;
    }
    value = node.text == "true";
    return true;
}

Json Flag::schema() const
{
    return {{"type", "boolean"}};
}

bool Text::read(Reader& reader, const YamlNode& node, Value& value) const
{
    if (!node.is_scalar() || node.text.empty() || node.text.size() > kScalarTextBytesMax ||
        node.text.find_first_of("\n\r") != std::string::npos) {
        reader.must_be(node,
                       fmt::format("one line of text, at most {} bytes", kScalarTextBytesMax));
        return false;
    }
    value = node.text;
    return true;
}

// Editors read `seed: 1` as a number; it is a text here.
Json Text::schema() const
{
    return {{"type", Json::array({"string", "number"})}, {"minLength", 1}};
}

bool PlacedText::read(Reader& reader, const YamlNode& node, Value& value) const
{
    value.place = reader.place(node);
    return Text{}.read(reader, node, value.text);
}

Json PlacedText::schema() const
{
    return Text{}.schema();
}

bool HeldContents::read(Reader& reader, const YamlNode& node, Value& contents) const
{
    if (!node.is_map() || node.keys.empty()) {
        reader.must_be(node, "a mapping from partitions to an image name or 'erased'");
        return false;
    }
    for (std::size_t index = 0; index < node.keys.size(); ++index) {
        std::string image;
        if (!Text{}.read(reader, node.items[index], image)) {
            return false;
        }
        contents.push_back({node.keys[index].text, image == "erased" ? "" : image,
                            reader.place(node.keys[index])});
    }
    return true;
}

Json HeldContents::schema() const
{
    return {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", Text{}.schema()}};
}

bool ExistingFile::read(Reader& reader, const YamlNode& node, Value& value) const
{
    std::string text;
    if (!Text{}.read(reader, node, text)) {
        return false;
    }
    value = reader.resolve(text);
    std::error_code error;
    if (!std::filesystem::is_regular_file(value, error)) {
        reader.fail(node, fmt::format("there is no file '{}' (looked for {})", text,
                                      value.generic_string()));
        return false;
    }
    return true;
}

Json ExistingFile::schema() const
{
    return {{"type", "string"}, {"minLength", 1}};
}

bool VersionText::read(Reader& reader, const YamlNode& node, Value& value) const
{
    const std::optional<boot_version> version =
        node.is_scalar() ? parse_version(node.text) : std::nullopt;
    if (!version) {
        reader.must_be(node, "a version (1.2.3 or 1.2.3+4; at most 255.255.65535+4294967295)");
        return false;
    }
    value = *version;
    return true;
}

Json VersionText::schema() const
{
    return {{"type", "string"}, {"pattern", "^[0-9]+\\.[0-9]+\\.[0-9]+(\\+[0-9]+)?$"}};
}

const std::string* read_choice(Reader& reader, const YamlNode& node,
                               const std::vector<std::string>& names)
{
    if (node.is_scalar() && std::find(names.begin(), names.end(), node.text) != names.end()) {
        return &node.text;
    }
    reader.must_be(node, (names.size() == 1 ? "" : "one of: ") + comma_list(names),
                   did_you_mean(node.text, names));
    return nullptr;
}

}  // namespace brownout::sim
