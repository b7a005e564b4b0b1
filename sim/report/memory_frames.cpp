#include "memory_frames.hpp"

#include <sim/inspection.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace brownout::sim {

namespace {

bool is_shown(const RecordedArea& area, const std::vector<MemoryFrame>& frames)
{
    if (area.role != FLASH_OTHER) {
        return true;
    }
    for (const MemoryFrame& frame : frames) {
        for (std::uint32_t i = 0; i < area.sector_bytes.size(); ++i) {
            if (frame.memory.held(area.device, area.first_sector + i).kind != HeldKind::kErased) {
                return true;
            }
        }
    }
    return false;
}

// Marks the columns in which something lies at some time.
void mark_used(const RecordedArea& area, const std::vector<MemoryFrame>& frames,
               std::uint64_t unit_bytes, std::vector<bool>& used)
{
    std::uint64_t offset = 0;
    for (std::uint32_t i = 0; i < area.sector_bytes.size(); ++i) {
        const std::uint64_t end = offset + area.sector_bytes[i];
        const bool holds = std::any_of(frames.begin(), frames.end(), [&](const MemoryFrame& frame) {
            const HeldContent& held = frame.memory.held(area.device, area.first_sector + i);
            return held.kind != HeldKind::kErased || held.has_trailer;
        });
        for (std::uint64_t column = offset / unit_bytes; column * unit_bytes < end; ++column) {
            used[column] = used[column] || holds;
        }
        offset = end;
    }
}

std::string caption_of(const Recording& recording, const RecordedRun& run)
{
    return fmt::format("{:.3f} s  {}", models::seconds(run.start), recording.steps[run.step].words);
}

// Where in the firmware something happened depends on who compiled it: a picture is to be the same.
std::string without_code_place(const std::string& outcome)
{
    const std::size_t offset = outcome.find(" + 0x");
    const std::size_t place = offset == std::string::npos ? offset : outcome.rfind(" in ", offset);
    return outcome.substr(0, place);
}

bool changed_something(const Recording& recording, const RecordedRun& run)
{
    for (std::uint32_t i = 0; i < run.op_count; ++i) {
        const RecordedOp& op = recording.ops[run.first_op + i];
        if (op.change_count > 0 || op.trailer_count > 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

MemoryReplay::MemoryReplay(const Recording& recording)
    : recording_(recording), held_(recording.initial), trailers_(recording.initial_trailers)
{
}

void MemoryReplay::apply(const RecordedOp& op)
{
    for (std::uint32_t i = 0; i < op.change_count; ++i) {
        const SectorChange& change = recording_.changes[op.first_change + i];
        held_[change.device][change.sector] = change.after;
    }
    for (std::uint32_t i = 0; i < op.trailer_count; ++i) {
        const RecordedTrailer& now = recording_.trailers[op.first_trailer + i];
        for (RecordedTrailer& trailer : trailers_) {
            trailer = trailer.area == now.area ? now : trailer;
        }
    }
}

const RecordedTrailer* MemoryReplay::trailer(std::uint32_t area) const
{
    const auto found =
        std::find_if(trailers_.begin(), trailers_.end(),
                     [area](const RecordedTrailer& trailer) { return trailer.area == area; });
    return found != trailers_.end() ? &*found : nullptr;
}

std::vector<MemoryFrame> memory_frames(const Recording& recording)
{
    MemoryReplay memory(recording);
    std::vector<MemoryFrame> frames;
    frames.push_back({"at the start", {}, false, memory});
    for (const RecordedRun& run : recording.runs) {
        for (std::uint32_t i = 0; i < run.op_count; ++i) {
            memory.apply(recording.ops[run.first_op + i]);
        }
        if (changed_something(recording, run)) {
            // That a command ended well goes without saying.
            const bool silent = run.kind == RecordedRunKind::kProgrammer ||
                                (run.outcome == OutcomeKind::kCommandDone && run.code == 0);
            frames.push_back({caption_of(recording, run),
                              silent ? "" : without_code_place(run.outcome_text),
                              run.cut.has_value(), memory});
        }
    }
    return frames;
}

std::size_t MemoryColumns::gap_count() const
{
    return static_cast<std::size_t>(std::count_if(
        columns.begin(), columns.end(), [](const Column& column) { return column.count > 1; }));
}

MemoryColumns memory_columns(const Recording& recording, const std::vector<MemoryFrame>& frames)
{
    constexpr std::uint64_t kGapMin = 4;
    MemoryColumns result;
    result.unit_bytes = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t longest = 0;
    for (std::uint32_t i = 0; i < recording.areas.size(); ++i) {
        const RecordedArea& area = recording.areas[i];
        if (area.sector_bytes.empty() || !is_shown(area, frames)) {
            continue;
        }
        result.areas.push_back(i);
        const auto least = *std::min_element(area.sector_bytes.begin(), area.sector_bytes.end());
        result.unit_bytes = std::min<std::uint64_t>(result.unit_bytes, least);
        longest = std::max(longest, area.size_bytes);
    }
    std::vector<bool> used((longest + result.unit_bytes - 1) / result.unit_bytes, false);
    for (const std::uint32_t area : result.areas) {
        mark_used(recording.areas[area], frames, result.unit_bytes, used);
    }
    for (std::uint64_t column = 0; column < used.size();) {
        std::uint64_t end = column;
        while (end < used.size() && !used[end]) {
            ++end;
        }
        if (end - column >= kGapMin) {
            result.columns.push_back({column, end - column});
            column = end;
            continue;
        }
        for (end = std::max(end, column + 1); column < end; ++column) {
            result.columns.push_back({column, 1});
        }
    }
    return result;
}

ColumnSector sector_in_column(const RecordedArea& area, std::uint64_t unit_bytes,
                              std::uint64_t column)
{
    const std::uint64_t at = column * unit_bytes;
    std::uint64_t offset = 0;
    for (std::uint32_t i = 0; i < area.sector_bytes.size(); ++i) {
        if (at < offset + area.sector_bytes[i]) {
            return {area.first_sector + i, area.sector_bytes[i], offset >= at};
        }
        offset += area.sector_bytes[i];
    }
    return {};
}

std::string trailer_words(const RecordedTrailer& trailer)
{
    std::string words;
    const auto add = [&words](const std::string& more) {
        words += (words.empty() ? "" : ", ") + more;
    };
    if (trailer.magic != TRAILER_UNSET) {
        add(trailer.magic == TRAILER_SET ? "magic good" : "magic bad");
    }
    if (trailer.swap_info) {
        add(fmt::format("swap_info {}", swap_type_word(*trailer.swap_info & 0xFu)));
    }
    if (trailer.copy_done != TRAILER_UNSET) {
        add(trailer.copy_done == TRAILER_SET ? "copy_done" : "copy_done bad");
    }
    if (trailer.image_ok != TRAILER_UNSET) {
        add(trailer.image_ok == TRAILER_SET ? "image_ok" : "image_ok bad");
    }
    if (trailer.entries_written > 0) {
        add(fmt::format("{} status entr{}", trailer.entries_written,
                        trailer.entries_written == 1 ? "y" : "ies"));
    }
    return words;
}

std::string image_words(const RecordedImage& image)
{
    return image.version.empty() ? image.name : fmt::format("{} ({})", image.version, image.name);
}

}  // namespace brownout::sim
