#include "board_keys.hpp"

#include "board_soc.hpp"
#include "external_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace brownout::sim {

namespace {

constexpr std::uint64_t kDeviceBytesMax = 256ull * 1024 * 1024;
// HFINT is off by at most 8 % (product specifications, from memory); a little more here.
constexpr std::uint64_t kHfclkHzMin = 57'600'000;
constexpr std::uint64_t kHfclkHzMax = 70'400'000;

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

std::vector<Key<DevicePlan>> device_key_list()
{
    std::vector<Key<DevicePlan>> keys = {
        key("controller", kOptional, Choice<ControllerKind>{controller_names},
            &DevicePlan::controller,
            "nvmc: on-chip flash of the soc; plain: any geometry, behind a simple controller; ram: "
            "RAM with the interface of flash"),
        key("core", kOptional, Choice<CoreId>{core_names}, &DevicePlan::core,
            "application (default), or network: whose flash it is on an nRF5340"),
        key("register_base", kOptional, ByteSize{}, &DevicePlan::register_base,
            "address of the controller's registers; default: one that nothing else uses"),
        key("mapped_address", kOptional, ByteSize{}, &DevicePlan::mapped_address,
            "address where byte 0 can be read; default with register_base: one of its own"),
        key("sectors", kOptional, ListOf<Fields<SectorRun>>{{sector_run_keys}},
            &DevicePlan::sectors, "runs of equal sectors from offset 0; a part knows its own"),
        key("write_unit", kOptional, ByteSize{1, 2048}, &DevicePlan::write_unit_bytes,
            "smallest write in bytes, a power of two; default for a part: 1"),
        key("erased_value", kOptional, WholeNumber{0, 255}, &DevicePlan::erased_value,
            "a byte after erase; default 0xFF"),
        key("needs_erase", kOptional, Flag{}, &DevicePlan::needs_erase,
            "false: writes overwrite, as in RRAM and MRAM; default true"),
        key("writes_per_unit_max", kOptional, WholeNumber{0, 254}, &DevicePlan::writes_per_unit_max,
            "writes of one unit between erases; default 0: not limited"),
        key("erase_cycles_max", kOptional, WholeNumber{}, &DevicePlan::erase_cycles_max,
            "endurance of a sector; default 0: not given"),
        key("program_unit_time", kOptional, TimeSpan{}, &DevicePlan::program_unit_time,
            "plain only: time to write one unit; default 0"),
        key("erase_sector_time", kOptional, TimeSpan{}, &DevicePlan::erase_sector_time,
            "plain only: time to erase one sector; default 0"),
        source_key<DevicePlan>()};
    for (Key<DevicePlan>& external : external_device_keys()) {
        keys.push_back(std::move(external));
    }
    return keys;
}

const KeyTable<DevicePlan>& device_keys()
{
    static const KeyTable<DevicePlan> kTable{"device", device_key_list(), {"controller", "part"}};
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

// A device of its own kind has to say what a part file says about a part, and nothing of a part.
bool check_kind(Reader& reader, const YamlNode& node, const DevicePlan& device)
{
    const bool is_part = node.find("part") != nullptr;
    bool good = true;
    for (const char* const name : {"sectors", "write_unit"}) {
        if (!is_part && node.find(name) == nullptr) {
            reader.fail(node, fmt::format("'{}' is missing in device", name));
            good = false;
        }
    }
    for (const YamlKey& given : node.keys) {
        const bool of_devices = given.text == "write_unit" || given.text == "source";
        const bool of_parts = given.text == "part" || given.text == "bus" ||
                              given.text == "driver" || given.text == "times" ||
                              given.text == "faults";
        if (!of_devices && of_parts != is_part) {
            reader.fail(reader.place(given),
                        fmt::format("'{}' is for {}; {} has a {}", given.text,
                                    of_parts ? "external parts" : "other devices", device.name,
                                    is_part ? "part" : "controller"));
            good = false;
        }
    }
    return good;
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
    if (device.controller == ControllerKind::kRam && device.mapped_address == 0) {
        reader.fail(node, fmt::format("{} is RAM and needs a mapped_address", device.name));
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
    if (device.register_base != 0 || device.controller == ControllerKind::kNvmc ||
        device.controller == ControllerKind::kRam) {
        return;  // an NVMC lies where its SoC has it, RAM has no registers
    }
    device.register_base = 0x48000000 + index * 0x1000;  // no chip has anything here
    if (device.mapped_address == 0) {
        device.mapped_address = 0x60000000 + index * 0x10000000;
    }
}

// `devices:`, with what a single table cannot check. They come behind those of the base, or take
// the place of the one with their name.
void read_devices(Reader& reader, const YamlNode& node, BoardPlan& board)
{
    std::vector<DevicePlan> devices;
    if (!NamedItems<Fields<DevicePlan>>{{device_keys}}.read(reader, node, devices)) {
        return;
    }
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const YamlNode& item = node.items[i];
        DevicePlan& device = devices[i];
        if (!check_kind(reader, item, device)) {
            return;
        }
        if (device.external && item.find("write_unit") == nullptr) {
            device.write_unit_bytes = device.external->bus.controller == "qspi" ? 4 : 1;
        }
        check_device(reader, item, device);
        if (!device.external) {
            place_device(device, static_cast<std::uint32_t>(board.devices.size()));
        }
        const auto of_base = std::find_if(
            board.devices.begin(), board.devices.end(),
            [&device](const DevicePlan& earlier) { return earlier.name == device.name; });
        if (of_base != board.devices.end()) {
            *of_base = std::move(device);
        } else {
            board.devices.push_back(std::move(device));
        }
    }
    if (board.devices.size() > BOARD_DEVICES_MAX) {
        reader.fail(node, fmt::format("more than {} devices", BOARD_DEVICES_MAX));
    }
}

Key<BoardPlan> devices_key()
{
    Key<BoardPlan> result;
    result.name = "devices";
    result.doc = "flash devices; the first is the internal one, where partitions lie by default";
    result.read = read_devices;
    result.schema = [] { return NamedItems<Fields<DevicePlan>>{{device_keys}}.schema(); };
    return result;
}

// Every address may be answered by one thing only, and the 32-bit address space has an end.
void finish_board(Reader& reader, const YamlNode& node, BoardPlan& board)
{
    // The application core's indices are those of the board.
    std::stable_partition(board.devices.begin(), board.devices.end(), [](const DevicePlan& device) {
        return device.core == CoreId::kApplication;
    });
    settle_soc(reader, node, board);
    const std::string problem =
        board.devices.empty() ? "'devices' is missing in board" : wire_external_parts(board);
    if (!problem.empty()) {
        reader.fail(node, problem);
        return;
    }
    constexpr std::uint64_t kRegisterBytes = 0x1000;
    std::vector<NamedAddresses> ranges{{"ram", board.ram_address, board.ram_bytes}};
    add_soc_ranges(board, ranges);
    for (const DevicePlan& device : board.devices) {
        if (device.controller == ControllerKind::kRam) {
            ranges.push_back(
                {device.name + " (mapped_address)", device.mapped_address, device.size_bytes()});
            continue;
        }
        if (device.external) {
            continue;  // at the controllers of the SoC, which several parts may share
        }
        ranges.push_back({"the registers of " + device.name + " (register_base)",
                          device.register_base, kRegisterBytes});
        ranges.push_back({"the mapped memory of " + device.name + " (mapped_address)",
                          device.mapped_address, device.size_bytes()});
    }
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const NamedAddresses& a = ranges[i];
        if (a.address + a.byte_count > std::uint64_t{1} << 32) {
            reader.fail(node, fmt::format("{} at 0x{:08X} runs past the end of the 32-bit "
                                          "address space",
                                          a.what, a.address));
        }
        for (std::size_t j = 0; j < i; ++j) {
            const NamedAddresses& b = ranges[j];
            if (a.address < b.address + b.byte_count && b.address < a.address + a.byte_count) {
                reader.fail(node, fmt::format("{} at 0x{:08X} overlaps {} at 0x{:08X}", a.what,
                                              a.address, b.what, b.address));
            }
        }
    }
}

// The file of a board: one of the data directory, or a path. Empty: an error was recorded.
std::filesystem::path find_board(Reader& reader, const YamlNode& node, const std::string& text)
{
    std::filesystem::path path;
    if (text.find('/') != std::string::npos || text.ends_with(".yaml")) {
        path = reader.resolve(text);
    } else {
        std::vector<std::string> names;
        for (const ListedFile& file : list_boards()) {
            names.push_back(file.name);
        }
        if (std::find(names.begin(), names.end(), text) == names.end()) {
            reader.fail(node, fmt::format("there is no board {}.{} Boards: {}", describe(node),
                                          did_you_mean(text, names), comma_list(names)));
            return {};
        }
        path = data_directory() / "boards" / (text + ".yaml");
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        reader.fail(node, fmt::format("there is no board file '{}' (looked for {})", text,
                                      path.generic_string()));
        return {};
    }
    return path;
}

// `is_base`: only what another board builds on.
bool read_board_file(Reader& reader, const std::filesystem::path& path, bool is_base,
                     BoardPlan& board)
{
    Reader board_reader(path);
    try {
        const YamlNode root =
            parse_yaml(read_text_file(path.string(), kScenarioBytesMax), path.string());
        if (is_base && root.find("base") != nullptr) {
            board_reader.fail(root, "a board that another one is based on has no base itself");
        } else if (read_fields(board_reader, root, board_keys(), board)) {
            finish_board(board_reader, root, board);
        }
    } catch (const InputError& error) {
        board_reader.fail(error.place(), error.sentence());
    }
    for (const InputError& error : board_reader.errors()) {
        reader.fail(error.place(), error.sentence());
    }
    return board_reader.error_count() == 0;
}

Key<BoardPlan> base_key()
{
    Key<BoardPlan> result;
    result.name = "base";
    result.doc = "a board that this one adds devices to; other keys, and devices of the same name, "
                 "replace what it says";
    result.read = [](Reader& reader, const YamlNode& node, BoardPlan& board) {
        std::string text;
        if (Text{}.read(reader, node, text)) {
            const std::filesystem::path path = find_board(reader, node, text);
            if (!path.empty()) {
                read_board_file(reader, path, true, board);
            }
        }
    };
    result.schema = [] { return Text{}.schema(); };
    return result;
}

}  // namespace

