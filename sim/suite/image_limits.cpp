#include <sim/suite.hpp>

#include <sim/error.hpp>

#include <boot/flash.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint32_t round_up_bytes(std::uint32_t value, std::uint32_t unit)
{
    return (value + unit - 1) / unit * unit;
}

// What the layout of a trailer needs to know, of both slots of image 0.
struct SlotSizes {
    const DevicePlan* device = nullptr;
    std::uint32_t size_bytes = 0;
    std::vector<std::uint32_t> sectors;  // sizes, in order
};

SlotSizes slot_sizes(const Scenario& scenario, flash_role role)
{
    SlotSizes slot;
    for (const Partition& partition : scenario.partitions) {
        if (partition.role != role || partition.image_index != 0) {
            continue;
        }
        slot.device = &scenario.board.plan.devices[partition.device];
        slot.size_bytes = partition.size_bytes;
        std::uint64_t start = 0;
        for (const SectorRun& run : slot.device->sectors) {
            for (std::uint32_t i = 0; i < run.count; ++i, start += run.size_bytes) {
                if (start >= partition.offset_bytes &&
                    start < std::uint64_t{partition.offset_bytes} + partition.size_bytes) {
                    slot.sectors.push_back(run.size_bytes);
                }
            }
        }
    }
    return slot;
}

struct TrailerSizes {
    std::uint32_t info = 0;     // everything but the status entries
    std::uint32_t slot = 0;     // of a slot
    std::uint32_t scratch = 0;  // of the scratch area
};

TrailerSizes trailer_sizes(const BootOptions& boot, std::uint32_t write_unit)
{
    const bool offset = boot.strategy == BOOT_SWAP_OFFSET;
    const std::uint32_t align = boot.max_align_bytes;
    const std::uint32_t states = boot.strategy == BOOT_SINGLE_SLOT ? 0 : offset ? 2 : 3;
    TrailerSizes sizes;
    sizes.info = (offset ? 5 : 4) * align + round_up_bytes(16, align);
    sizes.slot = boot.max_image_sectors * states * write_unit + sizes.info;
    sizes.scratch = states * write_unit + sizes.info;
    return sizes;
}

// End of the first sector, from the front, that holds bytes of the trailer.
std::uint32_t trailer_sector_end(const SlotSizes& slot, std::uint32_t trailer)
{
    std::uint32_t end = slot.size_bytes;
    std::uint32_t behind = 0;
    for (auto sector = slot.sectors.rbegin(); sector != slot.sectors.rend(); ++sector) {
        behind += *sector;
        if (behind >= trailer) {
            return end;
        }
        end -= *sector;
    }
    return end;
}

std::uint32_t difference_or_zero(std::uint32_t from, std::uint32_t less)
{
    return from > less ? from - less : 0;
}

}  // namespace

std::uint32_t largest_image_bytes(const Scenario& scenario)
{
    const SlotSizes primary = slot_sizes(scenario, FLASH_PRIMARY);
    SlotSizes secondary = slot_sizes(scenario, FLASH_SECONDARY);
    if (secondary.device == nullptr) {
        secondary = primary;
    }
    std::uint32_t unit = primary.device->write_unit_bytes;
    const SlotSizes scratch = slot_sizes(scenario, FLASH_SCRATCH);
    if (scenario.boot.strategy == BOOT_SWAP_SCRATCH && scratch.device != nullptr) {
        unit = std::max(unit, scratch.device->write_unit_bytes);
        if ((scenario.boot.fixes & BOOT_FIX_SCRATCH_SECONDARY_WRITE_UNIT) != 0) {
            unit = std::max(unit, secondary.device->write_unit_bytes);
        }
    }
    const TrailerSizes trailer = trailer_sizes(scenario.boot, unit);
    const std::uint32_t sector = primary.sectors.empty() ? 1 : primary.sectors.front();
    const std::uint32_t rounded = round_up_bytes(trailer.slot, sector);
    const std::uint32_t smaller = std::min(primary.size_bytes, secondary.size_bytes);
    switch (scenario.boot.strategy) {
    case BOOT_SWAP_MOVE:
        return std::min(difference_or_zero(primary.size_bytes, rounded + sector),
                        difference_or_zero(secondary.size_bytes, rounded));
    case BOOT_SWAP_OFFSET:
        return std::min(difference_or_zero(primary.size_bytes, rounded),
                        difference_or_zero(secondary.size_bytes, rounded + sector));
    case BOOT_SWAP_SCRATCH: {
        const std::uint32_t start = difference_or_zero(smaller, trailer.slot);
        const std::uint32_t end = std::max(trailer_sector_end(primary, trailer.slot),
                                           trailer_sector_end(secondary, trailer.slot));
        const std::uint32_t room = difference_or_zero(end, start);
        return difference_or_zero(start, difference_or_zero(trailer.scratch, room));
    }
    default: {
        const std::uint32_t align = scenario.boot.max_align_bytes;
        return difference_or_zero(smaller, 3 * align + round_up_bytes(16, align));
    }
    }
}

namespace {

// The signature's length depends on what is signed, so the overhead is asked from an image of
// about this size.
std::uint32_t overhead_bytes(Scenario scenario, const std::string& name, std::uint32_t payload)
{
    for (ScenarioImage& image : scenario.images) {
        auto* const spec = std::get_if<ImageSpec>(&image.source);
        if (image.name == name && spec != nullptr) {
            spec->payload_bytes = payload;
            spec->padding.reset();
        }
    }
    return static_cast<std::uint32_t>(image_bytes(scenario, name).size()) - payload;
}

}  // namespace

std::vector<std::uint32_t> edge_payload_bytes(const Scenario& scenario, const std::string& name)
{
    const ScenarioImage* const image = scenario.image(name);
    if (image == nullptr || !std::holds_alternative<ImageSpec>(image->source)) {
        throw InputError("edges: there is no generated image '" + name + "'");
    }
    const std::uint32_t largest = largest_image_bytes(scenario);
    const SlotSizes primary = slot_sizes(scenario, FLASH_PRIMARY);
    std::vector<std::uint32_t> ends;  // of the first, the second and the last whole sector
    std::uint32_t end = 0;
    for (const std::uint32_t sector : primary.sectors) {
        end += sector;
        if (end <= largest && ends.size() == 3) {
            ends.back() = end;
        } else if (end <= largest) {
            ends.push_back(end);
        }
    }
    ends.push_back(largest);
    std::vector<std::uint32_t> payloads;
    for (const std::uint32_t edge : ends) {
        for (const std::uint32_t total : {edge - 1, edge, edge + 1}) {
            const std::uint32_t guess =
                difference_or_zero(total, overhead_bytes(scenario, name, 1));
            if (guess == 0 || total > largest) {
                continue;
            }
            const std::uint32_t payload =
                difference_or_zero(total, overhead_bytes(scenario, name, guess));
            if (payload > 0 && payload + overhead_bytes(scenario, name, payload) <= largest) {
                payloads.push_back(payload);
            }
        }
    }
    std::sort(payloads.begin(), payloads.end());
    payloads.erase(std::unique(payloads.begin(), payloads.end()), payloads.end());
    return payloads;
}

}  // namespace brownout::sim
