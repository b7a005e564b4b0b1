// What no driver or bus of external parts can do, said before a machine is built from it.
#include "soc_pins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace brownout::sim {

namespace {

constexpr std::uint64_t kAddressableBytes = 16 * 1024 * 1024;  // 3 bytes of address
constexpr std::uint32_t kSpimFrequencyMinHz = 125'000;

bool is_on_spim(const DevicePlan& device)
{
    return device.external && device.external->bus.controller.starts_with("spim");
}

bool is_same(const PinPlan& one, const PinPlan& other)
{
    return one.port == other.port && one.pin == other.pin;
}

// A pin that WP# or HOLD# is wired to has no other use at this part.
std::string pin_problem(const DevicePlan& device)
{
    const BusPlan& bus = device.external->bus;
    const std::pair<const char*, const LevelPlan&> levels[] = {{"wp", bus.write_protect},
                                                               {"hold", bus.hold}};
    for (const auto& [name, level] : levels) {
        for (const PinPlan& other : {bus.cs, bus.sck, bus.mosi, bus.miso}) {
            if (level.pin && is_same(*level.pin, other)) {
                return fmt::format("'{}' of {} is wired to P{}.{:02}, which its bus uses already",
                                   name, device.name, other.port, other.pin);
            }
        }
    }
    const std::optional<PinPlan>& wp = bus.write_protect.pin;
    const std::optional<PinPlan>& hold = bus.hold.pin;
    return wp && hold && is_same(*wp, *hold)
               ? fmt::format("'wp' and 'hold' of {} are wired to the same pin", device.name)
               : "";
}

// Pins of a GPIO port that drive something at the part.
std::vector<PinPlan> driven_pins(const BusPlan& bus)
{
    std::vector<PinPlan> pins{bus.cs};
    for (const LevelPlan& level : {bus.write_protect, bus.hold}) {
        if (level.pin) {
            pins.push_back(*level.pin);
        }
    }
    return pins;
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
    return pin_problem(device);
}

// The drivers set a SPIM up once, at start, and each has a chip select of its own.
std::string problem_between(const DevicePlan& device, const DevicePlan& other)
{
    const BusPlan& bus = device.external->bus;
    const BusPlan& other_bus = other.external->bus;
    if (is_same(bus.cs, other_bus.cs)) {
        return fmt::format("{} and {} have the same chip select", other.name, device.name);
    }
    for (const PinPlan& pin : driven_pins(bus)) {
        for (const PinPlan& other_pin : driven_pins(other_bus)) {
            if (is_same(pin, other_pin)) {
                return fmt::format("{} and {} are both wired to P{}.{:02}: one part for each pin",
                                   other.name, device.name, pin.port, pin.pin);
            }
        }
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
