#include <sim/ncs_import.hpp>

#include "scenario/yaml_tree.hpp"

#include <sstream>

namespace brownout::sim {

namespace {

constexpr std::size_t kKconfigBytesMax = 4u << 20;

}  // namespace

std::map<std::string, std::string> read_kconfig(const std::filesystem::path& file)
{
    std::istringstream lines(read_text_file(file.string(), kKconfigBytesMax));
    std::map<std::string, std::string> values;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        const std::size_t equals = line.find('=');
        if (!line.starts_with("CONFIG_") || equals == line.npos) {
            continue;
        }
        std::string value = line.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        values[line.substr(0, equals)] = value;
    }
    return values;
}

}  // namespace brownout::sim
