#include "case_player.hpp"

#include "case_machine.hpp"
#include "reference_keys.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

std::string prefixed(const LogLine& line)
{
    static constexpr const char* kPrefixes[] = {"E: ", "W: ", "I: ", "D: "};
    return kPrefixes[line.level] + line.text;
}

std::uint32_t second_sector_offset(const CaseArea& area, const CaseDevice& device)
{
    std::uint64_t start = 0;
    for (const SectorRun& run : device.sectors) {
        const std::uint64_t end = start + std::uint64_t{run.size_bytes} * run.count;
        if (area.offset_bytes < end) {
            return run.size_bytes;
        }
        start = end;
    }
    return area.size_bytes;
}

}  // namespace

const std::string& DeviceDigests::sha256_of(const models::FlashArray& device)
{
    const models::FlashGeometry& geometry = device.geometry();
    const Key key{device.content_digest(), geometry.size_bytes, geometry.erased_value};
    const auto found = known_.find(key);
    if (found != known_.end()) {
        return found->second;
    }
    std::vector<std::uint8_t> bytes(geometry.size_bytes);
    device.read(0, bytes);
    return known_.emplace(key, sha256_text(bytes)).first->second;
}

CasePlayer::CasePlayer(const ReferenceCase& reference, ImageStore& images, Firmware& loader,
                       Firmware& application)
    : reference_(reference), images_(images),
      machine_(board_of(reference), setup_of(reference, images.keys_folder()), loader, &application)
{
    label_images();
}

void CasePlayer::label_images()
{
    const crypto_key_wrap kind = reference_.config.encryption;
    for (const CaseLabel& label : reference_.labels) {
        const CaseImage& image = reference_.images.at(label.image);
        std::vector<std::uint8_t> bytes = images_.bytes(image);
        if (label.decrypted) {
            const auto key =
                find_image_key(bytes, kind, read_encryption_key(images_.keys_folder(), kind));
            bytes = with_decrypted_payload(std::move(bytes), key);
        }
        const std::size_t known_bytes = image.modified ? bytes.size() : image.total_bytes;
        if (known_bytes <= bytes.size()) {
            bytes.resize(known_bytes);
            labelled_.push_back({label.name, std::move(bytes)});
        }
    }
}

bool CasePlayer::image_lies_at(const MachineState& state, const CaseArea& area,
                               std::uint32_t offset_bytes,
                               const std::vector<std::uint8_t>& image) const
{
    if (offset_bytes > area.size_bytes || image.size() > area.size_bytes - offset_bytes) {
        return false;
    }
    std::vector<std::uint8_t> bytes(image.size());
    state.devices[area.device].read(std::uint64_t{area.offset_bytes} + offset_bytes, bytes);
    return bytes == image;
}

std::string CasePlayer::content_of(const MachineState& state, const CaseArea& area) const
{
    for (const LabelledImage& image : labelled_) {
        if (image_lies_at(state, area, 0, image.bytes)) {
            return image.label;
        }
    }
    const std::uint32_t second = second_sector_offset(area, reference_.devices[area.device]);
    for (const LabelledImage& image : labelled_) {
        if (image_lies_at(state, area, second, image.bytes)) {
            return fmt::format("{}@{}", image.label, second);
        }
    }
    return "-";
}

const CaseState& CasePlayer::describe_state(const MachineState& state)
{
    const models::Digest128 key = state.content_digest();
    const auto found = known_states_.find(key);
    if (found != known_states_.end()) {
        return found->second;
    }
    CaseState described;
    for (const models::FlashArray& device : state.devices) {
        described.sha256.push_back(device_digests_.sha256_of(device));
    }
    for (const CaseArea& area : reference_.areas) {
        if (area.role != "scratch") {
            described.content[area.role] = content_of(state, area);
        }
    }
    return known_states_.emplace(key, std::move(described)).first->second;
}

