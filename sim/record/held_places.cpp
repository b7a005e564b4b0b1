// Where images lie at some moment: whole in a slot, or a sector of one somewhere else.
#include "run_recording.hpp"

#include <algorithm>

namespace brownout::sim {

const HeldContent& RunRecording::held_in(const SectorPlace& place) const
{
    const AreaPlan& area = board_.areas[place.area];
    return map_
        .contents[area.device][cells_.sector_at(area.device, area.offset_bytes) + place.sector];
}

std::optional<SectorPlace> RunRecording::other_place(const HeldContent& held,
                                                     const SectorPlace& here) const
{
    if (held.image < 0) {
        return std::nullopt;
    }
    for (std::uint32_t i = 0; i < board_.areas.size(); ++i) {
        const AreaPlan& area = board_.areas[i];
        const SectorRange range =
            cells_.sectors_of(area.device, area.offset_bytes, area.size_bytes);
        for (std::uint32_t sector = range.first; sector < range.end; ++sector) {
            const HeldContent& other = map_.contents[area.device][sector];
            const bool is_here = i == here.area && sector - range.first == here.sector;
            const bool covers =
                other.image == held.image && other.kind == HeldKind::kImage &&
                held.image_offset_bytes >= other.image_offset_bytes &&
                held.image_offset_bytes < other.image_offset_bytes + other.byte_count;
            if (covers && !is_here) {
                return SectorPlace{i, sector - range.first};
            }
        }
    }
    return std::nullopt;
}

// The image that lies in a slot from its first sector, or its second, to its end; -1: none.
std::int16_t RunRecording::whole_image(const AreaPlan* area) const
{
    if (area == nullptr) {
        return -1;
    }
    const SectorRange range = cells_.sectors_of(area->device, area->offset_bytes, area->size_bytes);
    const std::vector<HeldContent>& contents = map_.contents[area->device];
    for (std::uint32_t first = range.first; first < std::min(range.first + 2, range.end); ++first) {
        const std::int16_t image = contents[first].image;
        if (image < 0 || contents[first].image_offset_bytes != 0) {
            continue;
        }
        const std::uint64_t all = reader_.images()[static_cast<std::size_t>(image)].byte_count;
        std::uint64_t there = 0;
        for (std::uint32_t i = first;
             i < range.end && contents[i].image == image && contents[i].kind == HeldKind::kImage &&
             contents[i].image_offset_bytes == there;
             ++i) {
            there += contents[i].byte_count;
        }
        return there >= all ? image : -1;
    }
    return -1;
}

// In the middle of a swap neither is whole: what was found before stays.
void RunRecording::find_swapped_images()
{
    const Machine& machine = machine_.machine();
    for (std::uint32_t i = 0; i < map_.swapped.size(); ++i) {
        const std::int16_t old_image = whole_image(machine.area(FLASH_PRIMARY, i));
        const std::int16_t new_image = whole_image(machine.area(FLASH_SECONDARY, i));
        if (old_image >= 0 && new_image >= 0) {
            map_.swapped[i] = {old_image, new_image};
        }
    }
}

}  // namespace brownout::sim
