#include "scenario_keys.hpp"

#include <sim/data_paths.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace brownout::sim {

namespace {

bool is_data_directory(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::is_directory(path / "boards", error);
}

// Title of a file without judging the rest of it; empty if it has none.
std::string title_of(const std::filesystem::path& path, std::string_view key)
{
    try {
        const YamlNode root =
            parse_yaml(read_text_file(path.string(), kScenarioBytesMax), path.string());
        const YamlNode* const title = root.find(key);
        return title != nullptr && title->is_scalar() ? title->text : std::string();
    } catch (const InputError&) {
        return {};
    }
}

void sort_by_name(std::vector<ListedFile>& files)
{
    std::sort(files.begin(), files.end(), [](const ListedFile& left, const ListedFile& right) {
        return left.name < right.name;
    });
}

}  // namespace

std::filesystem::path data_directory()
{
    if (const char* const chosen = std::getenv("BROWNOUT_DATA")) {
        if (!is_data_directory(chosen)) {
            throw InputError(fmt::format("BROWNOUT_DATA is '{}', which has no boards/", chosen));
        }
        return chosen;
    }
    const std::filesystem::path installed =
        (program_file().parent_path() / "../share/brownout/scenarios").lexically_normal();
    if (is_data_directory(installed)) {
        return installed;
    }
    if (is_data_directory(BROWNOUT_SOURCE_SCENARIOS)) {
        return BROWNOUT_SOURCE_SCENARIOS;
    }
    throw InputError("the data files of Brownout (boards/, keys/) were not found; set "
                     "BROWNOUT_DATA to their directory");
}

std::filesystem::path dev_public_key()
{
    return data_directory() / "keys/dev-p256.der";
}

std::filesystem::path dev_private_key()
{
    return data_directory() / "keys/dev-p256.pem";
}

std::vector<ListedFile> list_boards()
{
    std::vector<ListedFile> files;
    for (const auto& entry : std::filesystem::directory_iterator(data_directory() / "boards")) {
        if (entry.path().extension() == ".yaml") {
            files.push_back({entry.path().stem().string(), title_of(entry.path(), "name")});
        }
    }
    sort_by_name(files);
    return files;
}

std::vector<ListedFile> list_scenarios()
{
    const std::filesystem::path root = data_directory();
    std::vector<ListedFile> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".yaml") {
            continue;
        }
        std::string title = title_of(entry.path(), "scenario");
        if (!title.empty()) {
            files.push_back(
                {entry.path().lexically_relative(root).generic_string(), std::move(title)});
        }
    }
    sort_by_name(files);
    return files;
}

}  // namespace brownout::sim
