#include "part_keys.hpp"

#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

std::vector<std::string> part_names()
{
    std::vector<std::string> names;
    std::error_code error;
    const std::filesystem::path folder = data_directory() / "parts";
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".yaml") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

// Empty: an error was recorded.
std::filesystem::path find_part(Reader& reader, const YamlNode& node, const std::string& text)
{
    std::filesystem::path file;
    if (text.find('/') != std::string::npos || text.ends_with(".yaml")) {
        file = reader.resolve(text);
    } else {
        const std::vector<std::string> names = part_names();
        if (std::find(names.begin(), names.end(), text) == names.end()) {
            reader.fail(node, fmt::format("there is no part '{}'.{} Parts: {}", text,
                                          did_you_mean(text, names), comma_list(names)));
            return {};
        }
        file = data_directory() / "parts" / (text + ".yaml");
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        reader.fail(node, fmt::format("there is no part file '{}' (looked for {})", text,
                                      file.generic_string()));
        return {};
    }
    return file;
}

}  // namespace

bool read_part(Reader& reader, const YamlNode& node, const std::string& text,
               std::filesystem::path& file, models::SpiNorData& part)
{
    file = find_part(reader, node, text);
    if (file.empty()) {
        return false;
    }
    Reader part_reader(file);
    try {
        const YamlNode root =
            parse_yaml(read_text_file(file.string(), kScenarioBytesMax), file.string());
        if (read_fields(part_reader, root, spi_nor_part_keys(), part)) {
            const std::string problem = models::problem_with(part);
            if (!problem.empty()) {
                part_reader.fail(root, problem);
            }
        }
    } catch (const InputError& error) {
        part_reader.fail(error.place(), error.sentence());
    }
    for (const InputError& error : part_reader.errors()) {
        reader.fail(error.place(), error.sentence());
    }
    return part_reader.error_count() == 0;
}

}  // namespace brownout::sim
