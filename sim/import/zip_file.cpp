// Members of a ZIP archive, by its central directory. Every offset is checked; what is stored or
// deflated is read, nothing else.
#include "import/zip_file.hpp"

#include "scenario/yaml_tree.hpp"

#include <sim/error.hpp>

#include <boost/crc.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filtering_stream.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace brownout::sim {

namespace {

constexpr std::size_t kArchiveBytesMax = 64u << 20;
constexpr std::size_t kMemberBytesMax = 32u << 20;
constexpr std::size_t kZipEndBytes = 22;
constexpr std::size_t kDirectoryEntryBytes = 46;
constexpr std::size_t kLocalHeaderBytes = 30;

}  // namespace

ZipArchive::ZipArchive(std::string bytes, std::string file)
    : bytes_(std::move(bytes)), file_(std::move(file))
{
    read_directory();
}

ZipArchive ZipArchive::read(const std::filesystem::path& path)
{
    return {read_text_file(path.string(), kArchiveBytesMax), path.string()};
}

std::vector<std::string> ZipArchive::names() const
{
    std::vector<std::string> names;
    for (const Member& member : members_) {
        names.push_back(member.name);
    }
    return names;
}

std::vector<std::uint8_t> ZipArchive::content(const std::string& name) const
{
    const auto member = std::find_if(members_.begin(), members_.end(),
                                     [&](const Member& one) { return one.name == name; });
    if (member == members_.end()) {
        throw InputError(Place{file_}, fmt::format("has no member '{}'", name));
    }
    const std::size_t at = member->header_offset;
    require(at + kLocalHeaderBytes <= bytes_.size() && number(at, 4) == 0x04034B50);
    const std::size_t start = at + kLocalHeaderBytes + number(at + 26, 2) + number(at + 28, 2);
    require(start <= bytes_.size() && member->packed_bytes <= bytes_.size() - start);
    if (member->plain_bytes > kMemberBytesMax) {
        throw InputError(Place{file_},
                         fmt::format("{} is larger than {} bytes", member->name, kMemberBytesMax));
    }
    const std::string packed = bytes_.substr(start, member->packed_bytes);
    const std::string plain = member->method == 0 ? packed : inflated(packed, member->plain_bytes);
    boost::crc_32_type checksum;
    checksum.process_bytes(plain.data(), plain.size());
    require(plain.size() == member->plain_bytes && checksum.checksum() == member->crc32);
    return {plain.begin(), plain.end()};
}

void ZipArchive::require(bool good) const
{
    if (!good) {
        throw InputError(Place{file_}, "is a damaged ZIP archive, or none");
    }
}

std::size_t ZipArchive::number(std::size_t offset, std::size_t width) const
{
    std::size_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        value |= std::size_t{static_cast<unsigned char>(bytes_[offset + i])} << (8 * i);
    }
    return value;
}

void ZipArchive::read_directory()
{
    require(bytes_.size() >= kZipEndBytes);
    std::size_t end = bytes_.size() - kZipEndBytes;
    while (number(end, 4) != 0x06054B50) {
        require(end > 0);
        --end;
    }
    std::size_t at = number(end + 16, 4);
    for (std::size_t left = number(end + 10, 2); left > 0; --left) {
        require(at <= end && kDirectoryEntryBytes <= end - at && number(at, 4) == 0x02014B50);
        const std::size_t name_bytes = number(at + 28, 2);
        const std::size_t next =
            at + kDirectoryEntryBytes + name_bytes + number(at + 30, 2) + number(at + 32, 2);
        require(next <= end);
        members_.push_back({bytes_.substr(at + kDirectoryEntryBytes, name_bytes),
                            static_cast<std::uint32_t>(number(at + 10, 2)),
                            static_cast<std::uint32_t>(number(at + 16, 4)), number(at + 20, 4),
                            number(at + 24, 4), number(at + 42, 4)});
        require(members_.back().method == 0 || members_.back().method == 8);
        at = next;
    }
}

// One byte more than `plain_bytes` if there are more: the caller compares.
std::string ZipArchive::inflated(const std::string& packed, std::size_t plain_bytes) const
{
    namespace io = boost::iostreams;
    io::zlib_params parameters;
    parameters.noheader = true;
    std::istringstream source(packed);
    io::filtering_istream stream;
    stream.push(io::zlib_decompressor(parameters));
    stream.push(source);
    std::string plain(plain_bytes + 1, '\0');
    try {
        stream.read(plain.data(), static_cast<std::streamsize>(plain.size()));
    } catch (const std::exception&) {
        require(false);
    }
    plain.resize(static_cast<std::size_t>(stream.gcount()));
    return plain;
}

}  // namespace brownout::sim
