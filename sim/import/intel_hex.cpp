// Intel HEX (Intel, Hexadecimal Object File Format Specification, revision A, 1988).
#include "segment_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace brownout::sim {

namespace {

constexpr std::size_t kRecordBytesMax = 1 + 2 + 1 + 255 + 1;

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class HexReader {
public:
    HexReader(std::string_view text, const std::string& file)
        : text_(text), file_(file), list_(file)
    {
    }

    Dump read()
    {
        while (!text_.empty()) {
            const std::size_t end = std::min(text_.find('\n'), text_.size());
            std::string_view line = text_.substr(0, end);
            text_.remove_prefix(std::min(end + 1, text_.size()));
            line_++;
            while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
                line.remove_suffix(1);
            }
            if (!line.empty()) {
                record(line);
            }
        }
        if (!at_end_) {
            fail("the end-of-file record (:00000001FF) is missing: the file is cut off here");
        }
        if (list_.empty()) {
            fail("holds no data");
        }
        return list_.take();
    }

private:
    [[noreturn]] void fail(const std::string& sentence) const
    {
        throw InputError(Place{file_, line_}, sentence + ". Nothing was loaded.");
    }

    void decode(std::string_view line)
    {
        if (line.front() != ':') {
            fail("a record of an Intel HEX file begins with ':'");
        }
        line.remove_prefix(1);
        if (line.size() % 2 != 0 || line.size() / 2 > kRecordBytesMax || line.size() < 10) {
            fail(fmt::format("a record has an even number of digits from 10 to {}, this one has {}",
                             2 * kRecordBytesMax, line.size()));
        }
        length_ = line.size() / 2;
        for (std::size_t i = 0; i < length_; ++i) {
            const int high = hex_digit(line[2 * i]);
            const int low = hex_digit(line[2 * i + 1]);
            if (high < 0 || low < 0) {
                fail(fmt::format("column {} holds no hexadecimal digit",
                                 2 * i + (high < 0 ? 2 : 3)));
            }
            record_[i] = static_cast<std::uint8_t>(high * 16 + low);
        }
    }

    void record(std::string_view line)
    {
        if (at_end_) {
            fail("a record follows the end-of-file record");
        }
        decode(line);
        const std::size_t count = record_[0];
        if (length_ != count + 5) {
            fail(fmt::format("the record says that it has {} data bytes, but it has {}", count,
                             length_ - 5));
        }
        const auto offset = static_cast<std::uint32_t>(record_[1] << 8 | record_[2]);
        unsigned sum = 0;
        for (std::size_t i = 0; i + 1 < length_; ++i) {
            sum += record_[i];
        }
        const unsigned computed = (0x100 - (sum & 0xFF)) & 0xFF;
        if (computed != record_[length_ - 1]) {
            fail(fmt::format("checksum of the record at 0x{:08X} is 0x{:02X}, computed 0x{:02X}: "
                             "the file is damaged here",
                             base_ + offset, record_[length_ - 1], computed));
        }
        take(record_[3], offset, std::span(record_).subspan(4, count));
    }

    void take(unsigned type, std::uint32_t offset, std::span<const std::uint8_t> data)
    {
        static constexpr std::array<int, 6> kLengths = {-1, 0, 2, 4, 2, 4};
        if (type >= kLengths.size()) {
            fail(fmt::format("there is no record type {:02X}", type));
        }
        if (kLengths[type] >= 0 && data.size() != static_cast<std::size_t>(kLengths[type])) {
            fail(fmt::format("a record of type {:02X} has {} data bytes, this one has {}", type,
                             kLengths[type], data.size()));
        }
        const std::uint32_t value =
            data.size() >= 2 ? static_cast<std::uint32_t>(data[0] << 8 | data[1]) : 0;
        switch (type) {
        case 0:
            store(offset, data);
            break;
        case 1:
            at_end_ = true;
            break;
        case 2:
            base_ = std::uint64_t{value} << 4;
            is_segment_ = true;
            break;
        case 4:
            base_ = std::uint64_t{value} << 16;
            is_segment_ = false;
            break;
        default:  // 03, 05: where a processor starts; not for flash
            break;
        }
    }

    void store(std::uint32_t offset, std::span<const std::uint8_t> data)
    {
        if (data.empty()) {
            return;
        }
        // Within a segment of 64 KiB addresses wrap around.
        const std::size_t below =
            is_segment_ ? std::min<std::size_t>(data.size(), 0x10000 - offset) : data.size();
        if (base_ + offset + below > 0x100000000ull) {
            fail(fmt::format("the record at 0x{:08X} ends behind 4 GiB", base_ + offset));
        }
        list_.add(base_ + offset, data.first(below), line_);
        if (below < data.size()) {
            list_.add(base_, data.subspan(below), line_);
        }
    }

    std::string_view text_;
    const std::string& file_;
    SegmentList list_;
    int line_ = 0;
    std::array<std::uint8_t, kRecordBytesMax> record_{};
    std::size_t length_ = 0;
    std::uint64_t base_ = 0;
    bool is_segment_ = false;
    bool at_end_ = false;
};

void append_record(std::string& out, unsigned type, std::uint32_t offset,
                   std::span<const std::uint8_t> data)
{
    unsigned sum = static_cast<unsigned>(data.size()) + (offset >> 8) + (offset & 0xFF) + type;
    fmt::format_to(std::back_inserter(out), ":{:02X}{:04X}{:02X}", data.size(), offset, type);
    for (const std::uint8_t byte : data) {
        fmt::format_to(std::back_inserter(out), "{:02X}", byte);
        sum += byte;
    }
    fmt::format_to(std::back_inserter(out), "{:02X}\n", (0x100 - (sum & 0xFF)) & 0xFF);
}

}  // namespace

Dump parse_intel_hex(std::string_view text, const std::string& file)
{
    return HexReader(text, file).read();
}

std::string intel_hex(std::uint64_t address, const std::vector<std::uint8_t>& bytes,
                      std::uint8_t erased_value)
{
    constexpr std::uint64_t kRecordBytes = 16;
    std::string out;
    std::uint64_t upper = 0;
    for (std::uint64_t at = 0; at < bytes.size();) {
        const std::uint64_t to_boundary = kRecordBytes - (address + at) % kRecordBytes;
        const auto length = static_cast<std::size_t>(std::min(to_boundary, bytes.size() - at));
        const std::span<const std::uint8_t> data(bytes.data() + at, length);
        const std::uint64_t here = address + at;
        at += length;
        if (std::all_of(data.begin(), data.end(),
                        [&](std::uint8_t byte) { return byte == erased_value; })) {
            continue;
        }
        if (here >> 16 != upper) {
            upper = here >> 16;
            const std::array<std::uint8_t, 2> high = {static_cast<std::uint8_t>(upper >> 8),
                                                      static_cast<std::uint8_t>(upper)};
            append_record(out, 4, 0, high);
        }
        append_record(out, 0, static_cast<std::uint32_t>(here & 0xFFFF), data);
    }
    append_record(out, 1, 0, {});
    return out;
}

}  // namespace brownout::sim
