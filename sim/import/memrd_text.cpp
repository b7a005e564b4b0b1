// The text of `nrfjprog --memrd`: an address, a colon, words of one width, then the same as text
// behind a '|'. Words are little endian in memory.
#include "segment_list.hpp"

#include "scenario/scalar_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kWordsMax = 64;

bool is_hex_word(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

class MemrdReader {
public:
    MemrdReader(std::string_view text, const std::string& file)
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
            read_line(line);
        }
        if (list_.empty()) {
            throw InputError(Place{file_}, "holds no line of the form '0x0000C000: 96F3B83D ...'");
        }
        return list_.take();
    }

private:
    [[noreturn]] void fail(const std::string& sentence) const
    {
        throw InputError(Place{file_, line_}, sentence + ". Nothing was loaded.");
    }

    void read_line(std::string_view line)
    {
        const std::size_t colon = line.find(':');
        const auto address = colon == line.npos || line.substr(0, 2) != "0x"
                                 ? std::nullopt
                                 : parse_whole_number(line.substr(0, colon));
        const bool is_blank = line.find_first_not_of(" \t\r") == line.npos;
        if (!address) {
            if (!list_.empty() && !is_blank) {
                fail("the line does not begin with an address and ':'");
            }
            return;
        }
        if (*address > UINT32_MAX) {
            fail("the address is larger than 32 bits");
        }
        line.remove_prefix(colon + 1);
        words(*address, line.substr(0, line.find('|')));
    }

    void words(std::uint64_t address, std::string_view text)
    {
        std::vector<std::uint8_t> bytes;
        while (true) {
            const std::size_t start = text.find_first_not_of(" \t\r");
            if (start == text.npos) {
                break;
            }
            text.remove_prefix(start);
            const std::size_t length = std::min(text.find_first_of(" \t\r"), text.size());
            append_word(text.substr(0, length), bytes);
            text.remove_prefix(length);
            if (bytes.size() > kWordsMax * 4) {
                fail(fmt::format("more than {} words in a line", kWordsMax));
            }
        }
        list_.add(address, bytes, line_);
    }

    void append_word(std::string_view word, std::vector<std::uint8_t>& bytes)
    {
        const bool is_known_width = word.size() == 2 || word.size() == 4 || word.size() == 8;
        if (!is_hex_word(word) || !is_known_width) {
            fail(fmt::format("'{}' is not a word of 2, 4 or 8 hexadecimal digits",
                             word.substr(0, 40)));
        }
        if (width_ != 0 && width_ != word.size()) {
            fail("the words have different widths");
        }
        width_ = word.size();
        const auto value = static_cast<std::uint32_t>(std::stoul(std::string(word), nullptr, 16));
        for (std::size_t i = 0; i < word.size() / 2; ++i) {
            bytes.push_back(static_cast<std::uint8_t>(value >> 8 * i));
        }
    }

    std::string_view text_;
    const std::string& file_;
    SegmentList list_;
    int line_ = 0;
    std::size_t width_ = 0;
};

}  // namespace

Dump parse_memrd(std::string_view text, const std::string& file)
{
    return MemrdReader(text, file).read();
}

}  // namespace brownout::sim
