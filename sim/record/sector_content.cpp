#include "sector_content.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

// Fewer bytes than this say nothing about where they come from.
constexpr std::uint32_t kTellingBytes = 4;
// Of each end of a sector, to see that they come from different images.
constexpr std::size_t kEndBytes = 64;

}  // namespace

const char* to_string(HeldKind kind)
{
    switch (kind) {
    case HeldKind::kErased:
        return "erased";
    case HeldKind::kImage:
        return "image";
    case HeldKind::kPartial:
        return "partial";
    case HeldKind::kTrailer:
        return "trailer";
    case HeldKind::kTorn:
        return "torn";
    case HeldKind::kMixed:
        return "mixed";
    case HeldKind::kUnknown:
        break;
    }
    return "unknown";
}

SectorReader::SectorReader(const ScenarioMachine& machine, const LogicalCells& cells)
    : board_(machine.machine().board()), config_(machine.machine().setup().config), cells_(cells)
{
    for (const KnownImage& image : machine.images()) {
        add_image({image.name, image.is_image ? to_string(image.info.version) : "",
                   image.bytes.size(), true},
                  image.bytes);
        if (!image.other_form.empty()) {
            forms_.push_back({static_cast<std::int16_t>(images_.size() - 1), image.other_form});
        }
        if (machine.is_for_network_core(image)) {
            const auto payload = image.bytes.begin() + image.info.header_bytes;
            forms_.push_back({static_cast<std::int16_t>(images_.size() - 1),
                              {payload, payload + image.info.payload_bytes},
                              image.info.header_bytes});
        }
    }
    for (const AreaPlan& area : board_.areas) {
        const SectorRange sectors =
            cells_.sectors_of(area.device, area.offset_bytes, area.size_bytes);
        for (std::uint32_t i = sectors.first; i < sectors.end; ++i) {
            const std::uint32_t bytes = cells_.sector_bytes(area.device, i);
            step_bytes_ = step_bytes_ == 0 ? bytes : std::min(step_bytes_, bytes);
        }
    }
}

void SectorReader::add_image(RecordedImage image, std::vector<std::uint8_t> bytes)
{
    images_.push_back(std::move(image));
    forms_.push_back({static_cast<std::int16_t>(images_.size() - 1), std::move(bytes)});
}

const AreaPlan* SectorReader::area_at(std::uint32_t device, std::uint64_t offset_bytes) const
{
    for (const AreaPlan& area : board_.areas) {
        if (area.device == device && offset_bytes >= area.offset_bytes &&
            offset_bytes < std::uint64_t{area.offset_bytes} + area.size_bytes) {
            return &area;
        }
    }
    return nullptr;
}

std::uint64_t SectorReader::trailer_offset(const AreaPlan& area) const
{
    const bool has_one = area.role == FLASH_PRIMARY || area.role == FLASH_SECONDARY ||
                         (area.role == FLASH_SCRATCH && config_.strategy == BOOT_SWAP_SCRATCH);
    if (!has_one || config_.strategy == BOOT_SINGLE_SLOT) {
        return area.size_bytes;
    }
    trailer_layout layout = trailer_layout_of(&config_);
    if (!strategy_swaps(config_.strategy)) {
        layout.max_sectors = 0;  // no status entries
    }
    const std::uint32_t unit = board_.devices[area.device].write_unit_bytes;
    const std::uint32_t bytes = area.role == FLASH_SCRATCH ? trailer_scratch_bytes(&layout, unit)
                                                           : trailer_slot_bytes(&layout, unit);
    return bytes < area.size_bytes ? area.size_bytes - bytes : 0;
}

// Compares a sector with the image from `offset` on; erased bytes may be yet to come. `first`: the
// first byte of the sector that is not erased.
SectorReader::Match SectorReader::match_at(const Body& body, std::size_t first, const Form& form,
                                           std::uint32_t offset) const
{
    const std::vector<std::uint8_t>& bytes = form.bytes;
    const std::uint8_t erased = body.erased;
    const std::size_t count = std::min<std::size_t>(body.bytes.size(), bytes.size() - offset);
    Match match{form.image, form.image_offset_bytes + offset, 0, true};
    std::size_t end = first;  // behind the last byte that is not erased
    for (std::size_t i = first; i < body.bytes.size(); ++i) {
        const bool equal = i < count && body.bytes[i] == bytes[offset + i];
        if (body.bytes[i] != erased) {
            if (!equal) {
                return {};
            }
            end = i + 1;
        } else if (i < count && !equal) {
            match.whole = false;
        }
    }
    for (std::size_t i = 0; i < std::min(first, count); ++i) {
        match.whole = match.whole && bytes[offset + i] == erased;
    }
    match.written = static_cast<std::uint32_t>(match.whole ? count : std::min(end, count));
    return match;
}

