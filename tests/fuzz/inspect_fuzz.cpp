// Any bytes as the flash of a device, for every strategy: explained and booted.
#include <sim/inspection.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace brownout::sim;

constexpr std::array<const char*, 5> kStrategies = {"swap-move", "swap-offset", "swap-scratch",
                                                    "overwrite-only", "direct-xip"};

std::unique_ptr<ScenarioMachine> machine_for(const std::string& strategy)
{
    return std::make_unique<ScenarioMachine>(parse_scenario(
        R"(scenario: fuzzed
board:
  name: small
  devices:
    internal: {controller: plain, sectors: [{size: 512, count: 20}], write_unit: 8}
partitions:
  mcuboot_primary:   {address: 0x0, size: 0xC00}
  mcuboot_secondary: {address: 0xC00, size: 0xE00}
  mcuboot_scratch:   {address: 0x2000, size: 0x400}
boot: {signature: {type: none}, max_image_sectors: 8, strategy: )" +
            strategy + "}\nsteps: [{reset: }]\n",
        "fuzzed.yaml"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static std::array<std::unique_ptr<ScenarioMachine>, kStrategies.size()> machines;
    if (size == 0) {
        return 0;
    }
    const std::size_t chosen = data[0] % kStrategies.size();
    if (!machines[chosen]) {
        machines[chosen] = machine_for(kStrategies[chosen]);
    }
    ScenarioMachine& machine = *machines[chosen];
    MachineState state = machine.machine().blank_state();
    const std::size_t count = std::min<std::size_t>(size - 1, 0x2400);
    if (count > 0) {
        // From the end of the slots, so that short inputs reach the trailers.
        state.devices[0].poke(0x2400 - count, {data + 1, count});
        state.devices[0].poke(0, {data + 1, std::min<std::size_t>(count, 0xC00)});
    }
    const Inspection inspection = inspect(machine, state);
    if (inspection_text(machine, inspection, {}).empty() ||
        inspection_json(machine, inspection, {}).empty()) {
        std::abort();
    }
    return 0;
}
