// Partitions of a generated zephyr.dts. It needs no preprocessor, and of its syntax only node
// names, braces and the properties `compatible` and `reg` matter here.
#include <sim/ncs_import.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace brownout::sim {

namespace {

constexpr std::size_t kNestedNodesMax = 64;

struct DtsNode {
    std::string label;
    std::string name;
    std::string compatible;
};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
        text.remove_prefix(1);
    }
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
        text.remove_suffix(1);
    }
    return text;
}

std::string without_dts_comments(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "/*") {
            const std::size_t end = text.find("*/", i + 2);
            i = end == text.npos ? text.size() : end + 1;
        } else if (text.substr(i, 2) == "//") {
            const std::size_t end = text.find('\n', i);
            i = end == text.npos ? text.size() : end;
        } else {
            out += text[i];
        }
    }
    return out;
}

// "slot0_partition: partition@c000": labels come first, the last one counts.
DtsNode node_of(std::string_view head)
{
    DtsNode node;
    head = trimmed(head);
    for (std::size_t colon = head.find(':'); colon != head.npos; colon = head.find(':')) {
        node.label = std::string(trimmed(head.substr(0, colon)));
        head = trimmed(head.substr(colon + 1));
    }
    node.name = std::string(head);
    return node;
}

// The numbers between < and >.
std::vector<std::uint32_t> cells_of(std::string_view value)
{
    std::vector<std::uint32_t> cells;
    for (std::size_t i = 0; i < value.size();) {
        if (std::isxdigit(static_cast<unsigned char>(value[i])) == 0) {
            ++i;
            continue;
        }
        const bool is_hex = value.substr(i, 2) == "0x" || value.substr(i, 2) == "0X";
        const char* const first = value.data() + i + (is_hex ? 2 : 0);
        std::uint32_t number = 0;
        const auto parsed =
            std::from_chars(first, value.data() + value.size(), number, is_hex ? 16 : 10);
        if (parsed.ec != std::errc{}) {
            return {};
        }
        cells.push_back(number);
        i = static_cast<std::size_t>(parsed.ptr - value.data());
    }
    return cells;
}

class DtsReader {
public:
    std::vector<DtsPartition> read(const std::string& text)
    {
        std::size_t start = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::string_view piece = std::string_view(text).substr(start, i - start);
            if (text[i] == '"') {
                i = std::min(text.find('"', i + 1), text.size() - 1);
            } else if (text[i] == '{') {
                if (nodes_.size() == kNestedNodesMax) {
                    return {};
                }
                nodes_.push_back(node_of(piece));
                start = i + 1;
            } else if (text[i] == '}') {
                if (!nodes_.empty()) {
                    nodes_.pop_back();
                }
                start = i + 1;
            } else if (text[i] == ';') {
                property(trimmed(piece));
                start = i + 1;
            }
        }
        return std::move(found_);
    }

private:
    void property(std::string_view text)
    {
        const std::size_t equals = text.find('=');
        if (equals == text.npos || nodes_.empty()) {
            return;
        }
        const std::string_view name = trimmed(text.substr(0, equals));
        const std::string_view value = text.substr(equals + 1);
        if (name == "compatible") {
            nodes_.back().compatible = std::string(value);
            return;
        }
        const std::size_t depth = nodes_.size();
        if (name != "reg" || depth < 3 ||
            nodes_[depth - 2].compatible.find("fixed-partitions") == std::string::npos) {
            return;
        }
        const std::vector<std::uint32_t> cells = cells_of(value);
        if (cells.size() == 2) {
            const DtsNode& flash = nodes_[depth - 3];
            found_.push_back({nodes_.back().label, flash.name,
                              flash.compatible.find("soc-nv-flash") != std::string::npos, cells[0],
                              cells[1]});
        }
    }

    std::vector<DtsNode> nodes_;
    std::vector<DtsPartition> found_;
};

}  // namespace

std::vector<DtsPartition> parse_dts_partitions(std::string_view text)
{
    return DtsReader().read(without_dts_comments(text));
}

}  // namespace brownout::sim
