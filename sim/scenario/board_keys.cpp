#include "board_keys.hpp"

#include "board_soc.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace brownout::sim {

namespace {

constexpr auto kOptional = Presence::kOptional;
constexpr auto kRequired = Presence::kRequired;
constexpr std::uint64_t kDeviceBytesMax = 256ull * 1024 * 1024;

const KeyTable<SectorRun>& sector_run_keys()
{
    static const KeyTable<SectorRun> kTable{
        "sectors",
        {key("size", kRequired, ByteSize{1, kDeviceBytesMax}, &SectorRun::size_bytes,
             "bytes of one sector, the unit of erase"),
         key("count", kRequired, WholeNumber{1, 1 << 20}, &SectorRun::count,
             "sectors of this size, one after the other")}};
    return kTable;
}

// Where a number comes from; read so that it is a text, and kept in the file alone.
template <class Target>
Key<Target> source_key()
{
    Key<Target> result;
    result.name = "source";
    result.doc = "where the numbers come from";
    result.read = [](Reader& reader, const YamlNode& node, Target&) {
        std::string text;
        Text{}.read(reader, node, text);
    };
    result.schema = [] { return Text{}.schema(); };
    return result;
}

const KeyTable<DevicePlan>& device_keys()
{
    static const KeyTable<DevicePlan> kTable{
        "device",
        {key("controller", kRequired, Choice<ControllerKind>{controller_names},
             &DevicePlan::controller,
             "nvmc: on-chip flash of an nRF52840; plain: any geometry, behind a simple controller"),
         key("register_base", kOptional, ByteSize{}, &DevicePlan::register_base,
             "address of the controller's registers; default: one that nothing else uses"),
         key("mapped_address", kOptional, ByteSize{}, &DevicePlan::mapped_address,
             "address where byte 0 can be read; default with register_base: one of its own"),
         key("sectors", kRequired, ListOf<Fields<SectorRun>>{{sector_run_keys}},
             &DevicePlan::sectors, "runs of equal sectors from offset 0"),
         key("write_unit", kRequired, ByteSize{1, 2048}, &DevicePlan::write_unit_bytes,
             "smallest write in bytes, a power of two"),
         key("erased_value", kOptional, WholeNumber{0, 255}, &DevicePlan::erased_value,
             "a byte after erase; default 0xFF"),
         key("needs_erase", kOptional, Flag{}, &DevicePlan::needs_erase,
             "false: writes overwrite, as in RRAM and MRAM; default true"),
         key("writes_per_unit_max", kOptional, WholeNumber{0, 254},
             &DevicePlan::writes_per_unit_max,
             "writes of one unit between erases; default 0: not limited"),
         key("erase_cycles_max", kOptional, WholeNumber{}, &DevicePlan::erase_cycles_max,
             "endurance of a sector; default 0: not given"),
         key("program_unit_time", kOptional, TimeSpan{}, &DevicePlan::program_unit_time,
             "plain only: time to write one unit; default 0"),
         key("erase_sector_time", kOptional, TimeSpan{}, &DevicePlan::erase_sector_time,
             "plain only: time to erase one sector; default 0"),
         source_key<DevicePlan>()}};
    return kTable;
}

const KeyTable<BoardPlan>& cost_keys()
{
    static const KeyTable<BoardPlan> kTable{
        "costs",
        {key("sha256_cycles_per_byte", kOptional, WholeNumber{0, 1'000'000},
             &BoardPlan::sha256_cycles_per_byte, "CPU cycles to hash one byte; default 51"),
         key("verify_cycles", kOptional, WholeNumber{}, &BoardPlan::verify_cycles,
             "CPU cycles of one signature check; default 6400000"),
         key("register_access_cycles", kOptional, WholeNumber{0, 1'000'000},
             &BoardPlan::register_access_cycles,
             "CPU cycles of one access to a register; default 2"),
         source_key<BoardPlan>()}};
    return kTable;
}

const KeyTable<BoardPlan>& ram_keys()
{
    static const KeyTable<BoardPlan> kTable{
        "ram",
        {key("address", kOptional, ByteSize{}, &BoardPlan::ram_address,
             "first address; default 0x20000000"),
         key("size", kOptional, ByteSize{1024, UINT32_MAX}, &BoardPlan::ram_bytes,
             "bytes; default 256 KiB")}};
    return kTable;
}

const KeyTable<BoardPlan>& power_keys()
{
    static const KeyTable<BoardPlan> kTable{
        "power",
        {key("supply_millivolts", kOptional, WholeNumber{0, 10'000}, &BoardPlan::supply_millivolts,
             "VDD; default 3000"),
         key("power_fail_millivolts", kOptional, WholeNumber{0, 2800},
             &BoardPlan::power_fail_millivolts,
             "threshold of POFCON, 1700 to 2800 in steps of 100; default 0: comparator off")}};
    return kTable;
}

// A mapping whose keys fill members of the board itself.
Key<BoardPlan> board_group(std::string name, const KeyTable<BoardPlan>& (*table)(), std::string doc)
{
    Key<BoardPlan> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [table](Reader& reader, const YamlNode& node, BoardPlan& board) {
        read_fields(reader, node, table(), board);
    };
    result.schema = [table] { return fields_schema(table()); };
    return result;
}

void check_device(Reader& reader, const YamlNode& node, const DevicePlan& device)
{
    std::uint64_t size = 0;
    for (const SectorRun& run : device.sectors) {
        size += std::uint64_t{run.size_bytes} * run.count;
        if (run.size_bytes % std::max(device.write_unit_bytes, 1u) != 0) {
            reader.fail(node, fmt::format("sectors of {} are not a multiple of its write unit",
                                          device.name));
        }
    }
    if (size > kDeviceBytesMax) {
        reader.fail(node, fmt::format("{} is larger than 256 MiB", device.name));
    }
    if (!std::has_single_bit(device.write_unit_bytes)) {
        reader.fail(node, fmt::format("write_unit of {} is not a power of two", device.name));
    }
    if (device.sectors.size() > FLASH_SECTOR_RUNS_MAX) {
        reader.fail(node, fmt::format("{} has more than {} runs of sectors", device.name,
                                      FLASH_SECTOR_RUNS_MAX));
    }
}

// Gives a device that says nothing about its addresses some that nothing else uses.
void place_device(DevicePlan& device, std::uint32_t index)
{
    if (device.register_base != 0 || device.controller == ControllerKind::kNvmc) {
        return;  // an NVMC lies where its SoC has it
    }
    device.register_base = 0x50000000 + index * 0x1000;
    if (device.mapped_address == 0) {
        device.mapped_address = 0x60000000 + index * 0x10000000;
    }
}

// `devices:`, with what a single table cannot check.
struct Devices : NamedItems<Fields<DevicePlan>> {
    bool read(Reader& reader, const YamlNode& node, Value& devices) const
    {
        if (!NamedItems::read(reader, node, devices)) {
            return false;
        }
        if (devices.size() > BOARD_DEVICES_MAX) {
            reader.fail(node, fmt::format("more than {} devices", BOARD_DEVICES_MAX));
            return false;
        }
        for (std::size_t index = 0; index < devices.size(); ++index) {
            check_device(reader, node.items[index], devices[index]);
            place_device(devices[index], static_cast<std::uint32_t>(index));
        }
        return true;
    }
};

// Every address may be answered by one thing only, and the 32-bit address space has an end.
void check_addresses(Reader& reader, const YamlNode& node, const BoardPlan& board)
{
    constexpr std::uint64_t kRegisterBytes = 0x1000;
    std::vector<AddressRange> ranges{{"ram", board.ram_address, board.ram_bytes}};
    add_soc_ranges(board, ranges);
    for (const DevicePlan& device : board.devices) {
        ranges.push_back({"the registers of " + device.name + " (register_base)",
                          device.register_base, kRegisterBytes});
        ranges.push_back({"the mapped memory of " + device.name + " (mapped_address)",
                          device.mapped_address, device.size_bytes()});
    }
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const AddressRange& a = ranges[i];
        if (a.address + a.byte_count > std::uint64_t{1} << 32) {
            reader.fail(node, fmt::format("{} at 0x{:08X} runs past the end of the 32-bit "
                                          "address space",
                                          a.what, a.address));
        }
        for (std::size_t j = 0; j < i; ++j) {
            const AddressRange& b = ranges[j];
            if (a.address < b.address + b.byte_count && b.address < a.address + a.byte_count) {
                reader.fail(node, fmt::format("{} at 0x{:08X} overlaps {} at 0x{:08X}", a.what,
                                              a.address, b.what, b.address));
            }
        }
    }
}

bool read_board_file(Reader& reader, BoardSource& board)
{
    Reader board_reader(board.path);
    try {
        const YamlNode root =
            parse_yaml(read_text_file(board.path.string(), kScenarioBytesMax), board.path.string());
        if (read_fields(board_reader, root, board_keys(), board.plan)) {
            settle_soc(board_reader, root, board.plan);
            check_addresses(board_reader, root, board.plan);
        }
    } catch (const InputError& error) {
        reader.fail(error.place(), error.sentence());
        return false;
    }
    for (const InputError& error : board_reader.errors()) {
        reader.fail(error.place(), error.sentence());
    }
    return board_reader.error_count() == 0;
}

}  // namespace

