#include "decision_watcher.hpp"

#include <cstdlib>

namespace brownout::sim {

namespace {

constexpr std::string_view kTypeLine = "Image index: ";
constexpr std::string_view kTypeWord = "Swap type: ";
constexpr std::string_view kSourceLine = "Boot source: ";

bool does_mark_reverts(const boot_config& config)
{
    return config.strategy == BOOT_SWAP_OFFSET ||
           (config.strategy == BOOT_SWAP_MOVE &&
            (config.fixes & BOOT_FIX_MOVE_REVERT_BECOMES_PERMANENT) != 0);
}

}  // namespace

DecisionWatcher::DecisionWatcher(const ScenarioMachine& machine, const MachineState& state,
                                 Coverage& coverage)
    : machine_(machine.machine()), state_(state), coverage_(coverage),
      strategy_(machine.scenario().boot.strategy),
      marks_reverts_(does_mark_reverts(machine_.setup().config)),
      scratch_(machine_, machine_.area(FLASH_SCRATCH, 0)), touched_(machine_.board().areas.size())
{
    for (std::uint32_t image = 0; image < machine_.setup().config.image_count; ++image) {
        pairs_.push_back({SlotTrailer(machine_, machine_.area(FLASH_PRIMARY, image)),
                          SlotTrailer(machine_, machine_.area(FLASH_SECONDARY, image))});
    }
}

void DecisionWatcher::logged(const LogLine& line) noexcept
{
    if (line.text.starts_with(kTypeLine)) {
        swap_type_decided(line.text);
    } else if (line.text.starts_with(kSourceLine)) {
        source_found(std::string_view(line.text).substr(kSourceLine.size()));
    }
}

void DecisionWatcher::swap_type_decided(std::string_view line)
{
    const auto image = std::strtoul(line.data() + kTypeLine.size(), nullptr, 10);
    const std::size_t word = line.find(kTypeWord);
    if (image >= pairs_.size() || word == std::string_view::npos) {
        return;
    }
    const std::size_t row = swap_type_row(pairs_[image].primary.marks(state_),
                                          pairs_[image].secondary.marks(state_), marks_reverts_);
    // A core that is wrong on purpose, or somebody's own, may not follow the table.
    if (line.substr(word + kTypeWord.size()) == swap_type_word(row)) {
        coverage_.count(strategy_, DecisionTable::kSwapType, row);
    } else {
        coverage_.count_contradiction();
    }
}

// The line names no image: there is one for each, in order.
void DecisionWatcher::source_found(std::string_view source)
{
    if (sources_found_ >= pairs_.size()) {
        return;
    }
    const Pair& pair = pairs_[sources_found_++];
    const bool through_scratch = strategy_ == BOOT_SWAP_SCRATCH;
    const SlotTrailer& other = through_scratch ? scratch_ : pair.secondary;
    const std::size_t row =
        interrupted_swap_row(strategy_, pair.primary.marks(state_), other.marks(state_));
    coverage_.count(strategy_, DecisionTable::kInterruptedSwap, row);
    if (source == "scratch") {
        coverage_.count_resumed(strategy_, position_in(scratch_, true));
    } else if (source == "primary slot") {
        coverage_.count_resumed(strategy_, position_in(pair.primary, false));
    }
}

// As the strategies read them: the highest entry, or for scratch the first gap.
StatusPosition DecisionWatcher::position_in(const SlotTrailer& trailer, bool in_scratch) const
{
    std::uint32_t entries = 0;
    for (std::uint32_t entry = 0; entry < trailer.entry_count(); ++entry) {
        if (trailer.entry_is_written(state_, entry)) {
            entries = entry + 1;
        } else if (strategy_ == BOOT_SWAP_SCRATCH && entries > 0) {
            break;
        }
    }
    return position_after(entries, in_scratch);
}

StatusPosition DecisionWatcher::position_after(std::uint32_t entries, bool in_scratch) const
{
    const std::uint32_t moves = machine_.setup().config.max_image_sectors;
    if (strategy_ == BOOT_SWAP_MOVE && entries > moves) {
        return {in_scratch, true, entries - moves};
    }
    return {in_scratch, false, entries};
}

const SlotTrailer* DecisionWatcher::trailer_of(const AreaPlan& area) const
{
    if (area.image_index >= pairs_.size()) {
        return nullptr;
    }
    const Pair& pair = pairs_[area.image_index];
    return area.role == FLASH_PRIMARY     ? &pair.primary
           : area.role == FLASH_SECONDARY ? &pair.secondary
                                          : nullptr;
}

Power DecisionWatcher::before_call(const Call& call, const MachineState&) noexcept
{
    const SlotTrailer* trailer = trailer_of(machine_.board().areas[call.area]);
    if (trailer != nullptr && !touched_[call.area]) {
        touched_[call.area] = true;
        slot_is_touched(call, *trailer);
    }
    return Power::kHolds;
}

// Direct-xip and ram-load: the first call on a slot is what came of looking at its trailer.
void DecisionWatcher::slot_is_touched(const Call& call, const SlotTrailer& trailer)
{
    const TrailerMarks marks = trailer.marks(state_);
    const auto choice = [&](SlotChoiceRow row) {
        coverage_.count(strategy_, DecisionTable::kSlotChoice, row);
    };
    if (call.kind == CallKind::kWrite && call.area_offset_bytes == trailer.copy_done_offset()) {
        choice(kSlotFirstRun);
    } else if (marks.magic != TRAILER_SET) {
        choice(kSlotNotMarked);
    } else if (marks.copy_done == TRAILER_SET && marks.image_ok != TRAILER_SET) {
        choice(kSlotNotConfirmed);
    }
}

void DecisionWatcher::after_call(const Call& call, int, const MachineState&) noexcept
{
    if (call.kind == CallKind::kWrite) {
        status_is_written(call);
        flag_is_written(call);
    }
}

void DecisionWatcher::status_is_written(const Call& call)
{
    const AreaPlan& area = machine_.board().areas[call.area];
    const bool in_scratch = area.role == FLASH_SCRATCH;
    const SlotTrailer* trailer = in_scratch ? &scratch_ : trailer_of(area);
    if (trailer == nullptr || area.role == FLASH_SECONDARY) {
        return;
    }
    const auto entry = trailer->entry_at(call.area_offset_bytes, call.byte_count);
    // A device without erase is written with erased bytes, too.
    if (entry && trailer->entry_is_written(state_, *entry)) {
        coverage_.count_written(strategy_, position_after(*entry + 1, in_scratch));
    }
}

void DecisionWatcher::flag_is_written(const Call& call)
{
    const AreaPlan& area = machine_.board().areas[call.area];
    if (area.role != FLASH_PRIMARY) {
        return;
    }
    const SlotTrailer& trailer = *trailer_of(area);
    ends_with_image_ok_ = call.area_offset_bytes == trailer.image_ok_offset();
    if (call.area_offset_bytes != trailer.copy_done_offset()) {
        return;
    }
    const std::uint32_t type = trailer.marks(state_).swap_type;
    if (type >= SWAP_TEST && type <= SWAP_REVERT) {
        coverage_.count(strategy_, DecisionTable::kFinalFlags, type - SWAP_TEST);
    }
}

void DecisionWatcher::finish(const Outcome& outcome)
{
    if (ends_with_image_ok_) {
        coverage_.count(strategy_, DecisionTable::kFinalFlags, 3);
    }
    if (outcome.kind != OutcomeKind::kHandedOver) {
        return;
    }
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        const AreaPlan& area = machine_.board().areas[i];
        if (area.id == outcome.response.area_id && !touched_[i]) {
            coverage_.count(strategy_, DecisionTable::kSlotChoice, kSlotKept);
        }
    }
}

}  // namespace brownout::sim
