#include "wear_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

PartitionWear wear_of_area(const AreaPlan& area, const DevicePlan& device,
                           const models::FlashArray& cells)
{
    PartitionWear wear;
    wear.area = &area;
    wear.erase_cycles_max = device.erase_cycles_max;
    const std::uint64_t end = std::uint64_t{area.offset_bytes} + area.size_bytes;
    std::uint64_t start = 0;
    std::uint32_t sector = 0;
    for (const SectorRun& run : device.sectors) {
        for (std::uint32_t i = 0; i < run.count; ++i, start += run.size_bytes) {
            if (start < area.offset_bytes || start >= end) {
                continue;
            }
            const std::uint32_t erases = cells.erase_count(start);
            wear.erases += erases;
            wear.sectors_erased += erases > 0 ? 1 : 0;
            if (erases > wear.most_erases) {
                wear.most_erases = erases;
                wear.most_sector = sector;
                wear.most_device_offset_bytes = start;
            }
            ++sector;
        }
    }
    return wear;
}

std::string line_of(const PartitionWear& wear, const DevicePlan& device)
{
    std::string line = fmt::format("  {:<20} {:<10} {:>5} erase{} in {} sector{}", wear.area->name,
                                   device.name, wear.erases, wear.erases == 1 ? " " : "s",
                                   wear.sectors_erased, wear.sectors_erased == 1 ? "" : "s");
    if (wear.most_erases > 0) {
        line += fmt::format("; most: sector {} (0x{:08X}), {} of them", wear.most_sector,
                            wear.most_device_offset_bytes, wear.most_erases);
    }
    return line + '\n';
}

}  // namespace

std::vector<PartitionWear> wear_of(const ScenarioMachine& machine, const MachineState& state)
{
    const BoardPlan& board = machine.machine().board();
    std::vector<PartitionWear> all;
    for (const AreaPlan& area : board.areas) {
        const DevicePlan& device = board.devices[area.device];
        if (device.controller != ControllerKind::kSpiNand) {
            all.push_back(wear_of_area(area, device, state.devices[area.device]));
        }
    }
    return all;
}

std::string wear_text(const ScenarioMachine& machine, const MachineState& state)
{
    const BoardPlan& board = machine.machine().board();
    const std::vector<PartitionWear> all = wear_of(machine, state);
    std::string text = "wear of this run\n";
    const PartitionWear* first = nullptr;
    for (const PartitionWear& wear : all) {
        text += line_of(wear, board.devices[wear.area->device]);
        const std::uint32_t runs = wear.runs_in_a_lifetime();
        if (runs > 0 && (first == nullptr || runs < first->runs_in_a_lifetime())) {
            first = &wear;
        }
    }
    if (first == nullptr) {
        return text + "  nothing with a known endurance was erased\n";
    }
    return text + fmt::format("  first to wear out: sector {} of {}, endurance {} erases: {} runs "
                              "like this one\n",
                              first->most_sector, first->area->name, first->erase_cycles_max,
                              first->runs_in_a_lifetime());
}

}  // namespace brownout::sim