const KeyTable<BoardPlan>& board_keys()
{
    static const KeyTable<BoardPlan> kTable{
        "board",
        {key("name", kRequired, Text{}, &BoardPlan::name, "for people: nRF52840 DK"),
         key("soc", kOptional, Text{}, &BoardPlan::soc,
             "the chip: nrf52832, nrf52833, nrf52840, nrf5340_application, nrf5340_network"),
         key("cpu_hz", kOptional, WholeNumber{1, UINT32_MAX}, &BoardPlan::cpu_hz,
             "CPU clock; default 64000000"),
         board_group("power", power_keys, "the supply and the power-fail comparator of the SoC"),
         board_group("ram", ram_keys, "RAM of the core that runs the bootloader"),
         board_group("costs", cost_keys, "what computing costs"),
         key("devices", kRequired, Devices{{{device_keys}}}, &BoardPlan::devices,
             "flash devices; the first is the internal one, where partitions lie by default")}};
    return kTable;
}

bool BoardValue::read(Reader& reader, const YamlNode& node, Value& board) const
{
    if (node.is_map()) {
        board.is_inline = true;
        board.name = "inline";
        if (!read_fields(reader, node, board_keys(), board.plan)) {
            return false;
        }
        settle_soc(reader, node, board.plan);
        check_addresses(reader, node, board.plan);
        return true;
    }
    std::string text;
    if (!Text{}.read(reader, node, text)) {
        return false;
    }
    if (text.find('/') != std::string::npos || text.ends_with(".yaml")) {
        board.path = reader.resolve(text);
        board.name = board.path.stem().string();
    } else {
        std::vector<std::string> names;
        for (const ListedFile& file : list_boards()) {
            names.push_back(file.name);
        }
        if (std::find(names.begin(), names.end(), text) == names.end()) {
            reader.fail(node, fmt::format("there is no board {}.{} Boards: {}", describe(node),
                                          did_you_mean(text, names), comma_list(names)));
            return false;
        }
        board.path = data_directory() / "boards" / (text + ".yaml");
        board.name = text;
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(board.path, error)) {
        reader.fail(node, fmt::format("there is no board file '{}' (looked for {})", text,
                                      board.path.generic_string()));
        return false;
    }
    return read_board_file(reader, board);
}

Json BoardValue::schema() const
{
    return {{"anyOf", Json::array({Text{}.schema(), fields_schema(board_keys())})}};
}

}  // namespace brownout::sim
