#include "import/dts_tree.hpp"

#include "scenario/utf8_text.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kDtsDepthMax = 64;

std::string dts_trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    return first == text.npos
               ? std::string()
               : std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

// Collects a statement up to its ';', '{' or '}'.
class DtsParser {
public:
    DtsParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    std::vector<DtsNode> parse()
    {
        while (at_ < text_.size()) {
            step();
        }
        if (!open_.empty()) {
            const DtsNode& node = nodes_[static_cast<std::size_t>(open_.back())];
            fail(node.line, fmt::format("'}}' is missing: node '{}' is not closed", node.name));
        }
        if (!dts_trimmed(statement_).empty()) {
            fail(statement_line_, "the file ends in the middle of a statement");
        }
        return std::move(nodes_);
    }

private:
    [[noreturn]] void fail(int line, const std::string& sentence) const
    {
        throw InputError(Place{file_, line}, sentence);
    }

    void step()
    {
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("/*")) {
            skip_past("*/", 2, "a comment is not closed");
        } else if (rest.starts_with("//")) {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (rest.starts_with('"')) {
            take_text();
        } else if (rest.starts_with("&{")) {  // a path, not a node
            const std::size_t start = at_;
            skip_past("}", 2, "a reference to a path is not closed");
            statement_ += text_.substr(start, at_ - start);
        } else if (rest[0] == '{') {
            open_node();
        } else if (rest[0] == '}') {
            close_node();
        } else if (rest[0] == ';') {
            end_statement();
        } else {
            if (dts_trimmed(statement_).empty()) {
                statement_line_ = line_;
            }
            line_ += rest[0] == '\n' ? 1 : 0;
            statement_ += rest[0];
            ++at_;
        }
    }

    void skip_past(std::string_view end, std::size_t opening_bytes, const char* otherwise)
    {
        const std::size_t found = text_.find(end, at_ + opening_bytes);
        if (found == text_.npos) {
            fail(line_, otherwise);
        }
        const std::size_t next = found + end.size();
        line_ +=
            static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                        text_.begin() + static_cast<std::ptrdiff_t>(next), '\n'));
        at_ = next;
    }

    void take_text()
    {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != '"') {
            end += text_[end] == '\\' ? 2u : 1u;
        }
        if (end >= text_.size()) {
            fail(line_, "a text in quotes is not closed");
        }
        const std::string_view quoted = text_.substr(at_, end + 1 - at_);
        statement_ += quoted;
        line_ += static_cast<int>(std::count(quoted.begin(), quoted.end(), '\n'));
        at_ = end + 1;
    }

    // "slot0_partition: partition@c000": labels come first.
    void open_node()
    {
        if (open_.size() == kDtsDepthMax) {
            fail(line_, fmt::format("nodes are nested deeper than {} levels", kDtsDepthMax));
        }
        DtsNode node;
        std::string head = dts_trimmed(statement_);
        for (std::size_t colon = head.find(':'); colon != head.npos; colon = head.find(':')) {
            node.labels.push_back(dts_trimmed(std::string_view(head).substr(0, colon)));
            head = dts_trimmed(std::string_view(head).substr(colon + 1));
        }
        node.name = head;
        node.parent = open_.empty() ? -1 : open_.back();
        node.line = head.empty() ? line_ : statement_line_;
        open_.push_back(static_cast<std::ptrdiff_t>(nodes_.size()));
        nodes_.push_back(std::move(node));
        statement_.clear();
        ++at_;
    }

    void close_node()
    {
        if (open_.empty()) {
            fail(line_, "this '}' closes nothing");
        }
        if (!dts_trimmed(statement_).empty()) {
            fail(statement_line_, "';' is missing behind this statement");
        }
        open_.pop_back();
        statement_.clear();
        ++at_;
    }

    // A property, the end of a node, or something outside of nodes ("/dts-v1/").
    void end_statement()
    {
        const std::size_t equals = statement_.find('=');
        const std::string name = dts_trimmed(std::string_view(statement_).substr(0, equals));
        if (!open_.empty() && !name.empty()) {
            nodes_[static_cast<std::size_t>(open_.back())].properties.push_back(
                {name,
                 equals == statement_.npos
                     ? std::string()
                     : dts_trimmed(std::string_view(statement_).substr(equals + 1)),
                 statement_line_});
        }
        statement_.clear();
        ++at_;
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::string statement_;
    int statement_line_ = 1;
    std::vector<std::ptrdiff_t> open_;
    std::vector<DtsNode> nodes_;
};

}  // namespace

const DtsProperty* DtsNode::property(std::string_view property_name) const
{
    const auto found =
        std::find_if(properties.begin(), properties.end(),
                     [&](const DtsProperty& one) { return one.name == property_name; });
    return found == properties.end() ? nullptr : &*found;
}

bool DtsNode::is_compatible(std::string_view text) const
{
    const DtsProperty* const compatible = property("compatible");
    return compatible != nullptr &&
           compatible->value.find(fmt::format("\"{}\"", text)) != std::string::npos;
}

std::vector<DtsNode> parse_dts_tree(std::string_view text, const std::string& file)
{
    require_utf8_text(text, file);
    return DtsParser(text, file).parse();
}

}  // namespace brownout::sim
