#include "image_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace brownout::sim {

namespace {

bool is_older(const boot_version& one, const boot_version& other, bool by_build)
{
    const auto parts = [by_build](const boot_version& version) {
        return std::tuple(version.major, version.minor, version.revision,
                          by_build ? version.build : 0);
    };
    return parts(one) < parts(other);
}

// The known image in a slot; nullptr if there is none.
const KnownImage* image_of(const ScenarioMachine& machine, const MachineState& state,
                           flash_role role, std::uint32_t image_index)
{
    const AreaPlan* const area = machine.machine().area(role, image_index);
    const auto found = area != nullptr ? machine.image_in(state, *area) : std::nullopt;
    const bool is_image = found && machine.images()[*found].is_image;
    return is_image ? &machine.images()[*found] : nullptr;
}

// The network core of a board has its image in a slot of its own, not in the RAM slot.
bool is_network_image(const ScenarioMachine& machine, std::uint32_t image_index)
{
    return machine.scenario().netcore && image_index == 1;
}

const KnownImage* installed_image(const ScenarioMachine& machine, const MachineState& state,
                                  std::uint32_t image_index)
{
    if (!is_network_image(machine, image_index)) {
        return image_of(machine, state, FLASH_PRIMARY, image_index);
    }
    const auto found = machine.network_image(state);
    return found ? &machine.images()[*found] : nullptr;
}

bool serves(const KnownImage* image, const NeededImage& needed, bool by_build)
{
    return image != nullptr && !is_older(image->info.version, needed.version, by_build);
}

bool is_requested(const Scenario& scenario, std::uint32_t image_index)
{
    return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
        const auto* const request = std::get_if<RequestUpgradeStep>(&step.action);
        return request != nullptr && request->image_index == image_index;
    });
}

}  // namespace

std::string unmet_dependency(const ScenarioMachine& machine, const MachineState& state)
{
    const BootOptions& boot = machine.scenario().boot;
    const bool boots_primary = boot.strategy <= BOOT_OVERWRITE_ONLY_FAST;
    for (std::uint32_t i = 0; boots_primary && boot.image_count > 1 && i < boot.image_count; ++i) {
        const KnownImage* const image = installed_image(machine, state, i);
        if (image == nullptr) {
            continue;
        }
        for (const NeededImage& needed : dependencies_of(image->bytes, image->info)) {
            const KnownImage* const there = installed_image(machine, state, needed.image_index);
            if (there == nullptr && is_network_image(machine, needed.image_index)) {
                continue;  // half-written: another check's business
            }
            if (!serves(there, needed, boot.compare_build_number)) {
                return fmt::format("{} needs image {} in version {} or newer; there is {}",
                                   image->name, needed.image_index, to_string(needed.version),
                                   there != nullptr ? to_string(there->info.version) : "none");
            }
        }
    }
    return {};
}

bool can_revert(const ScenarioMachine& machine)
{
    switch (machine.scenario().boot.strategy) {
    case BOOT_SWAP_MOVE:
    case BOOT_SWAP_OFFSET:
    case BOOT_SWAP_SCRATCH:
    case BOOT_DIRECT_XIP_REVERT:
    case BOOT_RAM_LOAD_REVERT:
        return true;
    default:
        return false;
    }
}

bool goes_back(const ScenarioMachine& machine, std::int32_t image, std::int32_t other)
{
    const BootOptions& boot = machine.scenario().boot;
    if (image < 0 || other < 0 || boot.downgrade == BOOT_DOWNGRADE_ALLOWED) {
        return false;
    }
    const KnownImage& one = machine.images()[static_cast<std::size_t>(image)];
    const KnownImage& two = machine.images()[static_cast<std::size_t>(other)];
    if (boot.downgrade == BOOT_DOWNGRADE_BY_VERSION) {
        return is_older(one.info.version, two.info.version, boot.compare_build_number);
    }
    // An image without a counter may be replaced by any; it may not replace one with a counter.
    const auto floor = security_counter_of(two.bytes, two.info);
    const auto counter = security_counter_of(one.bytes, one.info);
    return floor && (!counter || *counter < *floor);
}

bool must_be_refused(const ScenarioMachine& machine, const MachineState& state,
                     std::int16_t old_image, std::int16_t new_image)
{
    if (new_image < 0) {
        return false;
    }
    if (goes_back(machine, new_image, old_image)) {
        return true;
    }
    const BootOptions& boot = machine.scenario().boot;
    if (boot.image_count < 2) {
        return false;
    }
    const KnownImage& image = machine.images()[static_cast<std::size_t>(new_image)];
    const auto needs = dependencies_of(image.bytes, image.info);
    return std::any_of(needs.begin(), needs.end(), [&](const NeededImage& needed) {
        if (needed.image_index == 0) {
            return is_older(image.info.version, needed.version, boot.compare_build_number);
        }
        const bool replaced = is_requested(machine.scenario(), needed.image_index);
        return !serves(image_of(machine, state, replaced ? FLASH_SECONDARY : FLASH_PRIMARY,
                                needed.image_index),
                       needed, boot.compare_build_number);
    });
}

}  // namespace brownout::sim
