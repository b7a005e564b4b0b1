#include "key_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

bool check_choice(Reader& reader, const YamlNode& node, const std::string& title,
                  const std::vector<std::string>& exactly_one_of)
{
    const auto present = std::count_if(exactly_one_of.begin(), exactly_one_of.end(),
                                       [&](const auto& name) { return node.find(name); });
    if (exactly_one_of.empty() || present == 1) {
        return true;
    }
    reader.fail(node, fmt::format("{} needs exactly one of these keys: {}", title,
                                  comma_list(exactly_one_of)));
    return false;
}

}  // namespace

bool check_keys(Reader& reader, const YamlNode& node, const std::string& title,
                const std::vector<std::string>& allowed, const std::vector<std::string>& required,
                const std::vector<std::string>& exactly_one_of)
{
    if (!node.is_map()) {
        reader.fail(node, fmt::format("{} must be a mapping with these keys: {}; not {}", title,
                                      comma_list(allowed), describe(node)));
        return false;
    }
    const std::size_t errors_before = reader.error_count();
    for (const YamlKey& key : node.keys) {
        if (std::find(allowed.begin(), allowed.end(), key.text) != allowed.end()) {
            continue;
        }
        YamlNode shown;
        shown.kind = YamlNode::Kind::kScalar;
        shown.text = key.text;
        reader.fail(reader.place(key),
                    fmt::format("unknown key {} in {}.{} Keys here: {}", describe(shown), title,
                                did_you_mean(key.text, allowed), comma_list(allowed)));
    }
    if (reader.error_count() != errors_before) {
        // Likely a misspelt key: saying that it is missing too would not help. The values of the
        // others are still read.
        return true;
    }
    for (const std::string& name : required) {
        if (node.find(name) == nullptr) {
            reader.fail(node, fmt::format("key '{}' is missing in {}", name, title));
        }
    }
    return check_choice(reader, node, title, exactly_one_of);
}

bool is_plain_name(std::string_view text)
{
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && text.size() <= 64 && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
           });
}

}  // namespace brownout::sim
