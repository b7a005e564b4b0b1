// Every area in turn, then the swaps, then two boots.
#include "area_view.hpp"
#include "inconsistencies.hpp"

#include "image/key_file.hpp"

#include <sim/crypto.hpp>

#include <boot/image.h>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kMagicBytes = 4;

bool has_header_magic(const AreaView& area, std::uint32_t offset_bytes)
{
    return std::uint64_t{offset_bytes} + kMagicBytes <= area.plan->size_bytes &&
           area.cells->word_at(std::uint64_t{area.plan->offset_bytes} + offset_bytes) ==
               IMAGE_MAGIC;
}

std::string hex_text(std::span<const std::uint8_t> bytes)
{
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

bool is_signature_tlv(std::uint16_t type)
{
    return type >= TLV_RSA2048_PSS && type <= TLV_ED25519;
}

// The file name of the key that signed it, by trying all of them.
std::string signer_of(const ScenarioMachine& machine, std::span<const std::uint8_t> bytes,
                      const ImageInfo& info)
{
    const BootOptions& boot = machine.scenario().boot;
    const auto& keys = machine.machine().setup().signing_keys;
    for (std::size_t i = 0; i < keys.size() && i < boot.signing_keys.size(); ++i) {
        if (image_signature_matches(bytes, info, boot.signature, keys[i])) {
            return boot.signing_keys[i].filename().string();
        }
    }
    return {};
}

class AreaInspection {
public:
    AreaInspection(const ScenarioMachine& machine, const AreaView& area)
        : machine_(machine), area_(area)
    {
    }

    AreaReport report()
    {
        report_.area = *area_.plan;
        report_.sector_count = static_cast<std::uint32_t>(area_.sector_sizes().size());
        report_.erased = area_.is_erased(0, area_.plan->size_bytes);
        const std::vector<std::uint8_t> bytes = area_.read(0, area_.plan->size_bytes);
        report_.bytes_used = static_cast<std::uint64_t>(
            std::count_if(bytes.begin(), bytes.end(),
                          [&](std::uint8_t byte) { return byte != area_.device->erased_value; }));
        if (area_.plan->role != FLASH_SCRATCH) {
            look_for_image(bytes);
        }
        return std::move(report_);
    }

private:
    std::vector<std::uint32_t> places() const
    {
        std::vector<std::uint32_t> places = {0};
        const auto sizes = area_.sector_sizes();
        if (machine_.scenario().boot.strategy == BOOT_SWAP_OFFSET &&
            area_.plan->role == FLASH_SECONDARY && !sizes.empty()) {
            places.insert(places.begin(), sizes.front());
        }
        return places;
    }

    void look_for_image(const std::vector<std::uint8_t>& bytes)
    {
        for (const std::uint32_t place : places()) {
            if (!has_header_magic(area_, place)) {
                continue;
            }
            const std::span<const std::uint8_t> held = std::span(bytes).subspan(place);
            std::string why;
            auto info = parse_image(held, &why);
            if (info) {
                describe(held, std::move(*info), place);
                report_.why_no_image.clear();
                return;
            }
            report_.why_no_image =
                place == 0 ? why : fmt::format("at offset 0x{:X}: {}", place, why);
        }
        if (!report_.image && report_.why_no_image.empty() && !report_.erased) {
            parse_image(bytes, &report_.why_no_image);
        }
    }

    void describe(std::span<const std::uint8_t> bytes, ImageInfo info, std::uint32_t offset)
    {
        ImageReport image;
        image.offset_bytes = offset;
        image.signed_by = signer_of(machine_, bytes, info);
        if (const ImageTlv* const hash = info.tlv(TLV_KEYHASH)) {
            image.key_hash = hex_text(bytes.subspan(hash->offset_bytes, hash->byte_count));
        }
        image.has_signature =
            std::any_of(info.tlvs.begin(), info.tlvs.end(),
                        [](const ImageTlv& tlv) { return is_signature_tlv(tlv.type); });
        for (const ImageTlv& tlv : info.tlvs) {
            const auto payload = bytes.subspan(tlv.offset_bytes, tlv.byte_count);
            image.tlv_bytes.insert(image.tlv_bytes.end(), payload.begin(), payload.end());
        }
        for (const KnownImage& known : machine_.images()) {
            if (known.is_image && known.info.total_bytes == info.total_bytes &&
                std::equal(known.bytes.begin(), known.bytes.begin() + info.total_bytes,
                           bytes.begin())) {
                image.known_as = known.name;
            }
        }
        image.info = std::move(info);
        const std::uint32_t filler = image.info.header_bytes - IMAGE_HEADER_BYTES;
        if (filler > 0 && area_.is_erased(offset + IMAGE_HEADER_BYTES, filler)) {
            report_.filler_bytes = filler;
        }
        report_.image = std::move(image);
    }

    const ScenarioMachine& machine_;
    const AreaView& area_;
    AreaReport report_;
};

// Reads an image that is spread over several areas.
std::optional<ImageInfo> pieced_together(const std::vector<ImagePiece>& pieces)
{
    std::vector<std::uint8_t> bytes;
    for (const ImagePiece& piece : pieces) {
        const auto part = piece.area->read(piece.area_offset_bytes, piece.byte_count);
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return parse_image(bytes);
}

AreaReport* report_of(std::vector<AreaReport>& reports, const AreaView& area)
{
    for (AreaReport& report : reports) {
        if (report.area.name == area.plan->name) {
            return &report;
        }
    }
    return nullptr;
}

void note_held(const std::vector<ImagePiece>& pieces, bool of_new, std::uint32_t sector_bytes,
               std::vector<AreaReport>& reports)
{
    for (const ImagePiece& piece : pieces) {
        if (AreaReport* const report = report_of(reports, *piece.area)) {
            report->held.push_back({piece.area_offset_bytes / sector_bytes,
                                    std::max(1u, piece.byte_count / sector_bytes),
                                    piece.image_offset_bytes / sector_bytes, of_new});
        }
    }
}

void explain_interrupted(const PairView& pair, boot_strategy strategy, SwapReport& swap,
                         std::vector<AreaReport>& reports)
{
    const bool has_begun = swap.index > 1 || swap.state > 1 || swap.moved;
    if (!swap.interrupted || !has_begun || swap.total == 0) {
        return;
    }
    for (const bool of_new : {true, false}) {
        const auto pieces = pieces_of_image(pair, swap, strategy, of_new);
        (of_new ? swap.new_image : swap.old_image) = pieced_together(pieces);
        note_held(pieces, of_new, swap.sector_bytes, reports);
    }
    for (AreaReport& report : reports) {
        std::sort(report.held.begin(), report.held.end(),
                  [](const HeldSectors& left, const HeldSectors& right) {
                      return left.first < right.first;
                  });
    }
}

}  // namespace

Inspection inspect(ScenarioMachine& machine, const MachineState& state)
{
    const BoardPlan& board = machine.machine().board();
    const boot_config& config = machine.machine().setup().config;
    Inspection result;
    for (const AreaPlan& area : board.areas) {
        const AreaView view = AreaView::of(board, state, &area);
        if (area.role == FLASH_OTHER ||
            (area.role == FLASH_SCRATCH && config.strategy != BOOT_SWAP_SCRATCH)) {
            continue;
        }
        result.areas.push_back(AreaInspection(machine, view).report());
        const PairView pair = pair_view(machine, state, area.image_index);
        if (config.strategy != BOOT_SINGLE_SLOT) {
            const std::uint32_t entry = status_entry_bytes(pair, config.strategy);
            result.areas.back().trailer = read_trailer(view, config, entry);
        }
    }
    for (std::uint32_t image = 0; image < config.image_count; ++image) {
        const PairView pair = pair_view(machine, state, image);
        if (strategy_swaps(config.strategy) && pair.primary && pair.secondary) {
            result.swaps.push_back(read_progress(pair, config));
            explain_interrupted(pair, config.strategy, result.swaps.back(), result.areas);
        }
    }
    find_inconsistencies(machine, result);
    result.after_next = state;
    result.next = predict_boot(machine, result.after_next, result.swaps);
    MachineState later = result.after_next;
    std::vector<SwapReport> swaps_later;
    for (const SwapReport& swap : result.swaps) {
        swaps_later.push_back(read_progress(pair_view(machine, later, swap.image_index), config));
    }
    result.after = predict_boot(machine, later, swaps_later);
    return result;
}

}  // namespace brownout::sim
