#include "partition_source.hpp"

#include "value_types.hpp"

#include <sim/partition_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace brownout::sim {

namespace {

using RegionDevices = std::vector<std::pair<std::string, std::string>>;

std::string lower_case(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<std::string> names_of_devices(const BoardPlan& board)
{
    std::vector<std::string> names;
    for (const DevicePlan& device : board.devices) {
        names.push_back(device.name);
    }
    return names;
}

std::optional<std::uint32_t> device_named(const BoardPlan& board, const std::string& name)
{
    for (std::uint32_t i = 0; i < board.devices.size(); ++i) {
        if (lower_case(board.devices[i].name) == lower_case(name)) {
            return i;
        }
    }
    return std::nullopt;
}

RegionDevices read_regions(Reader& reader, const YamlNode& node)
{
    RegionDevices regions;
    if (!node.is_map()) {
        reader.fail(node, "'regions' must be a mapping from regions to devices of the board");
        return regions;
    }
    const std::vector<std::string> names = names_of_devices(reader.scenario->board.plan);
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const std::string& device = node.items[i].text;
        if (std::find(names.begin(), names.end(), device) == names.end()) {
            reader.fail(node.items[i],
                        fmt::format("the board has no device '{}'.{} Devices: {}", device,
                                    did_you_mean(device, names), comma_list(names)));
        }
        regions.emplace_back(node.keys[i].text, device);
    }
    return regions;
}

// What is said in `regions`, the label, the name of the region; then the only external device.
std::optional<std::uint32_t> device_of(const BoardPlan& board, const RegionDevices& regions,
                                       const FilePartition& partition)
{
    for (const auto& [region, device] : regions) {
        if (region == partition.region) {
            return device_named(board, device);
        }
    }
    for (const std::string& name : {partition.device, partition.region}) {
        if (const auto device = device_named(board, name)) {
            return device;
        }
    }
    if (partition.region == "flash_primary") {
        return 0;
    }
    const bool is_external = partition.region == "external_flash";
    return is_external && board.devices.size() == 2 ? std::optional<std::uint32_t>(1)
                                                    : std::nullopt;
}

YamlNode take(YamlNode& map, std::string_view name)
{
    for (std::size_t i = 0; i < map.keys.size(); ++i) {
        if (map.keys[i].text == name) {
            const auto at = static_cast<std::ptrdiff_t>(i);
            YamlNode taken = std::move(map.items[i]);
            map.items.erase(map.items.begin() + at);
            map.keys.erase(map.keys.begin() + at);
            return taken;
        }
    }
    return {};
}

void fail_without_device(Reader& reader, const FilePartition& partition)
{
    const std::vector<std::string> names = names_of_devices(reader.scenario->board.plan);
    reader.fail(partition.place,
                fmt::format("{} lies in region '{}', and which device of the board that is cannot "
                            "be told: say regions: {{{}: DEVICE}} beside the file. Devices: {}",
                            partition.name, partition.region, partition.region, comma_list(names)));
}

// RAM, OTP: not flash of the board. Slots there (nRF5340, ram_flash) go with their pair.
bool is_no_flash(const FilePartition& partition)
{
    return partition.region != "external_flash";
}

}  // namespace

void set_partition_role(Partition& partition)
{
    for (std::uint32_t image = 0; image < FLASH_IMAGES_MAX; ++image) {
        const std::string suffix = image == 0 ? "" : fmt::format("_{}", image);
        if (partition.name == "mcuboot_primary" + suffix) {
            partition.role = FLASH_PRIMARY;
            partition.image_index = image;
        }
        if (partition.name == "mcuboot_secondary" + suffix) {
            partition.role = FLASH_SECONDARY;
            partition.image_index = image;
        }
    }
    if (partition.name == "mcuboot_scratch") {
        partition.role = FLASH_SCRATCH;
    }
}

bool names_partition_file(const YamlNode& node)
{
    const YamlNode* const file = node.find("file");
    return file != nullptr && file->is_scalar();
}

std::vector<Partition> partitions_of_file(Reader& reader, YamlNode& node)
{
    std::vector<Partition> partitions;
    std::filesystem::path path;
    const YamlNode file_node = take(node, "file");
    const bool has_regions = node.find("regions") != nullptr;
    const RegionDevices regions =
        has_regions ? read_regions(reader, take(node, "regions")) : RegionDevices{};
    const BoardPlan& board = reader.scenario->board.plan;
    if (!ExistingFile{}.read(reader, file_node, path) || board.devices.empty()) {
        return partitions;
    }
    PartitionFile file;
    try {
        file = read_partition_file(path);
    } catch (const InputError& error) {
        reader.fail(error.place(), error.sentence());
        return partitions;
    }
    std::vector<std::string>& notes = reader.scenario->notes;
    notes.insert(notes.end(), file.notes.begin(), file.notes.end());
    for (const FilePartition& given : file.partitions) {
        const std::optional<std::uint32_t> device = device_of(board, regions, given);
        Partition partition;
        partition.name = given.name;
        partition.place = given.place;
        partition.device = device.value_or(0);
        partition.offset_bytes = given.address;
        partition.size_bytes = given.size_bytes;
        set_partition_role(partition);
        if (device) {
            partitions.push_back(std::move(partition));
        } else if (partition.role != FLASH_OTHER && !is_no_flash(given)) {
            fail_without_device(reader, given);
        } else {
            notes.push_back(fmt::format("{}: {}: lies in region '{}', which is no flash of the "
                                        "board, and is left out",
                                        path.string(), given.name, given.region));
        }
    }
    return partitions;
}

Json partition_file_properties()
{
    Json file = ExistingFile{}.schema();
    file["description"] = "partition file of the nRF Connect SDK: pm_static.yml, partitions.yml";
    return {{"file", std::move(file)},
            {"regions",
             {{"type", "object"},
              {"description", "which device of the board each region of the file is"},
              {"additionalProperties", {{"type", "string"}}}}}};
}

}  // namespace brownout::sim
