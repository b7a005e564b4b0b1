#include <sim/partition_file.hpp>

#include "scenario/scalar_text.hpp"
#include "scenario/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace brownout::sim {

namespace {

constexpr std::string_view kSlotPrefixes[] = {"mcuboot_primary", "mcuboot_secondary"};

std::string shown_text(const YamlNode& node)
{
    return node.is_scalar() ? "'" + node.text.substr(0, 40) + "'" : "that";
}

// One entry of the file while it is judged.
struct Entry {
    FilePartition partition;
    bool is_container = false;
};

class PartitionFileReader {
public:
    explicit PartitionFileReader(const std::string& file) : file_(file) {}

    PartitionFile read(const YamlNode& root)
    {
        if (!root.is_map()) {
            throw InputError(Place{file_, root.line, root.column},
                             "a partition file maps names of partitions to address, size, region");
        }
        for (std::size_t i = 0; i < root.keys.size(); ++i) {
            entry(root.keys[i], root.items[i]);
        }
        for (const Entry& one : entries_) {
            if (is_kept(one)) {
                result_.partitions.push_back(one.partition);
            }
        }
        if (result_.partitions.empty()) {
            throw InputError(Place{file_}, "holds no partition with an address and a size");
        }
        return std::move(result_);
    }

private:
    [[noreturn]] void fail(const YamlNode& node, const std::string& sentence) const
    {
        throw InputError(Place{file_, node.line, node.column}, sentence);
    }

    std::optional<std::uint64_t> number(const YamlNode& map, const char* name,
                                        const std::string& partition) const
    {
        const YamlNode* const node = map.find(name);
        if (node == nullptr) {
            return std::nullopt;
        }
        const auto value = node->is_scalar() ? parse_size(node->text) : std::nullopt;
        if (!value || *value > UINT32_MAX) {
            fail(*node, fmt::format("'{}' of {} must be a number of at most 32 bits, not {}", name,
                                    partition, shown_text(*node)));
        }
        return value;
    }

    std::string text(const YamlNode& map, const char* name, const std::string& fallback) const
    {
        const YamlNode* const node = map.find(name);
        return node != nullptr && node->is_scalar() ? node->text : fallback;
    }

    void entry(const YamlKey& key, const YamlNode& node)
    {
        const std::string& name = key.text;
        if (!node.is_map()) {
            fail(node, fmt::format("{} must be a mapping with address and size", name));
        }
        Entry one;
        one.is_container = node.find("span") != nullptr || node.find("orig_span") != nullptr;
        one.partition.name = name;
        one.partition.place = Place{file_, key.line, key.column};
        one.partition.region = text(node, "region", one.partition.region);
        one.partition.device = text(node, "device", "");
        const auto address = number(node, "address", name);
        const auto size = number(node, "size", name);
        const auto end = number(node, "end_address", name);
        const bool is_gap = name.starts_with("EMPTY_") || name == one.partition.region;
        if (is_gap || (size && *size == 0)) {
            return;
        }
        if (!address || !(size || end)) {
            if (is_slot_name(name)) {
                fail(node, fmt::format("{} has no {}", name, address ? "size" : "address"));
            }
            note(name, "has no address and size in this file and is left out");
            return;
        }
        if (size && end && *address + *size != *end) {
            note(name, fmt::format("end_address 0x{:X} contradicts address and size, which end at "
                                   "0x{:X}; it is ignored",
                                   *end, *address + *size));
        }
        if (!size && *end <= *address) {
            fail(node, fmt::format("{} ends before it begins", name));
        }
        one.partition.address = static_cast<std::uint32_t>(*address);
        one.partition.size_bytes = static_cast<std::uint32_t>(size ? *size : *end - *address);
        entries_.push_back(std::move(one));
    }

    void note(const std::string& name, const std::string& sentence)
    {
        result_.notes.push_back(fmt::format("{}: {}: {}", file_, name, sentence));
    }

    bool is_kept(const Entry& one) const
    {
        if (is_slot_name(one.partition.name)) {
            return true;
        }
        return !one.is_container &&
               std::none_of(entries_.begin(), entries_.end(), [&](const Entry& slot) {
                   return is_slot_name(slot.partition.name) &&
                          lies_in(one.partition, slot.partition);
               });
    }

    static bool lies_in(const FilePartition& inner, const FilePartition& outer)
    {
        return inner.region == outer.region && inner.address >= outer.address &&
               std::uint64_t{inner.address} + inner.size_bytes <=
                   std::uint64_t{outer.address} + outer.size_bytes;
    }

    const std::string& file_;
    std::vector<Entry> entries_;
    PartitionFile result_;
};

}  // namespace

bool is_slot_name(std::string_view name)
{
    for (const std::string_view prefix : kSlotPrefixes) {
        if (name.starts_with(prefix)) {
            const std::string_view rest = name.substr(prefix.size());
            return rest.empty() ||
                   (rest.size() == 2 && rest[0] == '_' && rest[1] >= '1' && rest[1] <= '9');
        }
    }
    return name == "mcuboot_scratch";
}

PartitionFile parse_partition_file(std::string_view text, const std::string& file)
{
    return PartitionFileReader(file).read(parse_yaml(text, file, YamlAliases::kEmpty));
}

PartitionFile read_partition_file(const std::filesystem::path& path)
{
    return parse_partition_file(read_text_file(path.string(), kPartitionFileBytesMax),
                                path.string());
}

}  // namespace brownout::sim
