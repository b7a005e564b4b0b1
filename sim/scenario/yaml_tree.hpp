// A YAML document as a plain tree in which every node and every key knows its place.
//
// Stricter than YAML: one document, keys are plain texts and appear once per mapping, no anchors,
// aliases or tags (a scenario says what it means where it means it; and a document of aliases can
// be exponentially larger than its file), at most kYamlDepthMax levels.
#pragma once

#include <sim/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

inline constexpr int kYamlDepthMax = 24;

struct YamlKey {
    std::string text;
    int line = 0;
    int column = 0;
};

struct YamlNode {
    enum class Kind { kNull, kScalar, kList, kMap };

    Kind kind = Kind::kNull;
    std::string text;     // of a scalar
    bool quoted = false;  // a scalar in quotes is a text, whatever it looks like
    int line = 0;         // from 1
    int column = 0;
    std::vector<YamlKey> keys;    // of a map, in file order
    std::vector<YamlNode> items;  // of a list; of a map: items[i] belongs to keys[i]

    bool is_null() const { return kind == Kind::kNull; }
    bool is_scalar() const { return kind == Kind::kScalar; }
    bool is_list() const { return kind == Kind::kList; }
    bool is_map() const { return kind == Kind::kMap; }
    // The value of a key; nullptr if this is no map or has no such key.
    const YamlNode* find(std::string_view key) const;
};

// Anchors and aliases: refused, or (files of other tools) an alias reads as an empty value.
enum class YamlAliases { kRefused, kEmpty };

// InputError: anything that is not such a document. `file` is what messages call it.
YamlNode parse_yaml(std::string_view text, const std::string& file,
                    YamlAliases aliases = YamlAliases::kRefused);

// InputError: unreadable, not a file, larger than `bytes_max`.
std::string read_text_file(const std::string& file, std::size_t bytes_max);

}  // namespace brownout::sim
