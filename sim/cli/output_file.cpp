#include "output_file.hpp"

#include <sim/error.hpp>

#include <fstream>
#include <iostream>

namespace brownout::sim::cli {

void write_output(const std::filesystem::path& path, const std::string& text)
{
    if (path == "-") {
        std::cout << text << std::flush;
        return;
    }
    const std::filesystem::path partial = path.string() + ".part";
    {
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        file << text;
        file.flush();
        if (!file) {
            throw InputError(path.string() + ": cannot be written");
        }
    }
    std::error_code error;
    std::filesystem::rename(partial, path, error);
    if (error) {
        throw InputError(path.string() + ": cannot be written: " + error.message());
    }
}

}  // namespace brownout::sim::cli
