#include "run_recording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

std::uint32_t index32(std::size_t size)
{
    return static_cast<std::uint32_t>(size);
}

std::uint32_t entry_bytes_of(const Machine& machine, const AreaPlan& area)
{
    const BoardPlan& board = machine.board();
    const bool scratch = machine.setup().config.strategy == BOOT_SWAP_SCRATCH;
    const AreaPlan* const primary = machine.area(FLASH_PRIMARY, area.image_index);
    const AreaPlan* const other =
        scratch ? machine.area(FLASH_SCRATCH, 0) : machine.area(FLASH_SECONDARY, area.image_index);
    std::uint32_t bytes = 1;
    for (const AreaPlan* taking_part : {primary, other}) {
        if (taking_part != nullptr) {
            bytes = std::max(bytes, board.devices[taking_part->device].write_unit_bytes);
        }
    }
    return bytes;
}

// Operations that change cells which the map follows.
bool touches_cells(models::OperationKind kind)
{
    return kind != models::OperationKind::kWriteStatus &&
           kind != models::OperationKind::kStoreRetained;
}

}  // namespace

RunRecording::RunRecording(const ScenarioMachine& machine, LogicalCells& cells,
                           SectorReader& reader, Recording& recording, CellMap& map)
    : machine_(machine), board_(machine.machine().board()), cells_(cells), reader_(reader),
      recording_(recording), map_(map)
{
}

void RunRecording::look_at_everything(const MachineState& state)
{
    cells_.follow(state);
    for (std::uint32_t device = 0; device < board_.devices.size(); ++device) {
        std::vector<HeldContent>& contents = map_.contents[device];
        for (std::uint32_t sector = 0; sector < contents.size(); ++sector) {
            contents[sector] = reader_.read(device, sector, contents[sector], false);
        }
    }
}

void RunRecording::begin(const MachineState& state)
{
    map_ = {};
    for (std::uint32_t device = 0; device < board_.devices.size(); ++device) {
        map_.contents.emplace_back(cells_.sector_count(device));
        map_.torn.emplace_back(cells_.sector_count(device));
    }
    map_.swapped.resize(machine_.machine().setup().config.image_count);
    cells_.follow(state);
    cells_.refresh_all();
    look_at_everything(state);
    for (const AreaPlan& area : board_.areas) {
        const SectorRange range =
            cells_.sectors_of(area.device, area.offset_bytes, area.size_bytes);
        const auto& held = map_.contents[area.device];
        const bool strange = std::any_of(
            held.begin() + range.first, held.begin() + range.end, [](const HeldContent& content) {
                return content.kind == HeldKind::kUnknown || content.kind == HeldKind::kMixed;
            });
        if (!strange || (area.role != FLASH_PRIMARY && area.role != FLASH_SECONDARY)) {
            continue;
        }
        std::vector<std::uint8_t> bytes(reader_.trailer_offset(area));
        cells_.cells(area.device).read(area.offset_bytes, bytes);
        const auto info = parse_image(bytes);
        bytes.resize(info ? std::min<std::size_t>(info->total_bytes, bytes.size()) : bytes.size());
        RecordedImage image{"found in " + area.name, info ? to_string(info->version) : "",
                            bytes.size(), false};
        reader_.add_image(std::move(image), std::move(bytes));
    }
    if (reader_.images().size() > recording_.images.size()) {
        look_at_everything(state);
    }
    recording_.images = reader_.images();
    recording_.initial = map_.contents;
    for (std::uint32_t area = 0; area < board_.areas.size(); ++area) {
        map_.trailers.push_back(trailer_of(area));
        if (map_.trailers.back()) {
            recording_.initial_trailers.push_back(*map_.trailers.back());
        }
    }
}

std::optional<RecordedTrailer> RunRecording::trailer_of(std::uint32_t area) const
{
    const AreaPlan& plan = board_.areas[area];
    if (reader_.trailer_offset(plan) >= plan.size_bytes) {
        return std::nullopt;
    }
    const boot_config& config = machine_.machine().setup().config;
    const TrailerReport read =
        read_trailer(cells_.area(plan), config, entry_bytes_of(machine_.machine(), plan));
    RecordedTrailer trailer;
    trailer.area = area;
    trailer.magic = read.state.magic;
    trailer.copy_done = read.state.copy_done;
    trailer.image_ok = read.state.image_ok;
    trailer.swap_info = read.swap_info;
    trailer.swap_size_bytes = read.swap_size_bytes;
    trailer.tlv_sizes = read.tlv_sizes;
    if (strategy_swaps(config.strategy)) {
        trailer.entries_written = index32(read.entries.size());
        trailer.last_entry = read.entries.empty() ? kNone32 : read.entries.back().index;
        trailer.entry_count = read.entry_count;
    }
    return trailer;
}

