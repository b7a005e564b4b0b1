// Members of a ZIP archive, by its central directory. Every offset is checked; what is stored or
// deflated is read, nothing else.
#include <sim/error.hpp>
#include <sim/ncs_import.hpp>

#include "scenario/yaml_tree.hpp"

#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filtering_stream.hpp>

#include <fmt/format.h>

#include <sstream>

namespace brownout::sim {

namespace {

constexpr std::size_t kArchiveBytesMax = 64u << 20;
constexpr std::size_t kMemberBytesMax = 32u << 20;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kDirectoryEntryBytes = 46;
constexpr std::size_t kLocalHeaderBytes = 30;

struct ZipMember {
    std::string name;
    std::uint32_t method = 0;
    std::size_t packed_bytes = 0;
    std::size_t plain_bytes = 0;
    std::size_t header_offset = 0;
};

class ZipArchive {
public:
    explicit ZipArchive(const std::filesystem::path& path)
        : path_(path), bytes_(read_text_file(path.string(), kArchiveBytesMax))
    {
        read_directory();
    }

    const std::vector<ZipMember>& members() const { return members_; }

    std::vector<std::uint8_t> content(const ZipMember& member) const
    {
        const std::size_t at = member.header_offset;
        require(at + kLocalHeaderBytes <= bytes_.size() && number(at, 4) == 0x04034B50);
        const std::size_t start = at + kLocalHeaderBytes + number(at + 26, 2) + number(at + 28, 2);
        require(start <= bytes_.size() && member.packed_bytes <= bytes_.size() - start);
        if (member.plain_bytes > kMemberBytesMax) {
            throw InputError(Place{path_.string()}, fmt::format("{} is larger than {} bytes",
                                                                member.name, kMemberBytesMax));
        }
        const std::string packed = bytes_.substr(start, member.packed_bytes);
        std::string plain = member.method == 0 ? packed : inflated(packed);
        require(plain.size() == member.plain_bytes);
        return {plain.begin(), plain.end()};
    }

private:
    void require(bool good) const
    {
        if (!good) {
            throw InputError(Place{path_.string()}, "is a damaged ZIP archive, or none");
        }
    }

    std::size_t number(std::size_t offset, std::size_t width) const
    {
        std::size_t value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            value |= std::size_t{static_cast<unsigned char>(bytes_[offset + i])} << (8 * i);
        }
        return value;
    }

    void read_directory()
    {
        require(bytes_.size() >= kEndBytes);
        std::size_t end = bytes_.size() - kEndBytes;
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
                                static_cast<std::uint32_t>(number(at + 10, 2)), number(at + 20, 4),
                                number(at + 24, 4), number(at + 42, 4)});
            require(members_.back().method == 0 || members_.back().method == 8);
            at = next;
        }
    }

    std::string inflated(const std::string& packed) const
    {
        namespace io = boost::iostreams;
        io::zlib_params parameters;
        parameters.noheader = true;
        std::istringstream source(packed);
        io::filtering_istream stream;
        stream.push(io::zlib_decompressor(parameters));
        stream.push(source);
        std::string plain(kMemberBytesMax + 1, '\0');
        try {
            stream.read(plain.data(), static_cast<std::streamsize>(plain.size()));
        } catch (const std::exception&) {
            require(false);
        }
        plain.resize(static_cast<std::size_t>(stream.gcount()));
        return plain;
    }

    std::filesystem::path path_;
    std::string bytes_;
    std::vector<ZipMember> members_;
};

}  // namespace

std::vector<std::uint8_t> zip_member(const std::filesystem::path& archive, const std::string& name)
{
    const ZipArchive zip(archive);
    for (const ZipMember& member : zip.members()) {
        if (member.name == name) {
            return zip.content(member);
        }
    }
    throw InputError(Place{archive.string()}, "has no member " + name);
}

std::vector<std::string> zip_member_names(const std::filesystem::path& archive)
{
    const ZipArchive zip(archive);
    std::vector<std::string> names;
    for (const ZipMember& member : zip.members()) {
        names.push_back(member.name);
    }
    return names;
}

}  // namespace brownout::sim
