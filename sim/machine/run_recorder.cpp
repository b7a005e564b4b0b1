#include "run_recorder.hpp"

#include "power/torn_state.hpp"

#include <boot/flash.h>
#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

RunRecorder::RunRecorder(const BoardPlan& board, MachineState& state, const RunOptions& options,
                         RunReport& report)
    : board_(board), state_(state), options_(options), report_(report),
      watches_time_(options.observer != nullptr && options.observer->watches_time()),
      unknown_pages_(state.unknown_network_pages, true)
{
}

void RunRecorder::network_flash_erased(const models::OperationBatch& batch) noexcept
{
    const AreaPlan& slot = board_.areas[board_.network->area];
    if (batch.device != slot.device || batch.kind != models::OperationKind::kEraseSector) {
        return;
    }
    const std::uint64_t page = (batch.offset - slot.offset_bytes) / batch.unit_bytes;
    if (page < unknown_pages_.size()) {
        unknown_pages_[page] = false;
    }
    if (std::find(unknown_pages_.begin(), unknown_pages_.end(), true) == unknown_pages_.end()) {
        unknown_pages_.clear();
        state_.unknown_network_pages = 0;
    }
}

void RunRecorder::network_flash_read(std::uint64_t offset, std::uint64_t byte_count) noexcept
{
    if (unknown_pages_.empty() || byte_count == 0) {
        return;
    }
    const AreaPlan& slot = board_.areas[board_.network->area];
    const std::uint32_t page_bytes = board_.devices[slot.device].sectors.front().size_bytes;
    const std::uint64_t first = (offset - slot.offset_bytes) / page_bytes;
    const std::uint64_t last = (offset + byte_count - 1 - slot.offset_bytes) / page_bytes;
    for (std::uint64_t page = first; page <= last && page < unknown_pages_.size(); ++page) {
        read_unknown_pages_ = read_unknown_pages_ || unknown_pages_[page];
    }
}

void RunRecorder::lose_power() noexcept
{
    power_lost_ = true;
    if (leave_) {
        leave_();
    }
}

void RunRecorder::area_begin(io_area_call kind, std::uint32_t area_id, std::uint32_t offset_bytes,
                             std::uint32_t byte_count, models::Duration now) noexcept
{
    if (kind == IO_AREA_READ) {
        return;
    }
    const auto area =
        std::find_if(board_.areas.begin(), board_.areas.end(),
                     [area_id](const AreaPlan& candidate) { return candidate.id == area_id; });
    BROWNOUT_ASSERT(area != board_.areas.end());
    Call& call = current().call;
    call.index = report_.calls;
    call.core = core_;
    call.kind = kind == IO_AREA_ERASE ? CallKind::kErase : CallKind::kWrite;
    call.area = static_cast<std::uint32_t>(area - board_.areas.begin());
    call.device = area->device;
    call.area_offset_bytes = offset_bytes;
    call.device_offset_bytes = std::uint64_t{area->offset_bytes} + offset_bytes;
    call.byte_count = byte_count;
    call.first_operation = report_.operations;
    call.start = now;
    const bool cut_here = options_.cut && options_.cut->at == PowerCut::At::kCall &&
                          options_.cut->index == call.index;
    if (cut_here && options_.cut->tear.kind != models::TearKind::kNotStarted) {
        tears_next_operation_ = true;
    } else if (cut_here) {
        lose_power();
        return;
    }
    if (options_.observer != nullptr &&
        options_.observer->before_call(call, state_) == Power::kFails) {
        lose_power();
        return;
    }
    ++report_.calls;
    current().first_violation = report_.violations.size();
    current().in_call = true;
}

void RunRecorder::area_end(int result) noexcept
{
    if (!current().in_call) {
        return;
    }
    current().in_call = false;
    if (result != 0) {
        note_failure(result);
    }
    if (options_.observer != nullptr) {
        options_.observer->after_call(current().call, result, state_);
    }
}

void RunRecorder::note_failure(int result)
{
    const Call& call = current().call;
    const char* const name = result == FLASH_EIO      ? "EIO"
                             : result == FLASH_EINVAL ? "EINVAL"
                             : result == FLASH_ENODEV ? "ENODEV"
                                                      : "?";
    for (std::size_t i = current().first_violation; i < report_.violations.size(); ++i) {
        report_.violations[i].effect =
            fmt::format("the {} of {} bytes at 0x{:X} of {} returned {} ({})",
                        call.kind == CallKind::kErase ? "erase" : "write", call.byte_count,
                        call.area_offset_bytes, board_.areas[call.area].name, result, name);
    }
}

void RunRecorder::log(io_log_level level, std::string text, models::Duration now)
{
    LogLine line{level, std::move(text), now, core_};
    if (options_.observer != nullptr) {
        options_.observer->logged(line);
    }
    if (options_.keep_log) {
        report_.log.push_back(std::move(line));
    }
}

