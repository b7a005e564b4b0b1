#include "run_phases.hpp"

namespace brownout::sim {

namespace {

// Writes this short are flags, status entries and other fields of a trailer.
constexpr std::uint32_t kFieldBytesMax = 64;

enum class Kind { kNone, kTrailer, kMove, kCopy, kFlags, kStage, kNetwork };

const char* name_of(Kind kind, boot_strategy strategy)
{
    switch (kind) {
    case Kind::kTrailer:
        return "prepare the trailers";
    case Kind::kMove:
        return "move the old image up by one sector";
    case Kind::kCopy:
        return strategy <= BOOT_SWAP_SCRATCH ? "swap the sectors" : "copy the image";
    case Kind::kFlags:
        return "set the final flags";
    case Kind::kStage:
        return "copy the network image to RAM";
    case Kind::kNetwork:
        return "network core: copy the image to its slot";
    case Kind::kNone:
        break;
    }
    return "";
}

bool is_sector_copy(const std::vector<Call>& calls, std::size_t i)
{
    if (calls[i].kind == CallKind::kWrite) {
        return calls[i].byte_count > kFieldBytesMax;
    }
    // An erase belongs to a copy if a long write follows it.
    return i + 1 < calls.size() && calls[i + 1].kind == CallKind::kWrite &&
           calls[i + 1].byte_count > kFieldBytesMax;
}

class PhaseBuilder {
public:
    PhaseBuilder(const BoardPlan& board, boot_strategy strategy, const std::vector<Call>& calls)
        : board_(board), strategy_(strategy), calls_(calls)
    {
        for (std::size_t i = 0; i < calls.size(); ++i) {
            if (is_sector_copy(calls, i)) {
                last_copy_ = i;
            }
        }
    }

    Kind kind_of(std::size_t i)
    {
        if (calls_[i].core == CoreId::kNetwork) {
            return kind_ = Kind::kNetwork;
        }
        if (board_.devices[calls_[i].device].controller == ControllerKind::kRam) {
            return kind_ = Kind::kStage;
        }
        if (is_sector_copy(calls_, i)) {
            if (calls_[i].kind == CallKind::kErase) {
                kind_ = is_move(i) ? Kind::kMove : Kind::kCopy;
            } else if (kind_ != Kind::kMove) {
                kind_ = Kind::kCopy;
            }
        } else if (last_copy_ == SIZE_MAX || i < first_copy()) {
            kind_ = Kind::kTrailer;
        } else if (i > last_copy_ + 1) {
            kind_ = Kind::kFlags;
        }
        return kind_;
    }

private:
    bool in_primary(std::size_t i) const
    {
        return board_.areas[calls_[i].area].role == FLASH_PRIMARY;
    }

    // Moving up touches the primary slot alone; in the swap the slots take turns. So what an erase
    // belongs to shows in the erase after it.
    bool is_move(std::size_t erase) const
    {
        if (strategy_ != BOOT_SWAP_MOVE || !in_primary(erase)) {
            return false;
        }
        for (std::size_t i = erase + 1; i < calls_.size(); ++i) {
            if (calls_[i].kind == CallKind::kErase && is_sector_copy(calls_, i)) {
                return in_primary(i);
            }
        }
        return false;
    }

    std::size_t first_copy() const
    {
        std::size_t i = 0;
        while (i < calls_.size() && !is_sector_copy(calls_, i)) {
            ++i;
        }
        return i;
    }

    const BoardPlan& board_;
    boot_strategy strategy_;
    const std::vector<Call>& calls_;
    Kind kind_ = Kind::kNone;
    std::size_t last_copy_ = SIZE_MAX;
};

void add_quiet_phase(std::vector<RunPhase>& phases, const char* name, models::Duration duration)
{
    if (duration.count() > 0) {
        RunPhase phase;
        phase.name = name;
        phase.duration = duration;
        phases.push_back(phase);
    }
}

}  // namespace

std::vector<RunPhase> phases_of(const BoardPlan& board, boot_strategy strategy,
                                const std::vector<Call>& calls,
                                const std::vector<models::Duration>& call_ends,
                                const RunReport& report)
{
    std::vector<RunPhase> phases;
    if (calls.empty()) {
        add_quiet_phase(phases, "read the trailers and validate", report.end - report.start);
        return phases;
    }
    add_quiet_phase(phases, "read the trailers and validate", calls.front().start - report.start);
    PhaseBuilder builder(board, strategy, calls);
    Kind current = Kind::kNone;
    for (std::size_t i = 0; i < call_ends.size(); ++i) {
        const Kind kind = builder.kind_of(i);
        if (kind != current) {
            current = kind;
            phases.emplace_back();
            phases.back().name = name_of(kind, strategy);
        }
        RunPhase& phase = phases.back();
        const models::Duration next = i + 1 < call_ends.size() ? calls[i + 1].start : call_ends[i];
        phase.duration += next - calls[i].start;
        if (calls[i].kind == CallKind::kErase) {
            ++phase.erases;
            phase.erase_time += call_ends[i] - calls[i].start;
        } else {
            phase.bytes_written += calls[i].byte_count;
            phase.write_time += call_ends[i] - calls[i].start;
        }
    }
    const bool completed = report.outcome.kind != OutcomeKind::kPowerLost;
    if (completed && !call_ends.empty()) {
        add_quiet_phase(phases, "validate what is started", report.end - call_ends.back());
    }
    return phases;
}

}  // namespace brownout::sim