// ---- runs ---------------------------------------------------------------------------------------

void RunRecording::run_begins(RecordedRunKind kind, std::string reason, const MachineState& state,
                              models::Duration start)
{
    RecordedRun run;
    run.kind = kind;
    run.reason = std::move(reason);
    run.start = start;
    run.end = start;
    run.first_call = index32(recording_.calls.size());
    run.first_op = index32(recording_.ops.size());
    run.first_log = index32(recording_.log.size());
    recording_.runs.push_back(std::move(run));
    facts_.clear();
    log_positions_.clear();
    pending_ = false;
    ram_seen_ = false;
    open_call_ = {kNone32, kNone32};
    last_ = state;
    find_swapped_images();
}

void RunRecording::run_ended(const RunReport& report, const MachineState& state,
                             const PowerCut* cut)
{
    const bool interrupted = any_open_call() != kNone32;
    settle(state);
    if (report.torn) {
        settle_torn(state);
    }
    for (std::size_t core = 0; core < open_call_.size(); ++core) {
        if (open_call_[core] != kNone32) {
            recording_.calls[open_call_[core]].completed = false;
            recording_.calls[open_call_[core]].end = report.end;
            close_call(core);
        }
    }
    settle_ram_at_end(report, state);
    last_ = {};
    RecordedRun& ended = run();
    ended.end = report.end;
    ended.outcome = report.outcome.kind;
    ended.code = report.outcome.code;
    ended.outcome_text = outcome_text(machine_, state, report.outcome);
    ended.call_count = index32(recording_.calls.size()) - ended.first_call;
    ended.op_count = index32(recording_.ops.size()) - ended.first_op;
    ended.operations = report.operations;
    if (cut != nullptr && report.outcome.kind == OutcomeKind::kPowerLost) {
        RecordedCut recorded;
        recorded.call = report.calls;
        recorded.operation = report.operations;
        recorded.time = report.end;
        recorded.in_call = interrupted;
        recorded.kind = cut->kind;
        recorded.torn = report.torn;
        if (report.torn) {
            const models::TearModel& model = models::tear_model(cut->tear.kind);
            recorded.tear =
                fmt::format("{} {} of {}", model.name(), cut->tear.sample, cut->tear.samples);
            recorded.leaves = model.leaves();
        }
        ended.cut = std::move(recorded);
    }
    take_log(report);
    take_rules(report);
    explain_calls(recording_, machine_.machine().setup().config, facts_, map_.swapped);
}

void RunRecording::stored(std::uint32_t area, std::uint64_t byte_count, const MachineState& state,
                          models::Duration at)
{
    const AreaPlan& plan = board_.areas[area];
    run_begins(RecordedRunKind::kProgrammer, "a programmer", state, at);
    Call call;
    call.area = area;
    call.device = plan.device;
    call.device_offset_bytes = plan.offset_bytes;
    call.byte_count = static_cast<std::uint32_t>(byte_count);
    call.start = at;
    before_call(call, state);
    recording_.calls.back().kind = RecordedCallKind::kStore;
    RecordedOp op;
    op.run = index32(recording_.runs.size()) - 1;
    op.call = index32(recording_.calls.size()) - 1;
    op.kind = models::OperationKind::kProgramPage;
    op.device = plan.device;
    op.offset_bytes = plan.offset_bytes;
    op.unit_bytes = call.byte_count;
    op.start = op.end = at;
    op.first_change = index32(recording_.changes.size());
    op.first_trailer = index32(recording_.trailers.size());
    recording_.ops.push_back(op);
    cells_.follow(state);
    cells_.refresh(plan.device, plan.offset_bytes, plan.size_bytes);
    settle_range(recording_.ops.back(), plan.device, plan.offset_bytes, plan.size_bytes, false);
    after_call(call, 0, state);
    RunReport report;
    report.outcome.kind = OutcomeKind::kCommandDone;
    report.start = report.end = at;
    run_ended(report, state, nullptr);
    run().outcome_text.clear();
}

void RunRecording::take_log(const RunReport& report)
{
    RecordedRun& ended = run();
    for (const LogLine& line : report.log) {
        // The words, and the number of lines, may be those of a release: places go by time.
        LogPosition place;
        place.calls = ended.first_call;
        place.ops = ended.first_op;
        for (const LogPosition& candidate : log_positions_) {
            if (candidate.time <= line.time) {
                place = candidate;
            }
        }
        recording_.log.push_back({line.level, line.text, line.time,
                                  index32(recording_.runs.size()) - 1, place.calls, place.ops});
    }
    ended.log_count = index32(recording_.log.size()) - ended.first_log;
}