CaseResult CasePlayer::result_of(const RunReport& report) const
{
    const Outcome& outcome = report.outcome;
    CaseResult result;
    switch (outcome.kind) {
    case OutcomeKind::kHandedOver: {
        const boot_response& response = outcome.response;
        result.outcome = "ok";
        result.has_image = true;
        result.device = response.device_id;
        result.offset_bytes = response.device_offset_bytes;
        result.version = fmt::format("{}.{}.{}+{}", response.version.major, response.version.minor,
                                     response.version.revision, response.version.build);
        if (response.in_ram) {
            result.load_address = response.load_address;
            result.ram_sha256 = sha256_text(machine_.memory(
                response.load_address, response.header_bytes + response.image_bytes));
        }
        break;
    }
    case OutcomeKind::kNoImage:
        result.outcome = "fail";
        result.code = outcome.code;
        break;
    case OutcomeKind::kCommandDone:
        result.code = outcome.code;
        break;
    case OutcomeKind::kAssert:
        result.outcome = "assert";
        break;
    case OutcomeKind::kHang:
    case OutcomeKind::kCycleBudget:
        result.outcome = "hang";
        break;
    default:
        result.outcome = to_string(outcome.kind);
        break;
    }
    return result;
}

PlayedRun CasePlayer::run(const MachineState& start, const app_command* command,
                          std::vector<MachineState>* states)
{
    CallRecorder recorder(states != nullptr);
    RunOptions options;
    options.observer = &recorder;
    PlayedRun played;
    played.after = start;
    const RunReport report = command != nullptr ? machine_.command(played.after, *command, options)
                                                : machine_.boot(played.after, options);
    played.operations = recorder.take_operations(data_digests_);
    played.operations_hash = operations_hash(played.operations);
    played.result = result_of(report);
    played.detail = report.outcome.text;
    for (const LogLine& line : report.log) {
        if (line.level != IO_LOG_DEBUG) {
            played.log.push_back(prefixed(line));
        }
    }
    played.state = describe_state(played.after);
    if (states != nullptr) {
        *states = recorder.take_states();
    }
    return played;
}

const PlayedRun& CasePlayer::recover(const MachineState& start)
{
    const models::Digest128 key = start.content_digest();
    auto found = known_recoveries_.find(key);
    if (found == known_recoveries_.end()) {
        auto played = std::make_unique<PlayedRun>(run(start, nullptr, nullptr));
        found = known_recoveries_.emplace(key, std::move(played)).first;
    }
    return *found->second;
}

std::optional<Difference> CasePlayer::compare_end(const std::string& place,
                                                  const CaseResult& result,
                                                  const std::vector<std::string>& log,
                                                  const CaseState& state,
                                                  const PlayedRun& got) const
{
    if (auto difference = compare_lists(place, "log line", log, got.log)) {
        return difference;
    }
    if (result != got.result) {
        return compare_lists(place, "result", {to_text(result)}, {to_text(got.result)});
    }
    return compare_lists(place, "final state, line", to_lines(state), to_lines(got.state));
}

std::optional<Difference> CasePlayer::compare_run(const std::string& place,
                                                  const RecoveryRecord& expected,
                                                  const PlayedRun& got) const
{
    const CaseResult& result = reference_.results[expected.result];
    const std::vector<std::string>& log = reference_.logs[expected.log];
    const CaseState& state = reference_.states[expected.state];
    const auto summary = [](std::size_t count, const std::string& hash) {
        return fmt::format("{} calls, hash {}", count, hash);
    };
    auto difference =
        compare_lists(place, "calls", {summary(expected.operation_count, expected.operations_hash)},
                      {summary(got.operations.size(), got.operations_hash)});
    auto end = compare_end(place, result, log, state, got);
    if (!difference) {
        difference = std::move(end);
    } else if (end) {
        // The rows hold no list of calls: the log tells best where the ways part.
        difference->lines.push_back("then " + end->place.substr(place.size() + 2));
        difference->lines.insert(difference->lines.end(), end->lines.begin(), end->lines.end());
    }
    if (difference && !got.detail.empty()) {
        difference->lines.push_back("said: " + got.detail);
    }
    return difference;
}

