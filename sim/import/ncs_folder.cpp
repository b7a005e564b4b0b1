// Where things lie in a build folder.
#include "import/ncs_parts.hpp"

#include "scenario/yaml_tree.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDomainsBytesMax = 64u << 10;

// Of sysbuild; its default is the application. Empty: there is no such file.
std::string default_domain(const fs::path& folder)
{
    std::error_code error;
    const fs::path file = folder / "domains.yaml";
    if (!fs::is_regular_file(file, error)) {
        return {};
    }
    const YamlNode root =
        parse_yaml(read_text_file(file.string(), kDomainsBytesMax), file.string());
    const YamlNode* const name = root.find("default");
    return name != nullptr && name->is_scalar() ? name->text : std::string();
}

bool is_for_network_core(const fs::path& folder)
{
    std::error_code error;
    const fs::path file = folder / "zephyr/.config";
    if (!fs::is_regular_file(file, error)) {
        return false;
    }
    const KconfigFile config = read_kconfig(file);
    return (config.text("BOARD") + config.text("BOARD_TARGET")).find("cpunet") != std::string::npos;
}

}  // namespace

const NcsSlot* NcsBuild::slot(const std::string& name) const
{
    const auto found = std::find_if(slots.begin(), slots.end(),
                                    [&](const NcsSlot& one) { return one.name == name; });
    return found == slots.end() ? nullptr : &*found;
}

bool NcsBuild::has_home(NcsHome home) const
{
    return std::any_of(slots.begin(), slots.end(),
                       [home](const NcsSlot& one) { return one.home == home; });
}

std::vector<fs::path> application_folders(const NcsBuild& build)
{
    std::vector<fs::path> folders;
    const std::string domain = default_domain(build.folder);
    if (!domain.empty()) {
        folders.push_back(build.folder / domain);
    }
    folders.push_back(build.folder);
    std::vector<fs::path> others;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(build.folder, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory(error) && name != domain && name != "mcuboot" && name != "b0" &&
            name != "b0n" && !is_for_network_core(entry.path())) {
            others.push_back(entry.path());
        }
    }
    std::sort(others.begin(), others.end());  // the order of a directory is nobody's
    folders.insert(folders.end(), others.begin(), others.end());
    return folders;
}

std::optional<fs::path> first_file(const std::vector<fs::path>& folders,
                                   const std::vector<std::string>& names)
{
    std::error_code error;
    for (const fs::path& folder : folders) {
        for (const std::string& name : names) {
            if (fs::is_regular_file(folder / name, error)) {
                return folder / name;
            }
        }
    }
    return std::nullopt;
}

std::vector<fs::path> files_like(const fs::path& folder, const std::string& first,
                                 const std::string& last)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.size() >= first.size() + last.size() && name.starts_with(first) &&
            name.ends_with(last) && entry.is_regular_file(error)) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace brownout::sim