void RunRecording::take_rules(const RunReport& report)
{
    const auto take = [&](const std::vector<Violation>& list, bool is_note) {
        for (const Violation& violation : list) {
            RecordedRule rule;
            rule.is_note = is_note;
            rule.run = index32(recording_.runs.size()) - 1;
            if (violation.call > 0) {
                rule.call = run().first_call + static_cast<std::uint32_t>(violation.call) - 1;
            }
            rule.violation = violation;
            recording_.rules.push_back(std::move(rule));
        }
    };
    take(report.violations, false);
    take(report.notes, true);
}

// ---- calls and operations -----------------------------------------------------------------------

Power RunRecording::before_call(const Call& call, const MachineState& state) noexcept
{
    settle(state);
    RecordedCall recorded;
    recorded.index = call.index;
    recorded.run = index32(recording_.runs.size()) - 1;
    recorded.kind =
        call.kind == CallKind::kErase ? RecordedCallKind::kErase : RecordedCallKind::kWrite;
    recorded.area = call.area;
    recorded.offset_bytes = call.area_offset_bytes;
    recorded.byte_count = call.byte_count;
    const std::uint64_t area_start = board_.areas[call.area].offset_bytes;
    recorded.sector = cells_.sector_at(call.device, call.device_offset_bytes) -
                      cells_.sector_at(call.device, area_start);
    recorded.start = recorded.end = call.start;
    recorded.first_op = index32(recording_.ops.size());
    recording_.calls.push_back(std::move(recorded));
    CallFacts facts;
    facts.call = index32(recording_.calls.size()) - 1;
    const SectorPlace here{call.area, recording_.calls.back().sector};
    facts.before = held_in(here);
    if (call.kind == CallKind::kErase) {
        facts.saved = other_place(facts.before, here);
        const SectorRange range =
            cells_.sectors_of(call.device, call.device_offset_bytes, call.byte_count);
        const auto& held = map_.contents[call.device];
        facts.entirely_erased =
            std::all_of(held.begin() + range.first, held.begin() + range.end,
                        [](const HeldContent& content) { return content == HeldContent{}; });
    }
    facts_.push_back(facts);
    recording_.calls.back().core = static_cast<std::uint32_t>(call.core);
    open_call_.at(static_cast<std::size_t>(call.core)) = facts.call;
    return Power::kHolds;
}

std::uint32_t RunRecording::before_operations(const models::OperationBatch& batch,
                                              std::uint64_t first, const Call* call,
                                              const MachineState& state) noexcept
{
    settle(state);
    RecordedOp op;
    op.index = first;
    op.count = batch.count;
    op.run = index32(recording_.runs.size()) - 1;
    op.call = call != nullptr ? open_call_.at(static_cast<std::size_t>(call->core)) : kNone32;
    op.kind = batch.kind;
    op.device = batch.device;
    op.offset_bytes = batch.offset;
    op.unit_bytes = batch.unit_bytes;
    op.start = batch.start;
    op.end = batch.start + batch.interval * (std::int64_t{batch.count} - 1) + batch.duration;
    op.first_change = index32(recording_.changes.size());
    op.first_trailer = index32(recording_.trailers.size());
    recording_.ops.push_back(op);
    pending_ = true;
    return batch.count;
}

void RunRecording::after_call(const Call& call, int result, const MachineState& state) noexcept
{
    settle(state);
    const auto core = static_cast<std::size_t>(call.core);
    if (open_call_.at(core) != kNone32) {
        recording_.calls[open_call_[core]].result = result;
        close_call(core);
    }
}

std::uint32_t RunRecording::any_open_call() const
{
    return open_call_[0] != kNone32 ? open_call_[0] : open_call_[1];
}

void RunRecording::logged(const LogLine& line) noexcept
{
    log_positions_.push_back(
        {line.time, index32(recording_.calls.size()), index32(recording_.ops.size())});
}

void RunRecording::close_call(std::size_t core)
{
    RecordedCall& call = recording_.calls[open_call_[core]];
    // Operations of the other core may lie between those of the call.
    for (std::uint32_t i = call.first_op; i < recording_.ops.size(); ++i) {
        if (recording_.ops[i].call == open_call_[core]) {
            call.op_count = i + 1 - call.first_op;
            call.end = call.completed ? std::max(call.end, recording_.ops[i].end) : call.end;
        }
    }
    CallFacts& facts = facts_[open_call_[core] - run().first_call];
    const SectorPlace here{call.area, call.sector};
    facts.after = held_in(here);
    facts.source = other_place(facts.after, here);
    open_call_[core] = kNone32;
}

// ---- what changed -------------------------------------------------------------------------------

