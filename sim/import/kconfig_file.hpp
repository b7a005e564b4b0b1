// A .config file, as Kconfig writes it: lines of CONFIG_NAME=value, and comments.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace brownout::sim {

struct KconfigValue {
    std::string text;  // quotes taken off
    int line = 0;
};

struct KconfigFile {
    std::string file;                            // as messages call it
    std::map<std::string, KconfigValue> values;  // by their names without CONFIG_

    bool is_set(const std::string& name) const;  // =y
    std::string text(const std::string& name, const std::string& fallback = {}) const;
    // InputError with the line: no whole number of at most `max`.
    std::uint64_t number(const std::string& name, std::uint64_t fallback, std::uint64_t max) const;
};

// InputError with the place: not UTF-8, a line that is neither, a quote that is not closed.
KconfigFile parse_kconfig(std::string_view text, const std::string& file);
// Likewise; InputError if it cannot be read.
KconfigFile read_kconfig(const std::filesystem::path& file);

}  // namespace brownout::sim
