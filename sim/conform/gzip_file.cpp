#include "gzip_file.hpp"

#include <sim/error.hpp>

#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fmt/format.h>

#include <array>
#include <fstream>

namespace brownout::sim {

namespace {

namespace io = boost::iostreams;

constexpr std::size_t kCompressedBytesMax = 256u << 20;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& sentence)
{
    throw InputError(Place{path.string()}, sentence);
}

// Appends `stream` to `text`; false when there is more than fits.
bool read_bounded(std::istream& stream, std::size_t bytes_max, std::string& text)
{
    std::array<char, 1 << 16> piece;
    while (stream) {
        stream.read(piece.data(), piece.size());
        const auto got = static_cast<std::size_t>(stream.gcount());
        if (got > bytes_max - text.size()) {
            return false;
        }
        text.append(piece.data(), got);
    }
    return true;
}

}  // namespace

std::string read_whole_file(const std::filesystem::path& path, std::size_t bytes_max)
{
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        refuse(path, "The file cannot be opened.");
    }
    std::string text;
    if (!read_bounded(file, bytes_max, text)) {
        refuse(path, fmt::format("The file is longer than {} bytes.", bytes_max));
    }
    return text;
}

std::string read_gzip_file(const std::filesystem::path& path, std::size_t bytes_max)
{
    const std::string compressed = read_whole_file(path, kCompressedBytesMax);
    std::string text;
    try {
        io::filtering_istream stream;
        stream.push(io::gzip_decompressor());
        stream.push(io::array_source(compressed.data(), compressed.size()));
        stream.exceptions(std::ios::badbit);  // passes on what the decompressor throws
        if (!read_bounded(stream, bytes_max, text)) {
            refuse(path, fmt::format("The file decompresses to more than {} bytes.", bytes_max));
        }
    } catch (const std::ios::failure&) {
        refuse(path, "The gzip data is damaged.");
    }
    return text;
}

void write_gzip_file(const std::filesystem::path& path, std::string_view text)
{
    io::gzip_params parameters(9);
    parameters.mtime = 0;
    std::string compressed;
    io::filtering_ostream stream;
    stream.push(io::gzip_compressor(parameters));
    stream.push(io::back_inserter(compressed));
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    stream.reset();
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(compressed.data(), static_cast<std::streamsize>(compressed.size()));
    file.close();
    if (!file) {
        refuse(path, "The file cannot be written.");
    }
}

}  // namespace brownout::sim
