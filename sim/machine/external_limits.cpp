// What no driver or bus of external parts can do, said before a machine is built from it.
#include "soc_pins.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint64_t kAddressableBytes = 16 * 1024 * 1024;  // 3 bytes of address
constexpr std::uint32_t kSpimFrequencyMinHz = 125'000;

bool is_on_spim(const DevicePlan& device)
{
    return device.external && device.external->bus.controller.starts_with("spim");
}

std::string problem_of(const DevicePlan& device, std::string_view soc)
{
    const ExternalPlan& external = *device.external;
    if (external.nor.identity.size_bytes > kAddressableBytes) {
        return fmt::format("{} is larger than 16 MiB, which is what 3 bytes of address reach",
                           device.name);
    }
    if (external.driver.read_opcode != 0x03 && external.driver.read_opcode != 0x0B) {
        return fmt::format("'read_opcode' of {} must be 0x03 or 0x0B", device.name);
    }
    if (external.bus.frequency_hz < kSpimFrequencyMinHz) {
        return fmt::format("{} cannot be clocked slower than 125 kHz", device.name);
    }
    if (external.driver.wiring.lock_ram_blocks && soc != "nrf52840") {
        return fmt::format("'lock_ram_blocks' of {} is a work-around of the nrf52840 alone",
                           device.name);
    }
    return {};
}

// The drivers set a SPIM up once, at start, and each has a chip select of its own.
std::string problem_between(const DevicePlan& device, const DevicePlan& other)
{
    const BusPlan& bus = device.external->bus;
    const BusPlan& other_bus = other.external->bus;
    if (bus.cs.port == other_bus.cs.port && bus.cs.pin == other_bus.cs.pin) {
        return fmt::format("{} and {} have the same chip select", other.name, device.name);
    }
    if (bus.controller == other_bus.controller && bus.frequency_hz != other_bus.frequency_hz) {
        return fmt::format("{} and {} share {} and need the same frequency", other.name,
                           device.name, bus.controller);
    }
    return {};
}

}  // namespace

std::string external_problem(const BoardPlan& board)
{
    std::string problem;
    for (std::size_t i = 0; i < board.devices.size() && problem.empty(); ++i) {
        const DevicePlan& device = board.devices[i];
        if (!is_on_spim(device)) {
            continue;
        }
        problem = problem_of(device, board.soc);
        for (std::size_t j = 0; j < i && problem.empty(); ++j) {
            if (is_on_spim(board.devices[j])) {
                problem = problem_between(device, board.devices[j]);
            }
        }
    }
    return problem;
}

}  // namespace brownout::sim
