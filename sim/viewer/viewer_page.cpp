#include "recording_view.hpp"

#include <sim/data_paths.hpp>
#include <sim/error.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "viewer.html";
// Where the page has room for its data.
constexpr const char* kMarker = "@BROWNOUT_DATA@";

std::vector<fs::path> page_folders()
{
    if (const char* chosen = std::getenv("BROWNOUT_VIEWER_DIR")) {
        return {chosen};
    }
    const fs::path program_folder = program_file().parent_path();
    return {program_folder, program_folder.parent_path(),
            program_folder.parent_path() / "share/brownout"};
}

// JSON between script tags: nothing in a string may look like the end of the element.
std::string harmless(const std::string& json)
{
    std::string text;
    text.reserve(json.size());
    for (const char c : json) {
        switch (c) {
        case '<':
            text += "\\u003c";
            break;
        case '>':
            text += "\\u003e";
            break;
        case '&':
            text += "\\u0026";
            break;
        default:
            text += c;
        }
    }
    return text;
}

std::string filled(const std::string& page, const nlohmann::json& data)
{
    const std::size_t at = page.find(kMarker);
    if (at == std::string::npos) {
        throw InputError(std::string(kFileName) + " has no place for data: build it again");
    }
    const std::string json = data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::string result = page;
    result.replace(at, std::string(kMarker).size(), harmless(json));
    return result;
}

}  // namespace

std::string viewer_template()
{
    for (const fs::path& folder : page_folders()) {
        std::ifstream file(folder / kFileName, std::ios::binary);
        if (file) {
            return {std::istreambuf_iterator<char>(file), {}};
        }
    }
    throw InputError("--html is not available: this brownout was built without the viewer, which "
                     "needs Node.js and npm. Install them (tools/install-dependencies) and build "
                     "again");
}

std::string run_page(const std::string& page, const Recording& recording, const TriedCuts& cuts)
{
    return filled(page, nlohmann::json{{"recording", view_of(recording, cuts)}});
}

std::string exploration_page(const std::string& page, const ExploredView& explored,
                             const Recording& recording, const TriedCuts& cuts)
{
    return filled(page, nlohmann::json{{"recording", view_of(recording, cuts)},
                                       {"exploration", view_of(explored)}});
}

}  // namespace brownout::sim
