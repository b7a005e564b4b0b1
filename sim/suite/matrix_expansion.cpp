#include <sim/suite.hpp>

#include "random_scenario.hpp"

#include "scenario/scenario_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace brownout::sim {

namespace {

constexpr std::string_view kImages = "images.";
constexpr std::string_view kLabel = "label";  // of several keys at once: what reports call them
constexpr std::string_view kPayload = ".generate.payload_bytes";

// The key of `node` that `path` begins with; the longest, because names may hold dots.
std::size_t key_of_path(const YamlNode& node, std::string_view path)
{
    std::size_t best = node.keys.size();
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const std::string& name = node.keys[i].text;
        const bool begins = path == name || path.starts_with(name + ".");
        if (begins && (best == node.keys.size() || name.size() > node.keys[best].text.size())) {
            best = i;
        }
    }
    return best;
}

[[noreturn]] void refuse_axis(const Place& place, const std::string& path, const std::string& why)
{
    throw InputError(place,
                     fmt::format("'{}' in matrix is no key of this scenario: {}", path, why));
}

// Puts `value` where `path` leads ("boot.strategy", "steps.1.request_upgrade.type").
void set_at(YamlNode& root, const std::string& path, const YamlNode& value, const Place& place)
{
    YamlNode* node = &root;
    std::string_view rest = path;
    for (;;) {
        std::size_t index = 0;
        std::size_t used = 0;
        if (node->is_map()) {
            index = key_of_path(*node, rest);
            if (index == node->keys.size() && rest.find('.') == std::string_view::npos) {
                node->keys.push_back({std::string(rest), value.line, value.column});
                node->items.push_back(value);
                return;
            }
            used = index < node->keys.size() ? node->keys[index].text.size() : 0;
        } else if (node->is_list()) {
            const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), index);
            used = static_cast<std::size_t>(end.ptr - rest.data());
            index = end.ec == std::errc{} ? index : node->items.size();
        }
        if (used == 0 || index >= node->items.size()) {
            refuse_axis(place, path, fmt::format("nothing is called '{}' here", rest));
        }
        node = &node->items[index];
        if (used == rest.size()) {
            *node = value;
            return;
        }
        if (rest[used] != '.') {
            refuse_axis(place, path, fmt::format("nothing is called '{}' here", rest));
        }
        rest.remove_prefix(used + 1);
    }
}

std::string value_text(const YamlNode& value)
{
    if (value.is_scalar()) {
        return value.text;
    }
    std::string text;
    for (const YamlNode& item : value.items) {
        text += (text.empty() ? "" : ", ") + value_text(item);
    }
    return text;
}

YamlNode number_node(std::uint32_t number, const Place& place)
{
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.text = std::to_string(number);
    node.line = place.line;
    node.column = place.column;
    return node;
}

// "v2" of "images.v2.generate.payload_bytes".
std::string image_of_axis(const MatrixAxis& axis)
{
    const std::string_view name = axis.name;
    if (!name.starts_with(kImages) || !name.ends_with(kPayload) ||
        name.size() <= kImages.size() + kPayload.size()) {
        throw InputError(axis.place, "edges are of images.NAME.generate.payload_bytes only");
    }
    return std::string(name.substr(kImages.size(), name.size() - kImages.size() - kPayload.size()));
}

class MatrixExpansion {
public:
    MatrixExpansion(const std::string& file, std::optional<std::uint64_t> seed,
                    std::vector<SuiteEntry>& entries)
        : file_(file), seed_(seed), entries_(entries)
    {
    }

    void run()
    {
        const std::string text = read_text_file(file_, kScenarioBytesMax);
        YamlNode root = parse_yaml(text, file_);
        const Scenario base = scenario_from_tree(root, file_);
        if (!base.matrix) {
            add(base, {});
            return;
        }
        if (base.matrix->random) {
            add_random(base, *base.matrix->random);
            return;
        }
        const YamlNode values = *root.find("matrix");
        const auto at = std::find_if(root.keys.begin(), root.keys.end(),
                                     [](const YamlKey& key) { return key.text == "matrix"; });
        root.items.erase(root.items.begin() + (at - root.keys.begin()));
        root.keys.erase(at);
        // Edges depend on everything else, so they are placed last.
        axes_ = base.matrix->axes;
        std::stable_partition(axes_.begin(), axes_.end(),
                              [](const MatrixAxis& axis) { return !axis.edges; });
        expand(root, values, 0, {});
    }

private:
    using Variant = std::vector<std::pair<std::string, std::string>>;

    void add(Scenario scenario, Variant variant)
    {
        if (entries_.size() >= kSuiteEntriesMax) {
            throw InputError(Place{file_}, fmt::format("the matrix stands for more than {} "
                                                       "scenarios",
                                                       kSuiteEntriesMax));
        }
        scenario.matrix.reset();
        entries_.push_back({entries_.size(), std::move(variant), std::move(scenario)});
    }

    void add_random(const Scenario& base, const RandomMatrix& random)
    {
        const std::uint64_t seed = seed_.value_or(random.seed);
        for (std::uint64_t i = 0; i < random.count; ++i) {
            add(random_scenario(base, seed, i),
                {{"seed", std::to_string(seed)}, {"random", std::to_string(i)}});
        }
    }

    void expand(const YamlNode& root, const YamlNode& values, std::size_t axis_index,
                const Variant& variant)
    {
        if (axis_index == axes_.size()) {
            add(scenario_from_tree(root, file_), variant);
            return;
        }
        const MatrixAxis& axis = axes_[axis_index];
        if (axis.edges) {
            const Scenario so_far = scenario_from_tree(root, file_);
            for (const std::uint32_t size : edge_payload_bytes(so_far, image_of_axis(axis))) {
                expand_with(root, values, axis_index, variant, number_node(size, axis.place));
            }
            return;
        }
        for (const YamlNode& value : values.find(axis.name)->items) {
            expand_with(root, values, axis_index, variant, value);
        }
    }

    void expand_with(YamlNode root, const YamlNode& values, std::size_t axis_index, Variant variant,
                     const YamlNode& value)
    {
        const MatrixAxis& axis = axes_[axis_index];
        std::string text = value_text(value);
        if (value.is_map()) {
            for (std::size_t i = 0; i < value.keys.size(); ++i) {
                if (value.keys[i].text == kLabel) {
                    text = value_text(value.items[i]);
                } else {
                    set_at(root, value.keys[i].text, value.items[i], axis.place);
                }
            }
        } else {
            set_at(root, axis.name, value, axis.place);
        }
        variant.emplace_back(axis.name, std::move(text));
        expand(root, values, axis_index + 1, variant);
    }

    const std::string& file_;
    std::optional<std::uint64_t> seed_;
    std::vector<SuiteEntry>& entries_;
    std::vector<MatrixAxis> axes_;
};

}  // namespace

std::vector<SuiteEntry> suite_entries(const std::vector<std::string>& files,
                                      std::optional<std::uint64_t> seed)
{
    std::vector<SuiteEntry> entries;
    for (const std::string& file : files) {
        MatrixExpansion(file, seed, entries).run();
    }
    return entries;
}

std::string entry_name(const SuiteEntry& entry)
{
    std::string chosen;
    for (const auto& [name, value] : entry.variant) {
        chosen += (chosen.empty() ? "" : ", ") + value;
    }
    return chosen.empty() ? entry.scenario.name : entry.scenario.name + " [" + chosen + "]";
}

}  // namespace brownout::sim
