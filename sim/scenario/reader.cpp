#include "reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace brownout::sim {

namespace {

constexpr std::size_t kErrorsMax = 100;
constexpr std::size_t kShownMax = 60;  // of a text of theirs in a sentence

// Levenshtein distance.
std::size_t edit_distance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t substituted = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
        }
    }
    return row[right.size()];
}

}  // namespace

Reader::Reader(std::filesystem::path file) : file_(std::move(file)) {}

std::filesystem::path Reader::resolve(const std::string& text) const
{
    return (file_.parent_path() / text).lexically_normal();
}

Place Reader::place(const YamlNode& node) const
{
    return Place{file_.string(), node.line, node.column};
}

Place Reader::place(const YamlKey& key) const
{
    return Place{file_.string(), key.line, key.column};
}

void Reader::fail(Place place, const std::string& sentence)
{
    if (errors_.size() < kErrorsMax) {
        errors_.emplace_back(std::move(place), sentence);
    }
}

void Reader::must_be(const YamlNode& node, const std::string& what, const std::string& hint)
{
    fail(node, fmt::format("{} must be {}, not {}{}{}", subject_, what, describe(node),
                           hint.empty() ? "" : ".", hint));
}

std::vector<InputError> Reader::errors() const
{
    std::vector<InputError> sorted = errors_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& left, const auto& right) {
        return std::pair(left.place().line, left.place().column) <
               std::pair(right.place().line, right.place().column);
    });
    return sorted;
}

SubjectScope::SubjectScope(Reader& reader, std::string subject)
    : reader_(reader), outer_(std::exchange(reader.subject_, std::move(subject)))
{
}

SubjectScope::~SubjectScope()
{
    reader_.subject_ = std::move(outer_);
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates)
{
    if (text.size() > kShownMax) {
        return {};
    }
    std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
    std::string best;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(text, candidate);
        if (distance < best_distance && distance < candidate.size()) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best.empty() ? std::string() : fmt::format(" Did you mean '{}'?", best);
}

std::string comma_list(const std::vector<std::string>& names)
{
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string describe(const YamlNode& node)
{
    switch (node.kind) {
    case YamlNode::Kind::kNull:
        return "nothing";
    case YamlNode::Kind::kList:
        return node.items.empty() ? "an empty list" : "a list";
    case YamlNode::Kind::kMap:
        return "a mapping";
    case YamlNode::Kind::kScalar:
        break;
    }
    // Cut at a character, not inside one.
    std::size_t shown = std::min(node.text.size(), kShownMax);
    while (shown < node.text.size() &&
           (static_cast<unsigned char>(node.text[shown]) & 0xC0) == 0x80) {
        --shown;
    }
    const char* const quote = node.quoted ? "\"" : "'";
    return fmt::format("{}{}{}{}", quote, node.text.substr(0, shown),
                       shown < node.text.size() ? "..." : "", quote);
}

}  // namespace brownout::sim
