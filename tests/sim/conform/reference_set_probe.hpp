// Small reference cases to take, bend and play, and a folder to write them to.
#pragma once

#include "conform/case_reader.hpp"
#include "conform/gzip_file.hpp"

#include <sim/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace brownout::sim {

inline const std::filesystem::path kConformanceFolder = CONFORMANCE_FOLDER;

// The JSON of a recorded case.
inline nlohmann::json recorded_case(const std::string& strategy, const std::string& id)
{
    std::istringstream lines(read_gzip_file(kConformanceFolder / "cases" / (strategy + ".json.gz"),
                                            std::size_t{1} << 26));
    for (std::string line; std::getline(lines, line);) {
        if (line.find("\"id\":\"" + id + "\"") != std::string::npos) {
            return nlohmann::json::parse(line);
        }
    }
    ADD_FAILURE() << "no case " << id;
    return {};
}

inline nlohmann::json tiny_case()
{
    return recorded_case("swap-move", "move-tiny-test");
}

// The sentence of the InputError that `action` throws; "" if it throws none.
template <typename Action>
std::string complaint(Action action)
{
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

// A folder of the test's own, gone afterwards.
class TemporaryFolder {
public:
    TemporaryFolder()
        : path_(std::filesystem::temp_directory_path() /
                ("brownout-conform-" + std::to_string(getpid())))
    {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(const std::string& name, const std::string& text) const
    {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
        return path_ / name;
    }

    // A reference set whose only case is `document`.
    std::filesystem::path write_set(const nlohmann::json& document) const
    {
        for (const char* folder : {"images", "keys"}) {
            std::filesystem::copy(kConformanceFolder / folder, path_ / folder,
                                  std::filesystem::copy_options::recursive |
                                      std::filesystem::copy_options::overwrite_existing);
        }
        return write("cases/only.json", document.dump());
    }

private:
    std::filesystem::path path_;
};

}  // namespace brownout::sim
