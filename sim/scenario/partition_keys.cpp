// partitions: names as in NCS, each a range of a device.
#include "scenario_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

struct PartitionDraft {
    std::string name;
    Place place;
    std::uint32_t address = 0;
    std::uint32_t size = 0;
    std::optional<Expected> device;
};

const KeyTable<PartitionDraft>& partition_keys()
{
    static const KeyTable<PartitionDraft> kTable{
        "partition",
        {key("address", Presence::kRequired, ByteSize{}, &PartitionDraft::address,
             "first byte, from the start of the device"),
         key("size", Presence::kRequired, ByteSize{1, UINT32_MAX}, &PartitionDraft::size, "bytes"),
         key("device", Presence::kOptional, PlacedText{}, &PartitionDraft::device,
             "device of the board; default: its first")}};
    return kTable;
}

// Role and image from the name; any other name is FLASH_OTHER.
void set_role(Partition& partition)
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

std::optional<std::uint32_t> find_device(Reader& reader, const BoardPlan& board,
                                         const PartitionDraft& draft)
{
    if (!draft.device) {
        return 0;
    }
    std::vector<std::string> names;
    for (const DevicePlan& device : board.devices) {
        if (device.name == draft.device->text) {
            return static_cast<std::uint32_t>(&device - board.devices.data());
        }
        names.push_back(device.name);
    }
    reader.fail(draft.device->place,
                fmt::format("the board has no device '{}'.{} Devices: {}", draft.device->text,
                            did_you_mean(draft.device->text, names), comma_list(names)));
    return std::nullopt;
}

// Is `offset` the first byte of a sector, or the end of the device? `sector_start` gets the start
// of the sector that it falls into, `sector_bytes` its size.
bool is_sector_edge(const DevicePlan& device, std::uint64_t offset, std::uint64_t& sector_start,
                    std::uint32_t& sector_bytes)
{
    std::uint64_t run_start = 0;
    for (const SectorRun& run : device.sectors) {
        const std::uint64_t run_end = run_start + std::uint64_t{run.size_bytes} * run.count;
        if (offset < run_end) {
            sector_bytes = run.size_bytes;
            sector_start = offset - (offset - run_start) % run.size_bytes;
            return sector_start == offset;
        }
        run_start = run_end;
    }
    return offset == run_start;
}

void check_range(Reader& reader, const DevicePlan& device, const Partition& partition)
{
    const std::uint64_t end = std::uint64_t{partition.offset_bytes} + partition.size_bytes;
    std::uint64_t device_bytes = 0;
    for (const SectorRun& run : device.sectors) {
        device_bytes += std::uint64_t{run.size_bytes} * run.count;
    }
    if (end > device_bytes) {
        reader.fail(partition.place, fmt::format("{} ends at 0x{:X}, behind the end of {} (0x{:X})",
                                                 partition.name, end, device.name, device_bytes));
        return;
    }
    std::uint64_t sector_start = 0;
    std::uint32_t sector_bytes = 0;
    for (const auto& [verb, offset] :
         {std::pair<const char*, std::uint64_t>{"begins", partition.offset_bytes},
          std::pair<const char*, std::uint64_t>{"ends", end}}) {
        if (!is_sector_edge(device, offset, sector_start, sector_bytes)) {
            reader.fail(partition.place,
                        fmt::format("{} {} at 0x{:X}, inside the sector of {} bytes at 0x{:X} of "
                                    "{}",
                                    partition.name, verb, offset, sector_bytes, sector_start,
                                    device.name));
        }
    }
}

void check_overlap(Reader& reader, const std::vector<Partition>& partitions)
{
    for (std::size_t later = 0; later < partitions.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            const Partition& a = partitions[earlier];
            const Partition& b = partitions[later];
            const bool apart = a.device != b.device ||
                               std::uint64_t{a.offset_bytes} + a.size_bytes <= b.offset_bytes ||
                               std::uint64_t{b.offset_bytes} + b.size_bytes <= a.offset_bytes;
            if (!apart) {
                reader.fail(b.place, fmt::format("{} overlaps {}", b.name, a.name));
            }
        }
    }
}

struct Partitions {
    using Value = std::vector<Partition>;
    bool read(Reader& reader, const YamlNode& node, Value& partitions) const
    {
        const std::size_t errors_before = reader.error_count();
        std::vector<PartitionDraft> drafts;
        NamedItems<Fields<PartitionDraft>>{{partition_keys}}.read(reader, node, drafts);
        const BoardPlan& board = reader.scenario->board.plan;
        if (board.devices.empty()) {
            return reader.error_count() == errors_before;  // the board itself is no good
        }
        for (const PartitionDraft& draft : drafts) {
            const std::optional<std::uint32_t> device = find_device(reader, board, draft);
            if (!device) {
                continue;
            }
            Partition partition;
            partition.name = draft.name;
            partition.place = draft.place;
            partition.device = *device;
            partition.offset_bytes = draft.address;
            partition.size_bytes = draft.size;
            set_role(partition);
            check_range(reader, board.devices[*device], partition);
            partitions.push_back(std::move(partition));
        }
        if (partitions.size() > BOARD_AREAS_MAX) {
            reader.fail(node, fmt::format("more than {} partitions", BOARD_AREAS_MAX));
        } else {
            check_overlap(reader, partitions);
        }
        return reader.error_count() == errors_before;
    }
    Json schema() const { return NamedItems<Fields<PartitionDraft>>{{partition_keys}}.schema(); }
};

}  // namespace

Key<Scenario> partitions_key()
{
    return key("partitions", Presence::kRequired, Partitions{}, &Scenario::partitions,
               "where the slots lie; names as in NCS (mcuboot_primary, mcuboot_secondary_1, ...)");
}

std::uint32_t default_image_offset(const Scenario& scenario, const Partition& partition)
{
    if (scenario.boot.strategy != BOOT_SWAP_OFFSET || partition.role != FLASH_SECONDARY) {
        return 0;
    }
    std::uint64_t sector_start = 0;
    std::uint32_t sector_bytes = 0;
    is_sector_edge(scenario.board.plan.devices[partition.device], partition.offset_bytes,
                   sector_start, sector_bytes);
    return sector_bytes;
}

}  // namespace brownout::sim