std::optional<Difference> CasePlayer::play_step(std::size_t index, MachineState& state)
{
    const CaseStep& step = reference_.steps[index];
    const std::string place = fmt::format("step {} ({})", index, step.text);
    const CaseState& expected_state = reference_.states[step.state];
    if (const auto* chosen = std::get_if<UploadStepOfCase>(&step.action)) {
        apply_upload(reference_, *chosen, images_, state);
        return compare_lists(place, "final state, line", to_lines(expected_state),
                             to_lines(describe_state(state)));
    }
    const auto* command = std::get_if<CommandStep>(&step.action);
    const PlayedRun played = run(state, command ? &command->command : nullptr, nullptr);
    state = played.after;
    auto difference =
        compare_operations(place, reference_.areas, step.operations, played.operations);
    if (!difference) {
        difference =
            compare_lists(place, "hash of calls", {step.operations_hash}, {played.operations_hash});
    }
    if (!difference) {
        difference = compare_end(place, step.result, step.log, expected_state, played);
    }
    if (difference && !played.detail.empty()) {
        difference->lines.push_back("said: " + played.detail);
    }
    return difference;
}

std::optional<Difference> CasePlayer::play_steps()
{
    MachineState state = initial_state_of(reference_, machine_, images_);
    if (auto difference = compare_lists("initial contents", "line",
                                        to_lines(reference_.states[reference_.initial_state]),
                                        to_lines(describe_state(state)))) {
        return difference;
    }
    for (std::size_t i = 0; i < reference_.steps.size(); ++i) {
        states_before_step_.push_back(state);
        if (auto difference = play_step(i, state)) {
            return difference;
        }
    }
    return std::nullopt;
}

std::optional<Difference> CasePlayer::play_row(const CutTable& table, const CutRow& row,
                                               const std::vector<MachineState>& states)
{
    std::string place = fmt::format("step {} cut at call {}", table.step, row.cut);
    const std::vector<MachineState>* cut_states = &states;
    std::uint32_t cut = row.cut;
    if (table.is_double && row.cut < states.size()) {
        if (opened_cut_ != row.cut) {
            run(states[row.cut], nullptr, &opened_states_);
            opened_cut_ = row.cut;
        }
        cut_states = &opened_states_;
        cut = row.second_cut;
        place += fmt::format(", recovery cut at call {}", cut);
    }
    if (cut >= cut_states->size()) {
        return Difference{place, {fmt::format("there are only {} calls", cut_states->size())}};
    }
    const PlayedRun& recovery = recover((*cut_states)[cut]);
    place += ", recovery";
    if (table.has_trace) {
        if (auto difference =
                compare_operations(place, reference_.areas, row.operations, recovery.operations)) {
            return difference;
        }
    }
    if (auto difference = compare_run(place, row.recovery, recovery)) {
        return difference;
    }
    return table.has_then ? compare_run(place + ", next boot", row.then, recover(recovery.after))
                          : std::nullopt;
}

std::optional<Difference> CasePlayer::play_table(const CutTable& table)
{
    const auto* command = std::get_if<CommandStep>(&reference_.steps[table.step].action);
    std::vector<MachineState> states;
    run(states_before_step_[table.step], command ? &command->command : nullptr, &states);
    opened_cut_.reset();
    for (const CutRow& row : table.rows) {
        if (auto difference = play_row(table, row, states)) {
            return difference;
        }
    }
    return std::nullopt;
}

std::optional<Difference> CasePlayer::play()
{
    if (auto difference = play_steps()) {
        return difference;
    }
    for (const CutTable& table : reference_.tables) {
        if (auto difference = play_table(table)) {
            return difference;
        }
    }
    return std::nullopt;
}

}  // namespace brownout::sim