void RunRecorder::time_passed(models::Duration now) noexcept
{
    if (watches_time_) {
        options_.observer->time_passed(now, state_);
    }
    if (options_.cut && options_.cut->at == PowerCut::At::kTime &&
        (slowest_ ? slowest_() : now) - options_.start >= options_.cut->time) {
        lose_power();
    }
}

// A reset of the microcontroller does not end what a part does, nor, unless it is to be torn, what
// the flash of the chip does.
bool RunRecorder::outlasts_cut(const models::OperationBatch& batch) const noexcept
{
    const PowerCut& cut = *options_.cut;
    return cut.kind == models::ResetKind::kSystemReset &&
           (cut.tear.kind == models::TearKind::kNotStarted ||
            board_.devices[batch.device].external.has_value());
}

std::uint32_t RunRecorder::limit_by_cut(const models::OperationBatch& batch) const noexcept
{
    if (!options_.cut) {
        return batch.count;
    }
    if (tears_next_operation_) {
        return 0;
    }
    const PowerCut& cut = *options_.cut;
    if (cut.at == PowerCut::At::kOperation) {
        const std::uint64_t left =
            cut.index > report_.operations ? cut.index - report_.operations : 0;
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(batch.count, left));
    }
    if (cut.at == PowerCut::At::kTime) {
        // An operation counts as done when it ended before the power failed.
        const models::Duration fails = options_.start + cut.time;
        const models::Duration first_end =
            outlasts_cut(batch) ? batch.start : batch.start + batch.duration;
        if (first_end > fails) {
            return 0;
        }
        if (batch.interval.count() <= 0) {
            return batch.count;
        }
        const std::int64_t done = (fails - first_end) / batch.interval + 1;
        return static_cast<std::uint32_t>(std::min<std::int64_t>(batch.count, done));
    }
    return batch.count;
}

void RunRecorder::tear_first_of(const models::OperationBatch& batch) noexcept
{
    const PowerCut& cut = *options_.cut;
    const bool in_flight =
        cut.at != PowerCut::At::kTime || batch.start <= options_.start + cut.time;
    const bool tears = cut.tear.kind != models::TearKind::kNotStarted && !outlasts_cut(batch);
    if (in_flight && tears) {
        report_.torn = tear_state(board_, state_, batch, cut.tear);
    }
}

std::uint32_t RunRecorder::admit(const models::OperationBatch& batch) noexcept
{
    std::uint32_t admitted = limit_by_cut(batch);
    if (admitted == 0) {
        tear_first_of(batch);
    }
    if (admitted > 0 && options_.observer != nullptr) {
        models::OperationBatch shorter = batch;
        shorter.count = admitted;
        admitted = options_.observer->before_operations(
            shorter, report_.operations, current().in_call ? &current().call : nullptr, state_);
    }
    if (admitted == 0) {
        lose_power();
        return 0;
    }
    report_.operations += admitted;
    if (!unknown_pages_.empty()) {
        network_flash_erased(batch);
    }
    return admitted;
}

void RunRecorder::add_rule(std::vector<Violation>& list, Violation entry)
{
    static const std::string kAgain = "; more than once";
    constexpr std::size_t kLookedBackAt = 8;  // a loop breaks a few rules over and over
    ++rules_met_;
    const std::size_t first = list.size() > kLookedBackAt ? list.size() - kLookedBackAt : 0;
    for (std::size_t i = first; i < list.size(); ++i) {
        Violation& earlier = list[i];
        const bool same_words = earlier.text == entry.text || earlier.text == entry.text + kAgain;
        if (earlier.rule == entry.rule && same_words && earlier.symbol == entry.symbol) {
            earlier.text = entry.text + kAgain;
            return;
        }
    }
    if (chain_ && core_ == CoreId::kApplication) {
        entry.in = chain_();
    }
    list.push_back(std::move(entry));
}

void RunRecorder::violated(const models::RuleViolation& violation) noexcept
{
    Violation entry;
    entry.rule = violation.rule;
    entry.text = violation.text;
    entry.source = violation.source;
    // What EasyDMA was given is an address of the core; everything else counts in its device.
    const bool is_pointer = violation.rule.starts_with("easydma");
    const auto address = static_cast<std::uint32_t>(violation.address);
    if (violation.address != 0 && entry.text.find("0x") == std::string::npos) {
        entry.text += fmt::format(" (at 0x{:X})", violation.address);
    }
    entry.symbol =
        symbol_ ? symbol_(is_pointer ? std::optional(address) : std::nullopt) : std::string{};
    entry.call = report_.calls;
    add_rule(report_.violations, std::move(entry));
}

}  // namespace brownout::sim
