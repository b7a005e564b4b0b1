// What a run erased, partition by partition, and how many runs like it the flash endures.
#pragma once

#include <sim/scenario_machine.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

struct PartitionWear {
    const AreaPlan* area = nullptr;
    std::uint64_t erases = 0;  // of sectors
    std::uint32_t sectors_erased = 0;
    // The sector that was erased most often; the first of them.
    std::uint32_t most_sector = 0;
    std::uint64_t most_device_offset_bytes = 0;
    std::uint32_t most_erases = 0;
    std::uint32_t erase_cycles_max = 0;  // endurance; 0: not given

    // Such runs until that sector is worn out; 0: never, or not known.
    std::uint32_t runs_in_a_lifetime() const
    {
        return most_erases == 0 ? 0 : erase_cycles_max / most_erases;
    }
};

// `state`: after a run from the scenario's initial state. What a programmer stores is no wear.
// Partitions on NAND are left out: their blocks move.
std::vector<PartitionWear> wear_of(const ScenarioMachine& machine, const MachineState& state);

std::string wear_text(const ScenarioMachine& machine, const MachineState& state);

}  // namespace brownout::sim