const KeyTable<BoardPlan>& board_keys()
{
    static const KeyTable<BoardPlan> kTable{
        "board",
        {base_key(), key("name", kRequired, Text{}, &BoardPlan::name, "for people: nRF52840 DK"),
         key("soc", kOptional, Text{}, &BoardPlan::soc,
             "the chip: nrf52832, nrf52833, nrf52840, nrf5340_application, nrf5340_network"),
         key("cpu_hz", kOptional, WholeNumber{1, UINT32_MAX}, &BoardPlan::cpu_hz,
             "CPU clock; default 64000000"),
         key("hfclk_hz", kOptional, WholeNumber{kHfclkHzMin, kHfclkHzMax}, &BoardPlan::hfclk_hz,
             "what the SoC's clock of 64 MHz really runs at, for one without a crystal: the CPU, "
             "the times of the NVMC and SCK follow it; default 64000000"),
         group_key("power", power_keys, "the supply and the power-fail comparator of the SoC"),
         group_key("ram", ram_keys, "RAM of the core that runs the bootloader"),
         group_key("costs", cost_keys, "what computing costs"), devices_key()}};
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
        finish_board(reader, node, board.plan);
        return true;
    }
    std::string text;
    if (!Text{}.read(reader, node, text)) {
        return false;
    }
    board.path = find_board(reader, node, text);
    board.name = board.path.stem().string();
    return !board.path.empty() && read_board_file(reader, board.path, false, board.plan);
}

Json BoardValue::schema() const
{
    return {{"anyOf", Json::array({Text{}.schema(), fields_schema(board_keys())})}};
}

}  // namespace brownout::sim
