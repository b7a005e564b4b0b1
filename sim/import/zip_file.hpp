// A ZIP archive in memory: stored or deflated members.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace brownout::sim {

class ZipArchive {
public:
    // `file` is what messages call it. InputError: no ZIP archive, damaged, a member packed in
    // another way.
    ZipArchive(std::string bytes, std::string file);
    // Likewise; InputError if it cannot be read.
    static ZipArchive read(const std::filesystem::path& path);

    std::vector<std::string> names() const;  // in the order of the directory
    // InputError: no such member, damaged (its checksum too), larger than 32 MiB.
    std::vector<std::uint8_t> content(const std::string& name) const;

private:
    struct Member {
        std::string name;
        std::uint32_t method = 0;
        std::uint32_t crc32 = 0;
        std::size_t packed_bytes = 0;
        std::size_t plain_bytes = 0;
        std::size_t header_offset = 0;
    };

    void require(bool good) const;
    std::size_t number(std::size_t offset, std::size_t width) const;
    void read_directory();
    std::string inflated(const std::string& packed, std::size_t plain_bytes) const;

    std::string bytes_;
    std::string file_;
    std::vector<Member> members_;
};

}  // namespace brownout::sim
