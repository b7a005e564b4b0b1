#include "yaml_tree.hpp"

#include "utf8_text.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace brownout::sim {

namespace {

// Builds the tree from parser events. Children are finished before they are moved into their
// parent, so no pointer into a growing vector is kept.
class TreeBuilder : public YAML::EventHandler {
public:
    TreeBuilder(const std::string& file, YamlAliases aliases) : file_(file), aliases_(aliases) {}

    bool has_root() const { return has_root_; }
    YamlNode take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override
    {
        if (has_root_) {
            fail(mark, "a second document begins here; a file holds one");
        }
    }
    void OnDocumentEnd() override {}

    // "key:" with nothing behind it is complained about at the key; the parser's mark is wherever
    // the next thing stands.
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override
    {
        if (awaits_key()) {
            fail(mark, "a key is missing before this ':'");
        }
        YamlNode node = node_at(mark, YamlNode::Kind::kNull);
        if (!open_.empty() && open_.back().is_map()) {
            node.line = open_.back().keys.back().line;
            node.column = open_.back().keys.back().column;
        }
        add(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override
    {
        if (aliases_ == YamlAliases::kEmpty && !awaits_key()) {
            add(node_at(mark, YamlNode::Kind::kNull));
            return;
        }
        fail(mark, "aliases (*name) are not used here; write the value out");
    }

    void OnAnchor(const YAML::Mark& mark, const std::string&) override
    {
        if (aliases_ == YamlAliases::kEmpty) {
            return;
        }
        fail(mark, "anchors (&name) are not used here; write the value out");
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override
    {
        refuse_tag(mark, tag);
        YamlNode node = node_at(mark, YamlNode::Kind::kScalar);
        node.text = value;
        node.quoted = tag == "!";
        if (awaits_key()) {
            add_key(std::move(node));
        } else {
            add(std::move(node));
        }
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
        open(mark, tag, YamlNode::Kind::kList);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
        open(mark, tag, YamlNode::Kind::kMap);
    }
    void OnMapEnd() override { close(); }

    [[noreturn]] void fail(const YAML::Mark& mark, const std::string& sentence) const
    {
        throw InputError(Place{file_, mark.line + 1, mark.column + 1}, sentence);
    }

private:
    static YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind)
    {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    // Plain scalars and collections carry "?", quoted scalars "!"; anything else was written.
    void refuse_tag(const YAML::Mark& mark, const std::string& tag) const
    {
        if (!tag.empty() && tag != "?" && tag != "!") {
            fail(mark, "tags (!name) are not used here");
        }
    }

    bool awaits_key() const
    {
        return !open_.empty() && open_.back().is_map() &&
               open_.back().keys.size() == open_.back().items.size();
    }

    void add_key(YamlNode scalar)
    {
        YamlNode& map = open_.back();
        for (const YamlKey& key : map.keys) {
            if (key.text == scalar.text) {
                throw InputError(Place{file_, scalar.line, scalar.column},
                                 fmt::format("key '{}' appears twice; the first is in line {}",
                                             key.text, key.line));
            }
        }
        map.keys.push_back({std::move(scalar.text), scalar.line, scalar.column});
        if (map.keys.size() > kKeysMax) {
            throw InputError(Place{file_, map.line, map.column},
                             fmt::format("a mapping of more than {} keys", kKeysMax));
        }
    }

    void add(YamlNode node)
    {
        if (open_.empty()) {
            root_ = std::move(node);
            has_root_ = true;
        } else {
            open_.back().items.push_back(std::move(node));
        }
    }

    void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind)
    {
        refuse_tag(mark, tag);
        if (awaits_key()) {
            fail(mark, "a key must be a plain text, not a list or a mapping");
        }
        if (open_.size() >= kYamlDepthMax) {
            fail(mark, fmt::format("nested deeper than {} levels", kYamlDepthMax));
        }
        open_.push_back(node_at(mark, kind));
    }

    void close()
    {
        BROWNOUT_ASSERT(!open_.empty());
        YamlNode node = std::move(open_.back());
        open_.pop_back();
        add(std::move(node));
    }

    // Bounds the quadratic search for duplicates.
    static constexpr std::size_t kKeysMax = 256;

    const std::string& file_;
    const YamlAliases aliases_;
    std::vector<YamlNode> open_;
    YamlNode root_;
    bool has_root_ = false;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const
{
    if (!is_map()) {
        return nullptr;
    }
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const YamlKey& entry) { return entry.text == key; });
    return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

namespace {

// The parser says of a tab only that something else is wrong, often lines later.
void refuse_tabs(std::string_view text, const std::string& file, int last_line)
{
    for (int line = 0; line <= last_line && !text.empty(); ++line) {
        const std::string_view indentation = text.substr(0, text.find_first_not_of(" \t"));
        const std::size_t tab = indentation.find('\t');
        if (tab != indentation.npos) {
            throw InputError(Place{file, line + 1, static_cast<int>(tab) + 1},
                             "is not YAML: a tab cannot indent a line, use spaces");
        }
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    }
}

const char* hint_for(const std::string& message)
{
    return message == "illegal map value" ? " (a colon may be missing in the line before, or this "
                                            "line is indented too far)"
                                          : "";
}

}  // namespace

YamlNode parse_yaml(std::string_view text, const std::string& file, YamlAliases aliases)
{
    require_utf8_text(text, file);
    TreeBuilder builder(file, aliases);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        if (error.mark.is_null()) {
            throw InputError(Place{file}, "is not YAML: " + error.msg);
        }
        refuse_tabs(text, file, error.mark.line);
        builder.fail(error.mark, "is not YAML: " + error.msg + hint_for(error.msg));
    }
    if (!builder.has_root()) {
        throw InputError(Place{file}, "is empty");
    }
    return builder.take_root();
}

namespace {

[[noreturn]] void refuse_size(const std::string& file, std::size_t bytes_max)
{
    throw InputError(
        Place{file},
        fmt::format("is larger than {} bytes, too large for a file of this kind", bytes_max));
}

}  // namespace

std::string read_text_file(const std::string& file, std::size_t bytes_max)
{
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) {
        throw InputError(Place{file}, "no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw InputError(Place{file}, "is not a regular file");
    }
    const auto size = std::filesystem::file_size(file, error);
    if (!error && size > bytes_max) {
        refuse_size(file, bytes_max);
    }
    // Memory follows what is there, not what a growing file or a device claims.
    std::ifstream stream(file, std::ios::binary);
    std::string text;
    std::string piece(64 * 1024, '\0');
    while (stream && text.size() <= bytes_max) {
        stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        text.append(piece, 0, static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad() || !stream.is_open()) {
        throw InputError(Place{file}, "cannot be read");
    }
    if (text.size() > bytes_max) {
        refuse_size(file, bytes_max);
    }
    return text;
}

}  // namespace brownout::sim
