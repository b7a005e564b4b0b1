#include "import/kconfig_file.hpp"

#include "scenario/scalar_text.hpp"
#include "scenario/utf8_text.hpp"
#include "scenario/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace brownout::sim {

namespace {

constexpr std::size_t kKconfigBytesMax = 4u << 20;
constexpr std::string_view kKconfigPrefix = "CONFIG_";

bool is_option_name(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
    });
}

// What is between the quotes; a backslash stands before a quote or another backslash.
std::string without_kconfig_quotes(std::string_view value, const Place& place)
{
    if (!value.starts_with('"')) {
        return std::string(value);
    }
    std::string out;
    for (std::size_t i = 1; i < value.size(); ++i) {
        if (value[i] == '"' && i + 1 == value.size()) {
            return out;
        }
        i += value[i] == '\\' && i + 1 < value.size() ? 1u : 0u;
        out += value[i];
    }
    throw InputError(place, "this text in quotes is not closed");
}

}  // namespace

bool KconfigFile::is_set(const std::string& name) const
{
    return text(name) == "y";
}

std::string KconfigFile::text(const std::string& name, const std::string& fallback) const
{
    const auto found = values.find(name);
    return found != values.end() ? found->second.text : fallback;
}

std::uint64_t KconfigFile::number(const std::string& name, std::uint64_t fallback,
                                  std::uint64_t max) const
{
    const auto found = values.find(name);
    if (found == values.end()) {
        return fallback;
    }
    const auto number = parse_whole_number(found->second.text);
    if (!number || *number > max) {
        throw InputError(Place{file, found->second.line},
                         fmt::format("CONFIG_{} must be a whole number of at most {}, not '{}'",
                                     name, max, found->second.text.substr(0, 40)));
    }
    return *number;
}

KconfigFile parse_kconfig(std::string_view text, const std::string& file)
{
    require_utf8_text(text, file);
    KconfigFile config{file, {}};
    for (int line_number = 1; !text.empty(); ++line_number) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const Place place{file, line_number};
        const std::size_t equals = line.find('=');
        if (!line.starts_with(kKconfigPrefix) || equals == line.npos ||
            !is_option_name(line.substr(kKconfigPrefix.size(), equals - kKconfigPrefix.size()))) {
            throw InputError(place, fmt::format("'{}' is neither CONFIG_NAME=value nor a comment",
                                                line.substr(0, 40)));
        }
        const std::string name(line.substr(kKconfigPrefix.size(), equals - kKconfigPrefix.size()));
        config.values[name] = {without_kconfig_quotes(line.substr(equals + 1), place), line_number};
    }
    return config;
}

KconfigFile read_kconfig(const std::filesystem::path& file)
{
    return parse_kconfig(read_text_file(file.string(), kKconfigBytesMax), file.string());
}

}  // namespace brownout::sim
