// From addresses in a file to cells of devices, and back.
#include <sim/import.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace brownout::sim {

namespace {

struct RegisterRange {
    std::uint64_t first;
    std::uint64_t end;
    bool holds(std::uint64_t address) const { return address >= first && address < end; }
};

// Registers that build tools put into HEX files beside the flash: UICR of nRF52 and of the
// application core of the nRF5340 (devices.md; ncs.md 2.1).
constexpr std::array<RegisterRange, 2> kRegisters = {
    {{0x10001000, 0x10002000}, {0x00FF8000, 0x00FF9000}}};

// Where QSPI flash is executed in place: nRF52840, nRF5340 (ncs.md 2.1, product specification).
constexpr std::array<std::uint64_t, 2> kExecuteInPlace = {0x12000000, 0x10000000};

bool is_register(const DumpSegment& segment)
{
    return std::any_of(kRegisters.begin(), kRegisters.end(), [&](const RegisterRange& range) {
        return range.holds(segment.address) && segment.end() <= range.end;
    });
}

// Does every segment lie in the window if byte 0 of the device has this address?
const DumpSegment* first_outside(const Dump& dump, const DumpWindow& window, std::uint64_t origin)
{
    const std::uint64_t start = origin + window.offset_bytes;
    for (const DumpSegment& segment : dump.segments) {
        if (segment.address < start || segment.end() > start + window.size_bytes) {
            return &segment;
        }
    }
    return nullptr;
}

std::vector<PlacedDump> store_dump(const Dump& dump, std::uint32_t device, std::uint64_t origin,
                                   MachineState& state)
{
    std::vector<PlacedDump> placed;
    for (const DumpSegment& segment : dump.segments) {
        state.devices[device].poke(segment.address - origin, segment.bytes);
        placed.push_back({dump.file, device, segment.address - origin, segment.bytes.size()});
    }
    return placed;
}

[[noreturn]] void fail_outside(const BoardPlan& board, const Dump& dump, const DumpSegment& segment,
                               const DumpWindow& window)
{
    const std::uint64_t start = window.offset_bytes;
    throw InputError(Place{dump.file, segment.line},
                     fmt::format("{} bytes at 0x{:08X} do not lie in {} (0x{:08X} to 0x{:08X})",
                                 segment.bytes.size(), segment.address,
                                 board.devices[window.device].name, start,
                                 start + window.size_bytes));
}

// Without a place: each segment goes to the device that the processor finds at its address, which
// is none of the parts behind a serial bus.
std::vector<PlacedDump> place_by_address(const BoardPlan& board, const Dump& dump,
                                         MachineState& state)
{
    std::vector<PlacedDump> placed;
    for (const DumpSegment& segment : dump.segments) {
        if (is_register(segment)) {
            continue;
        }
        const DevicePlan* home = nullptr;
        for (const DevicePlan& device : board.devices) {
            const std::uint64_t first = device.mapped_address;
            if (home == nullptr && !device.external && segment.address >= first &&
                segment.end() <= first + device.size_bytes()) {
                home = &device;
            }
        }
        if (home == nullptr) {
            const DevicePlan& first = board.devices.front();
            fail_outside(board, dump, segment, {0, first.mapped_address, first.size_bytes()});
        }
        const auto device = static_cast<std::uint32_t>(home - board.devices.data());
        const auto stored = store_dump({dump.file, {segment}}, device, home->mapped_address, state);
        placed.insert(placed.end(), stored.begin(), stored.end());
    }
    return placed;
}

}  // namespace

DumpWindow dump_window(const BoardPlan& board, const std::string& place)
{
    std::string known;
    for (std::uint32_t i = 0; i < board.devices.size(); ++i) {
        if (board.devices[i].name == place) {
            return {i, 0, board.devices[i].size_bytes()};
        }
        known += (known.empty() ? "" : ", ") + board.devices[i].name;
    }
    for (const AreaPlan& area : board.areas) {
        if (area.name == place) {
            return {area.device, area.offset_bytes, area.size_bytes};
        }
        known += ", " + area.name;
    }
    throw InputError(fmt::format("there is no device or partition '{}'. Known: {}", place, known));
}

std::vector<PlacedDump> place_dump(const BoardPlan& board, const Dump& dump,
                                   const DumpWindow& window, MachineState& state)
{
    std::vector<std::uint64_t> origins = {0, board.devices[window.device].mapped_address};
    origins.insert(origins.end(), kExecuteInPlace.begin(), kExecuteInPlace.end());
    for (const std::uint64_t origin : origins) {
        if (first_outside(dump, window, origin) == nullptr) {
            return store_dump(dump, window.device, origin, state);
        }
    }
    fail_outside(board, dump, *first_outside(dump, window, 0), window);
}

std::vector<PlacedDump> place_dump(const BoardPlan& board, const DumpArgument& argument,
                                   MachineState& state)
{
    Dump dump = read_dump(argument.file);
    const bool is_raw = dump.segments.front().line == 0;
    if (!is_raw && argument.offset_bytes != 0) {
        throw InputError(Place{dump.file},
                         "has addresses of its own: an offset (+) is for raw files");
    }
    if (argument.place.empty()) {
        dump.segments.front().address += argument.offset_bytes;
        return place_by_address(board, dump, state);
    }
    DumpWindow window = dump_window(board, argument.place);
    if (is_raw) {
        dump.segments.front().address = window.offset_bytes + argument.offset_bytes;
    } else {
        std::erase_if(dump.segments, is_register);
    }
    return place_dump(board, dump, window, state);
}

std::string exported(const BoardPlan& board, const ExportArgument& argument,
                     const MachineState& state)
{
    const DumpWindow window = dump_window(board, argument.place);
    const models::FlashArray& cells = state.devices.at(window.device);
    std::vector<std::uint8_t> bytes(window.size_bytes);
    cells.read(window.offset_bytes, bytes);
    if (argument.file.extension() == ".bin") {
        return {bytes.begin(), bytes.end()};
    }
    const std::uint64_t origin = board.devices[window.device].mapped_address;
    return intel_hex(origin + window.offset_bytes, bytes, cells.geometry().erased_value);
}

}  // namespace brownout::sim
