// Reading and writing dump files, and how commands name them.
#include "segment_list.hpp"

#include "scenario/scalar_text.hpp"
#include "scenario/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace brownout::sim {

void SegmentList::add(std::uint64_t address, std::span<const std::uint8_t> bytes, int line)
{
    if (bytes.empty()) {
        return;
    }
    byte_count_ += bytes.size();
    if (byte_count_ > kDumpBytesMax) {
        throw InputError(Place{file_, line},
                         fmt::format("holds more than {} bytes", kDumpBytesMax));
    }
    const auto next = segments_.upper_bound(address);
    DumpSegment* before = next == segments_.begin() ? nullptr : &std::prev(next)->second;
    const DumpSegment* twice = nullptr;
    if (before != nullptr && before->end() > address) {
        twice = before;
    } else if (next != segments_.end() && next->second.address < address + bytes.size()) {
        twice = &next->second;
    }
    if (twice != nullptr) {
        throw InputError(Place{file_, line},
                         fmt::format("bytes at 0x{:08X} are given twice: also in the stretch that "
                                     "begins in line {}. Nothing was loaded.",
                                     std::max(address, twice->address), twice->line));
    }
    if (before != nullptr && before->end() == address) {
        before->bytes.insert(before->bytes.end(), bytes.begin(), bytes.end());
    } else {
        segments_.emplace(address, DumpSegment{address, {bytes.begin(), bytes.end()}, line});
    }
}

Dump SegmentList::take()
{
    Dump dump;
    dump.file = file_;
    for (auto& [address, segment] : segments_) {
        dump.segments.push_back(std::move(segment));
    }
    return dump;
}

std::uint64_t Dump::byte_count() const
{
    return std::accumulate(
        segments.begin(), segments.end(), std::uint64_t{0},
        [](std::uint64_t sum, const DumpSegment& segment) { return sum + segment.bytes.size(); });
}

namespace {

DumpFormat format_of(const std::filesystem::path& file, std::string_view content)
{
    const std::string extension = file.extension().string();
    if (extension == ".bin" || extension == ".img") {
        return DumpFormat::kBinary;
    }
    if (extension == ".hex" || extension == ".ihex") {
        return DumpFormat::kIntelHex;
    }
    const std::size_t start = content.find_first_not_of(" \t\r\n");
    if (start != content.npos && content[start] == ':') {
        return DumpFormat::kIntelHex;
    }
    const std::string_view head = content.substr(0, 4096);
    const bool is_text = std::all_of(head.begin(), head.end(), [](char c) {
        return c == '\t' || c == '\r' || c == '\n' || (c >= ' ' && c <= '~');
    });
    return is_text ? DumpFormat::kMemrd : DumpFormat::kBinary;
}

}  // namespace

Dump read_dump(const std::filesystem::path& file, std::optional<DumpFormat> format)
{
    const std::string name = file.string();
    const std::string content = read_text_file(name, kDumpBytesMax);
    if (content.empty()) {
        throw InputError(Place{name}, "is empty");
    }
    const DumpFormat actual = format ? *format : format_of(file, content);
    if (actual == DumpFormat::kBinary) {
        if (!format && content.starts_with("\x7F"
                                           "ELF")) {
            throw InputError(Place{name}, "is an ELF file, no dump of memory: the .hex of the same "
                                          "build has what is programmed, with its addresses");
        }
        return {name, {DumpSegment{0, {content.begin(), content.end()}, 0}}};
    }
    if (content.size() > kDumpTextBytesMax) {
        throw InputError(Place{name}, fmt::format("is larger than {} bytes, too large for a text "
                                                  "of this kind; use a binary file",
                                                  kDumpTextBytesMax));
    }
    return actual == DumpFormat::kIntelHex ? parse_intel_hex(content, name)
                                           : parse_memrd(content, name);
}

DumpArgument parse_dump_argument(const std::string& text)
{
    std::error_code error;
    DumpArgument argument;
    argument.file = text;
    if (std::filesystem::exists(text, error)) {
        return argument;
    }
    std::string rest = text;
    const std::size_t plus = rest.rfind('+');
    const std::size_t at = rest.rfind('@');
    if (plus != rest.npos && (at == rest.npos || plus > at)) {
        const auto offset = parse_size(rest.substr(plus + 1));
        if (!offset || *offset > UINT32_MAX) {
            throw InputError(Place{text}, "what follows '+' must be an offset, like +0x1000");
        }
        argument.offset_bytes = *offset;
        rest.resize(plus);
    }
    if (at != rest.npos) {
        argument.place = rest.substr(at + 1);
        rest.resize(at);
        if (argument.place.empty()) {
            throw InputError(Place{text}, "the name of a device or partition is missing behind @");
        }
    }
    argument.file = rest;
    return argument;
}

ExportArgument parse_export_argument(const std::string& text)
{
    const std::size_t equals = text.find('=');
    ExportArgument argument;
    if (equals != text.npos) {
        argument = {text.substr(0, equals), text.substr(equals + 1)};
    }
    const std::string extension = argument.file.extension().string();
    if (argument.place.empty() || (extension != ".hex" && extension != ".bin")) {
        throw InputError("--export " + text +
                         ": expected PLACE=FILE.hex or PLACE=FILE.bin, PLACE being a device or "
                         "a partition");
    }
    return argument;
}

}  // namespace brownout::sim
