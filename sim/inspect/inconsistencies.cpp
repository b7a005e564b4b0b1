#include "inconsistencies.hpp"

#include "area_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// The value that a status entry has when it is written.
std::uint8_t expected_entry(boot_strategy strategy, std::uint32_t index, std::uint32_t max_sectors)
{
    switch (strategy) {
    case BOOT_SWAP_MOVE:
        return static_cast<std::uint8_t>(index < max_sectors ? 1 : (index - max_sectors) % 2 + 1);
    case BOOT_SWAP_OFFSET:
        return static_cast<std::uint8_t>(index % 2 + 1);
    default:
        return static_cast<std::uint8_t>(index % 3 + 1);
    }
}

class AreaJudge {
public:
    AreaJudge(const boot_config& config, AreaReport& report, bool swap_is_running)
        : config_(config), report_(report), swap_is_running_(swap_is_running)
    {
    }

    void judge()
    {
        if (report_.trailer) {
            judge_fields(*report_.trailer);
            if (strategy_swaps(config_.strategy)) {
                judge_entries(*report_.trailer);
            }
        }
        if (report_.image && !swap_is_running_) {
            judge_image(*report_.image);
        }
        if (!report_.why_no_image.empty() && !swap_is_running_) {
            say("no image: " + report_.why_no_image);
        }
    }

private:
    void say(std::string sentence) { report_.inconsistencies.push_back(std::move(sentence)); }

    void judge_fields(const TrailerReport& trailer)
    {
        const trailer_state& state = trailer.state;
        if (state.magic == TRAILER_BAD) {
            say(report_.area.role == FLASH_SCRATCH
                    ? "magic is neither good nor erased (usual: data copied through scratch lies "
                      "there)"
                    : "magic is neither good nor erased: torn while written, or not a trailer");
        }
        if (state.magic == TRAILER_SET && state.image_ok == TRAILER_BAD) {
            say("image_ok is neither set nor erased");
        }
        if (state.magic == TRAILER_SET && state.copy_done == TRAILER_BAD) {
            say("copy_done is neither set nor erased");
        }
        if (state.magic != TRAILER_SET) {
            return;
        }
        if (trailer.swap_info && (state.swap_type == 0 || state.swap_type > SWAP_REVERT)) {
            say(fmt::format("swap_info 0x{:02X} holds no swap type", *trailer.swap_info));
        }
        if (trailer.swap_size_bytes && *trailer.swap_size_bytes > report_.area.size_bytes) {
            say(fmt::format("swap_size {} is larger than the slot ({} bytes)",
                            *trailer.swap_size_bytes, report_.area.size_bytes));
        }
    }

    void judge_entries(const TrailerReport& trailer)
    {
        if (trailer.entries.empty() || trailer.state.magic != TRAILER_SET) {
            return;
        }
        const bool is_move = config_.strategy == BOOT_SWAP_MOVE;
        std::uint32_t before = trailer.entries.front().index;
        std::size_t wrong = 0;
        for (const StatusEntry& entry : trailer.entries) {
            // The second half of the table begins behind the unused rest of the first.
            const bool may_jump = is_move && entry.index == config_.max_image_sectors;
            if (entry.index > before + 1 && !may_jump) {
                say(fmt::format("status entries {} to {} are erased, but entry {} is written",
                                before + 1, entry.index - 1, entry.index));
            }
            wrong += entry.value !=
                     expected_entry(config_.strategy, entry.index, config_.max_image_sectors);
            before = entry.index;
        }
        if (wrong > 0) {
            say(fmt::format("{} of {} status entries hold a value that is never written there",
                            wrong, trailer.entries.size()));
        }
    }

    void judge_image(const ImageReport& image)
    {
        const ImageInfo& info = image.info;
        if (!info.hash_present) {
            say("the image carries no hash");
        } else if (!info.hash_matches) {
            say("the hash does not match: header, payload or protected TLVs are damaged");
        }
        const std::uint64_t end = std::uint64_t{image.offset_bytes} + info.total_bytes;
        const bool has_trailer = report_.trailer && report_.trailer->state.magic == TRAILER_SET;
        if (has_trailer && end > report_.trailer->offset_bytes) {
            say(fmt::format("the image ends at 0x{:X}, inside the trailer, which begins at 0x{:X}",
                            end, report_.trailer->offset_bytes));
        }
        const bool is_offset_secondary =
            config_.strategy == BOOT_SWAP_OFFSET && report_.area.role == FLASH_SECONDARY;
        if (is_offset_secondary && image.offset_bytes == 0 && has_trailer &&
            report_.trailer->state.copy_done != TRAILER_SET) {
            say("the image lies in the first sector; swap using offset looks for an update in the "
                "second");
        }
    }

    const boot_config& config_;
    AreaReport& report_;
    const bool swap_is_running_;
};

const AreaReport* area_with(const Inspection& inspection, flash_role role, std::uint32_t image)
{
    for (const AreaReport& report : inspection.areas) {
        if (report.area.role == role && report.area.image_index == image) {
            return &report;
        }
    }
    return nullptr;
}

// A revert needs the old image; without it the unconfirmed one is stuck with the request.
void judge_pair(const SwapReport& swap, Inspection& inspection)
{
    const AreaReport* const secondary = area_with(inspection, FLASH_SECONDARY, swap.image_index);
    if (swap.interrupted || secondary == nullptr || secondary->image) {
        return;
    }
    for (AreaReport& report : inspection.areas) {
        if (report.area.role == FLASH_PRIMARY && report.area.image_index == swap.image_index &&
            swap.type == SWAP_REVERT) {
            report.inconsistencies.push_back(
                "the image was never confirmed, but there is none to go back to in " +
                secondary->area.name);
        }
    }
    for (AreaReport& report : inspection.areas) {
        const bool asks = swap.type == SWAP_TEST || swap.type == SWAP_PERM;
        if (report.area.name == secondary->area.name && asks) {
            report.inconsistencies.push_back("an update is asked for, but there is no image");
        }
    }
}

}  // namespace

void find_inconsistencies(const ScenarioMachine& machine, Inspection& inspection)
{
    const boot_config& config = machine.machine().setup().config;
    for (AreaReport& report : inspection.areas) {
        const bool running = std::any_of(
            inspection.swaps.begin(), inspection.swaps.end(), [&](const SwapReport& swap) {
                return swap.interrupted && swap.image_index == report.area.image_index;
            });
        AreaJudge(config, report, running).judge();
    }
    for (const SwapReport& swap : inspection.swaps) {
        judge_pair(swap, inspection);
        const bool is_mixed = swap.new_image && !swap.new_image->hash_matches;
        const bool is_broken = swap.old_image && !swap.old_image->hash_matches;
        for (AreaReport& report : inspection.areas) {
            if (report.area.role != FLASH_PRIMARY || report.area.image_index != swap.image_index) {
                continue;
            }
            if (is_mixed) {
                report.inconsistencies.push_back(
                    "the image on its way into the primary slot, pieced together, does not match "
                    "its hash");
            }
            if (is_broken) {
                report.inconsistencies.push_back(
                    "the image on its way into the secondary slot, pieced together, does not "
                    "match its hash");
            }
        }
    }
}

}  // namespace brownout::sim
