#include "import/dts_file.hpp"

#include "import/dts_tree.hpp"
#include "scenario/scalar_text.hpp"
#include "scenario/yaml_tree.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace brownout::sim {

namespace {

// What is between `open` and `close` in a value; nullopt: it is not of this form.
std::optional<std::string_view> bracketed(std::string_view value, char open, char close)
{
    if (value.size() < 2 || value.front() != open || value.back() != close) {
        return std::nullopt;
    }
    return value.substr(1, value.size() - 2);
}

std::vector<std::string_view> dts_words(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n";
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(kBlanks); at != text.npos;) {
        const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(kBlanks, end);
    }
    return words;
}

class DtsFlashReader {
public:
    DtsFlashReader(std::vector<DtsNode> nodes, const std::string& file)
        : nodes_(std::move(nodes)), file_(file)
    {
    }

    DtsFile read() const
    {
        DtsFile found;
        for (const DtsNode& node : nodes_) {
            const DtsNode* const parent = parent_of(node);
            const DtsNode* const flash = parent != nullptr ? parent_of(*parent) : nullptr;
            if (flash != nullptr && parent->is_compatible("fixed-partitions")) {
                add_partition(node, *flash, found.partitions);
            }
            const bool is_part =
                node.is_compatible("nordic,qspi-nor") || node.is_compatible("jedec,spi-nor");
            if (is_part && is_enabled(node) && (parent == nullptr || is_enabled(*parent))) {
                found.flash_parts.push_back(part_of(node, parent));
            }
        }
        return found;
    }

private:
    const DtsNode* parent_of(const DtsNode& node) const
    {
        return node.parent < 0 ? nullptr : &nodes_[static_cast<std::size_t>(node.parent)];
    }

    static bool is_enabled(const DtsNode& node)
    {
        const DtsProperty* const status = node.property("status");
        return status == nullptr || status->value == "\"okay\"" || status->value == "\"ok\"";
    }

    // Numbers between < and >; empty for anything else.
    std::vector<std::uint64_t> cells(const DtsProperty& property) const
    {
        std::vector<std::uint64_t> numbers;
        const auto inner = bracketed(property.value, '<', '>');
        for (const std::string_view word : dts_words(inner.value_or(""))) {
            const auto number = parse_whole_number(word);
            const bool is_number = !word.empty() && word[0] >= '0' && word[0] <= '9';
            if (is_number && (!number || *number > UINT32_MAX)) {
                throw InputError(Place{file_, property.line},
                                 fmt::format("'{}' in {} is no number of 32 bits",
                                             word.substr(0, 40), property.name));
            }
            if (!number) {
                return {};
            }
            numbers.push_back(*number);
        }
        return numbers;
    }

    std::uint64_t cell(const DtsNode& node, std::string_view name) const
    {
        const DtsProperty* const property = node.property(name);
        const auto numbers = property != nullptr ? cells(*property) : std::vector<std::uint64_t>{};
        return numbers.size() == 1 ? numbers[0] : 0;
    }

    // 0: not given.
    std::uint32_t frequency(const DtsNode& node, const char* name) const
    {
        constexpr std::uint64_t kFrequencyMaxHz = 200'000'000;  // of `frequency` in scenarios
        const std::uint64_t hz = cell(node, name);
        if (hz > kFrequencyMaxHz) {
            throw InputError(Place{file_, node.property(name)->line},
                             fmt::format("{} of {} Hz is above 200 MHz", name, hz));
        }
        return static_cast<std::uint32_t>(hz);
    }

    static std::string quoted_text(const DtsNode& node, std::string_view name)
    {
        const DtsProperty* const property = node.property(name);
        const auto inner =
            property != nullptr ? bracketed(property->value, '"', '"') : std::nullopt;
        return std::string(inner.value_or(""));
    }

    void add_partition(const DtsNode& node, const DtsNode& flash,
                       std::vector<DtsPartition>& partitions) const
    {
        const DtsProperty* const reg = node.property("reg");
        const auto numbers = reg != nullptr ? cells(*reg) : std::vector<std::uint64_t>{};
        if (numbers.size() == 2) {
            partitions.push_back({node.labels.empty() ? node.name : node.labels.back(), flash.name,
                                  flash.is_compatible("soc-nv-flash"),
                                  static_cast<std::uint32_t>(numbers[0]),
                                  static_cast<std::uint32_t>(numbers[1])});
        }
    }

    // "[ C2 28 17 ]"; empty for anything else.
    std::vector<std::uint8_t> bytes(const DtsNode& node, std::string_view name) const
    {
        std::vector<std::uint8_t> out;
        const DtsProperty* const property = node.property(name);
        if (property == nullptr) {
            return out;
        }
        std::string digits;
        for (const std::string_view word :
             dts_words(bracketed(property->value, '[', ']').value_or("?"))) {
            digits += word;
        }
        for (std::size_t i = 0; i < digits.size(); i += 2) {
            std::uint8_t byte = 0;
            const char* const end = digits.data() + std::min(i + 2, digits.size());
            const auto parsed = std::from_chars(digits.data() + i, end, byte, 16);
            if (parsed.ptr != end || end != digits.data() + i + 2) {
                throw InputError(
                    Place{file_, property->line},
                    fmt::format("{} must be bytes in brackets ([ C2 28 17 ])", property->name));
            }
            out.push_back(byte);
        }
        return out;
    }

    bool is_chosen(const DtsNode& part) const
    {
        return std::any_of(nodes_.begin(), nodes_.end(), [&](const DtsNode& node) {
            const DtsProperty* const chosen =
                node.name == "chosen" ? node.property("nordic,pm-ext-flash") : nullptr;
            return chosen != nullptr && std::any_of(part.labels.begin(), part.labels.end(),
                                                    [&](const std::string& label) {
                                                        return chosen->value == "&" + label;
                                                    });
        });
    }

    DtsFlashPart part_of(const DtsNode& node, const DtsNode* bus) const
    {
        DtsFlashPart part;
        part.name = node.labels.empty() ? node.name : node.labels.front();
        part.is_qspi = node.is_compatible("nordic,qspi-nor");
        for (const std::string& label : bus != nullptr ? bus->labels : std::vector<std::string>{}) {
            if (label.size() == 4 && label.starts_with("spi") && label[3] >= '0' &&
                label[3] <= '9') {
                part.bus = label;
            }
        }
        part.jedec_id = bytes(node, "jedec-id");
        const std::uint64_t size_bytes = cell(node, "size-in-bytes");
        part.size_bytes = size_bytes != 0 ? size_bytes : cell(node, "size") / 8;
        part.frequency_hz = frequency(node, part.is_qspi ? "sck-frequency" : "spi-max-frequency");
        part.read_mode = quoted_text(node, "readoc");
        part.write_mode = quoted_text(node, "writeoc");
        part.is_chosen = is_chosen(node);
        part.line = node.line;
        return part;
    }

    std::vector<DtsNode> nodes_;
    const std::string& file_;
};

}  // namespace

DtsFile parse_dts(std::string_view text, const std::string& file)
{
    return DtsFlashReader(parse_dts_tree(text, file), file).read();
}

DtsFile read_dts(const std::filesystem::path& file)
{
    constexpr std::size_t kDtsBytesMax = 16u << 20;
    return parse_dts(read_text_file(file.string(), kDtsBytesMax), file.string());
}

}  // namespace brownout::sim