// The best of all places in all images; of several, where it was before, then the first.
SectorReader::Match SectorReader::find(const Body& body, const HeldContent& before) const
{
    const auto is_written = [erased = body.erased](std::uint8_t byte) { return byte != erased; };
    const auto written = std::find_if(body.bytes.begin(), body.bytes.end(), is_written);
    const auto first = static_cast<std::size_t>(written - body.bytes.begin());
    const auto telling =
        static_cast<std::uint32_t>(std::count_if(written, body.bytes.end(), is_written));
    Match best;
    if (telling < kTellingBytes || step_bytes_ == 0) {
        return best;
    }
    for (const Form& form : forms_) {
        for (std::size_t offset = 0; offset < form.bytes.size(); offset += step_bytes_) {
            const Match match = match_at(body, first, form, static_cast<std::uint32_t>(offset));
            if (match.image < 0) {
                continue;
            }
            const bool as_before =
                before.image == form.image && before.image_offset_bytes == match.offset;
            const bool better = best.image < 0 || (match.whole && !best.whole) ||
                                (match.whole == best.whole && as_before);
            if (better) {
                best = match;
            }
        }
    }
    return best;
}

// Do the two ends of the sector come from different images, or places of one?
bool SectorReader::is_mixed(const Body& body) const
{
    if (body.bytes.size() < 2 * kEndBytes) {
        return false;
    }
    const Match head = find({body.bytes.first(kEndBytes), body.erased}, {});
    if (head.image < 0) {
        return false;
    }
    const std::size_t tail_at = body.bytes.size() - kEndBytes;
    const auto tail = body.bytes.subspan(tail_at);
    for (const Form& form : forms_) {
        const std::vector<std::uint8_t>& bytes = form.bytes;
        for (std::size_t at = tail_at; at + kEndBytes <= bytes.size(); at += step_bytes_) {
            const bool same_place =
                form.image == head.image && form.image_offset_bytes + at == tail_at + head.offset;
            if (!same_place && std::equal(tail.begin(), tail.end(),
                                          bytes.begin() + static_cast<std::ptrdiff_t>(at))) {
                return true;
            }
        }
    }
    return false;
}

HeldContent SectorReader::read(std::uint32_t device, std::uint32_t sector,
                               const HeldContent& before, bool torn) const
{
    const models::FlashArray& cells = cells_.cells(device);
    const std::uint64_t start = cells_.sector_offset(device, sector);
    const std::uint32_t size = cells_.sector_bytes(device, sector);
    HeldContent content;
    const bool erased = cells.is_erased(start, size);
    if (erased && !torn) {
        return content;
    }
    std::uint64_t body_bytes = size;
    if (const AreaPlan* const area = area_at(device, start)) {
        const std::uint64_t trailer = area->offset_bytes + trailer_offset(*area);
        body_bytes = trailer <= start ? 0 : std::min<std::uint64_t>(size, trailer - start);
    }
    content.has_trailer =
        body_bytes < size && !cells.is_erased(start + body_bytes, size - body_bytes);
    std::vector<std::uint8_t> bytes(body_bytes);
    cells.read(start, bytes);
    const Body body{bytes, board_.devices[device].erased_value};
    const bool body_erased = body_bytes == 0 || cells.is_erased(start, body_bytes);
    const Match match = body_erased ? Match{} : find(body, before);
    if (match.image >= 0) {
        content.kind = match.whole ? HeldKind::kImage : HeldKind::kPartial;
        content.image = match.image;
        content.image_offset_bytes = match.offset;
        content.byte_count = match.written;
    } else if (body_erased) {
        content.kind = content.has_trailer ? HeldKind::kTrailer : HeldKind::kErased;
    } else {
        content.kind = is_mixed(body) ? HeldKind::kMixed : HeldKind::kUnknown;
    }
    if (torn && !match.whole) {
        content.kind = HeldKind::kTorn;
    }
    return content;
}

}  // namespace brownout::sim
