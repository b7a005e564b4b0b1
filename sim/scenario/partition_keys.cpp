// partitions: names as in NCS, each a range of a device.
#include "partition_source.hpp"
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

// Bounds of a partition, widened to whole sectors: what erasing it may erase.
struct ErasedRange {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
};

ErasedRange erased_range(const DevicePlan& device, const Partition& partition)
{
    const std::uint64_t end = std::uint64_t{partition.offset_bytes} + partition.size_bytes;
    ErasedRange range{partition.offset_bytes, end};
    std::uint64_t start = 0;
    std::uint32_t sector_bytes = 0;
    if (!is_sector_edge(device, partition.offset_bytes, start, sector_bytes)) {
        range.start = start;
    }
    if (!is_sector_edge(device, end, start, sector_bytes) && end < device.size_bytes()) {
        range.end = start + sector_bytes;
    }
    return range;
}

// Overlaps count in sectors: erasing a slot that begins inside one erases what lies before it.
void check_pair(Reader& reader, const BoardPlan& board, const Partition& a, const Partition& b)
{
    if (a.device != b.device) {
        return;
    }
    const std::uint64_t a_end = std::uint64_t{a.offset_bytes} + a.size_bytes;
    const std::uint64_t b_end = std::uint64_t{b.offset_bytes} + b.size_bytes;
    if (a_end > b.offset_bytes && b_end > a.offset_bytes) {
        reader.fail(b.place, fmt::format("{} overlaps {}", b.name, a.name));
        return;
    }
    const DevicePlan& device = board.devices[a.device];
    const ErasedRange a_range = erased_range(device, a);
    const ErasedRange b_range = erased_range(device, b);
    const bool holds_slot = a.role != FLASH_OTHER || b.role != FLASH_OTHER;
    if (holds_slot && a_range.end > b_range.start && b_range.end > a_range.start) {
        const std::uint64_t shared = std::max(a_range.start, b_range.start);
        reader.fail(b.place, fmt::format("{} shares the sector at 0x{:X} of {} with {}: erasing "
                                         "one erases bytes of the other",
                                         b.name, shared, device.name, a.name));
    }
}

void check_overlap(Reader& reader, const BoardPlan& board, const std::vector<Partition>& partitions)
{
    for (std::size_t later = 0; later < partitions.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            check_pair(reader, board, partitions[earlier], partitions[later]);
        }
    }
}

// Partitions that only applications use come from files as they are: those that cannot be an area
// (not whole sectors, too many) take part in the checks alone.
void drop_unusable(Scenario& scenario, std::vector<Partition>& partitions)
{
    const BoardPlan& board = scenario.board.plan;
    std::size_t count = partitions.size();
    std::erase_if(partitions, [&](const Partition& partition) {
        const ErasedRange range = erased_range(board.devices[partition.device], partition);
        const bool is_whole = range.start == partition.offset_bytes &&
                              range.end == range.start + partition.size_bytes;
        const bool is_dropped =
            partition.role == FLASH_OTHER && (!is_whole || count > BOARD_AREAS_MAX);
        if (is_dropped) {
            count--;
            scenario.notes.push_back(fmt::format("{}: {}: {}, and is left out",
                                                 partition.place.file, partition.name,
                                                 is_whole ? "is one partition too many for a board"
                                                          : "does not consist of whole sectors"));
        }
        return is_dropped;
    });
}

std::vector<Partition> written_partitions(Reader& reader, const YamlNode& node)
{
    std::vector<PartitionDraft> drafts;
    NamedItems<Fields<PartitionDraft>>{{partition_keys}}.read(reader, node, drafts);
    const BoardPlan& board = reader.scenario->board.plan;
    std::vector<Partition> partitions;
    for (const PartitionDraft& draft : drafts) {
        const std::optional<std::uint32_t> device =
            board.devices.empty() ? std::nullopt : find_device(reader, board, draft);
        if (!device) {
            continue;  // the board itself is no good, or an error is recorded
        }
        Partition partition;
        partition.name = draft.name;
        partition.place = draft.place;
        partition.device = *device;
        partition.offset_bytes = draft.address;
        partition.size_bytes = draft.size;
        set_partition_role(partition);
        check_range(reader, board.devices[*device], partition);
        partitions.push_back(std::move(partition));
    }
    return partitions;
}

bool read_partitions(Reader& reader, const YamlNode& node, std::vector<Partition>& partitions)
{
    const std::size_t errors_before = reader.error_count();
    const BoardPlan& board = reader.scenario->board.plan;
    if (!names_partition_file(node)) {
        partitions = written_partitions(reader, node);
        if (partitions.size() > BOARD_AREAS_MAX) {
            reader.fail(node, fmt::format("more than {} partitions", BOARD_AREAS_MAX));
        } else {
            check_overlap(reader, board, partitions);
        }
        return reader.error_count() == errors_before;
    }
    YamlNode replaced = node;  // partitions that stand beside the file replace those of the file
    partitions = partitions_of_file(reader, replaced);
    std::vector<Partition> written;
    if (!replaced.keys.empty()) {
        written = written_partitions(reader, replaced);
    }
    std::erase_if(partitions, [&](const Partition& from_file) {
        return std::any_of(written.begin(), written.end(), [&](const Partition& partition) {
            return partition.name == from_file.name;
        });
    });
    for (const Partition& partition : partitions) {
        if (partition.role != FLASH_OTHER) {
            check_range(reader, board.devices[partition.device], partition);
        }
    }
    partitions.insert(partitions.end(), written.begin(), written.end());
    check_overlap(reader, board, partitions);
    drop_unusable(*reader.scenario, partitions);
    return reader.error_count() == errors_before;
}

struct Partitions {
    using Value = std::vector<Partition>;
    bool read(Reader& reader, const YamlNode& node, Value& partitions) const
    {
        return read_partitions(reader, node, partitions);
    }
    Json schema() const
    {
        Json from_file = NamedItems<Fields<PartitionDraft>>{{partition_keys}}.schema();
        from_file["properties"] = partition_file_properties();
        from_file["required"] = Json::array({"file"});
        Json written = NamedItems<Fields<PartitionDraft>>{{partition_keys}}.schema();
        return {{"anyOf", Json::array({std::move(written), std::move(from_file)})}};
    }
};

}  // namespace

Key<Scenario> partitions_key()
{
    return key("partitions", Presence::kRequired, Partitions{}, &Scenario::partitions,
               "where the slots lie: names as in NCS (mcuboot_primary, ...), or a file of NCS");
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
