#include "part_keys.hpp"

#include "part_list.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

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

template <class Data>
void read_data(Reader& reader, const YamlNode& root, const KeyTable<Data>& table, Data& data)
{
    if (read_fields(reader, root, table, data)) {
        const std::string problem = models::problem_with(data);
        if (!problem.empty()) {
            reader.fail(root, problem);
        }
    }
}

// Finds and parses the file, and has `read` take from it what it wants.
template <class Read>
bool read_part_file(Reader& reader, const YamlNode& node, const std::string& text,
                    std::filesystem::path& file, Read&& read)
{
    file = find_part(reader, node, text);
    if (file.empty()) {
        return false;
    }
    Reader part_reader(file);
    try {
        read(part_reader,
             parse_yaml(read_text_file(file.string(), kScenarioBytesMax), file.string()));
    } catch (const InputError& error) {
        part_reader.fail(error.place(), error.sentence());
    }
    for (const InputError& error : part_reader.errors()) {
        reader.fail(error.place(), error.sentence());
    }
    return part_reader.error_count() == 0;
}

}  // namespace

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

bool read_part(Reader& reader, const YamlNode& node, const std::string& text,
               std::filesystem::path& file, models::SpiNorData& part)
{
    return read_part_file(reader, node, text, file,
                          [&part](Reader& part_reader, const YamlNode& root) {
                              read_data(part_reader, root, spi_nor_part_keys(), part);
                          });
}

bool read_part(Reader& reader, const YamlNode& node, const std::string& text,
               ExternalPlan& external)
{
    return read_part_file(
        reader, node, text, external.part_file,
        [&external](Reader& part_reader, const YamlNode& root) {
            const YamlNode* const kind = root.find("kind");
            if (kind == nullptr) {
                read_data(part_reader, root, spi_nor_part_keys(), external.nor);
            } else if (kind->text == "spi-nand") {
                read_data(part_reader, root, spi_nand_part_keys(), external.nand.data.emplace());
            } else {
                part_reader.must_be(*kind, "spi-nand, or left out for a SPI NOR part");
            }
        });
}

}  // namespace brownout::sim