// The state is what the operation announced last has left.
void RunRecording::settle(const MachineState& state)
{
    if (!pending_) {
        return;
    }
    pending_ = false;
    cells_.follow(state);
    RecordedOp& op = recording_.ops.back();
    if (touches_cells(op.kind)) {
        std::uint64_t offset = op.offset_bytes;
        std::uint64_t byte_count = std::uint64_t{op.unit_bytes} * op.count;
        if (op.kind == models::OperationKind::kEraseChip) {
            offset = 0;
            byte_count = board_.devices[op.device].size_bytes();
        } else if (cells_.is_translated(op.device)) {
            // Where a page lies in cells says little: the range of the call counts.
            const RecordedCall* const call =
                op.call == kNone32 ? nullptr : &recording_.calls[op.call];
            offset =
                call == nullptr ? 0 : board_.areas[call->area].offset_bytes + call->offset_bytes;
            byte_count = call == nullptr ? 0 : call->byte_count;
        }
        const bool readable = cells_.refresh(op.device, offset, byte_count);
        settle_range(op, op.device, offset, byte_count, !readable);
    }
    settle_ram(op, state);
    last_ = state;
}

void RunRecording::settle_range(RecordedOp& op, std::uint32_t device, std::uint64_t offset_bytes,
                                std::uint64_t byte_count, bool torn)
{
    const SectorRange range = cells_.sectors_of(device, offset_bytes, byte_count);
    const bool erases = op.kind == models::OperationKind::kEraseSector ||
                        op.kind == models::OperationKind::kEraseChip;
    for (std::uint32_t sector = range.first; sector < range.end; ++sector) {
        const bool was_torn = map_.torn[device][sector] && !erases;
        HeldContent& held = map_.contents[device][sector];
        const HeldContent now = reader_.read(device, sector, held, torn || was_torn);
        map_.torn[device][sector] = now.kind == HeldKind::kTorn;
        if (!(now == held)) {
            recording_.changes.push_back({device, sector, held, now});
            held = now;
        }
    }
    settle_trailers(device, offset_bytes, byte_count);
    op.change_count = index32(recording_.changes.size()) - op.first_change;
    op.trailer_count = index32(recording_.trailers.size()) - op.first_trailer;
}

void RunRecording::settle_trailers(std::uint32_t device, std::uint64_t offset_bytes,
                                   std::uint64_t byte_count)
{
    for (std::uint32_t area = 0; area < board_.areas.size(); ++area) {
        const AreaPlan& plan = board_.areas[area];
        const std::uint64_t trailer = plan.offset_bytes + reader_.trailer_offset(plan);
        const std::uint64_t end = std::uint64_t{plan.offset_bytes} + plan.size_bytes;
        const bool touched = plan.device == device && map_.trailers[area] && offset_bytes < end &&
                             offset_bytes + byte_count > trailer;
        if (!touched) {
            continue;
        }
        const std::optional<RecordedTrailer> now = trailer_of(area);
        if (now != map_.trailers[area]) {
            map_.trailers[area] = now;
            recording_.trailers.push_back(*now);
        }
    }
}

// The operation that a cut tore was never announced: what differs since the last one is its doing.
void RunRecording::settle_torn(const MachineState& state)
{
    cells_.follow(state);
    const std::uint32_t open = any_open_call();
    for (std::uint32_t device = 0; device < board_.devices.size(); ++device) {
        const models::FlashArray& now = state.devices[device];
        const models::FlashArray& before = last_.devices[device];
        const std::uint32_t page_bytes = now.geometry().page_bytes;
        for (const std::uint32_t page : now.changed_pages(before)) {
            RecordedOp op;
            op.index = recording_.ops.empty()
                           ? 0
                           : recording_.ops.back().index + recording_.ops.back().count;
            op.run = index32(recording_.runs.size()) - 1;
            op.call = open;
            const bool erase =
                open != kNone32 && recording_.calls[open].kind == RecordedCallKind::kErase;
            op.kind =
                erase ? models::OperationKind::kEraseSector : models::OperationKind::kProgramWord;
            op.device = device;
            op.offset_bytes = std::uint64_t{page} * page_bytes;
            op.unit_bytes = page_bytes;
            op.start = op.end = recording_.ops.empty() ? run().start : recording_.ops.back().end;
            op.torn = true;
            op.first_change = index32(recording_.changes.size());
            op.first_trailer = index32(recording_.trailers.size());
            recording_.ops.push_back(op);
            std::uint64_t offset = op.offset_bytes;
            std::uint64_t byte_count = page_bytes;
            if (cells_.is_translated(device)) {
                offset = open != kNone32 ? board_.areas[recording_.calls[open].area].offset_bytes +
                                               recording_.calls[open].offset_bytes
                                         : 0;
                byte_count = open != kNone32 ? recording_.calls[open].byte_count : 0;
                cells_.refresh(device, offset, byte_count);
            }
            recording_.ops.back().kind = models::OperationKind::kProgramWord;
            settle_range(recording_.ops.back(), device, offset, byte_count, true);
            recording_.ops.back().kind = op.kind;
        }
    }
}

}  // namespace brownout::sim
