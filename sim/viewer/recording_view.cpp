#include "recording_view.hpp"

#include <map>
#include <tuple>

namespace brownout::sim {

namespace {

using Json = nlohmann::json;

std::int64_t nanoseconds(models::Duration time)
{
    return time.count() / 1000;
}

// Numbers for things that repeat.
template <class Key>
class Table {
public:
    std::size_t number_of(const Key& key)
    {
        const auto [found, is_new] = numbers_.try_emplace(key, entries_.size());
        if (is_new) {
            entries_.push_back(key);
        }
        return found->second;
    }
    const std::vector<Key>& entries() const { return entries_; }

private:
    std::map<Key, std::size_t> numbers_;
    std::vector<Key> entries_;
};

using ContentKey = std::tuple<std::uint8_t, bool, std::int16_t, std::uint32_t, std::uint32_t>;

class RecordingView {
public:
    Json view(const Recording& recording, const TriedCuts& cuts)
    {
        Json json = head(recording);
        json["steps"] = steps(recording);
        json["events"] = events(recording);
        json["recoveries"] = recoveries(cuts.recoveries);
        json["torn"] = recoveries(cuts.torn);
        Json contents = Json::array();
        for (const ContentKey& key : contents_.entries()) {
            contents.push_back(Json::array({std::get<0>(key), std::get<1>(key) ? 1 : 0,
                                            std::get<2>(key), std::get<3>(key), std::get<4>(key)}));
        }
        json["contents"] = std::move(contents);
        json["texts"] = texts_.entries();
        return json;
    }

private:
    std::size_t number_of(const HeldContent& held)
    {
        return contents_.number_of({static_cast<std::uint8_t>(held.kind), held.has_trailer,
                                    held.image, held.image_offset_bytes, held.byte_count});
    }

    Json recoveries(const std::vector<Recovery>& list)
    {
        Json rows = Json::array();
        for (const Recovery& recovery : list) {
            rows.push_back(Json{{"run", recovery.run},
                                {"call", recovery.call},
                                {"joins", recovery.joins},
                                {"shift", nanoseconds(recovery.shift)},
                                {"ok", recovery.authentic},
                                {"own", events(recovery.own)}});
        }
        return rows;
    }

    static Json runs_of_sizes(const std::vector<std::uint32_t>& sizes)
    {
        Json runs = Json::array();
        for (std::size_t i = 0; i < sizes.size();) {
            std::size_t end = i;
            while (end < sizes.size() && sizes[end] == sizes[i]) {
                ++end;
            }
            runs.push_back(Json::array({sizes[i], end - i}));
            i = end;
        }
        return runs;
    }

    static std::string kind_of(const RecordedDevice& device)
    {
        if (!device.part.empty()) {
            return device.part;
        }
        return device.controller == ControllerKind::kRam ? "RAM" : "on-chip flash";
    }

    Json head(const Recording& recording)
    {
        Json json{{"scenario", recording.scenario}, {"board", recording.board},
                  {"strategy", recording.strategy}, {"core", recording.core},
                  {"release", recording.release},   {"holds", recording.holds},
                  {"cores", recording.cores}};
        Json& devices = json["devices"] = Json::array();
        for (std::size_t i = 0; i < recording.devices.size(); ++i) {
            const RecordedDevice& device = recording.devices[i];
            std::vector<std::uint32_t> sizes;
            for (const SectorRun& run : device.sectors) {
                sizes.insert(sizes.end(), run.count, run.size_bytes);
            }
            Json initial = Json::array();  // runs of equal sectors
            const std::vector<HeldContent>& held = recording.initial.at(i);
            for (std::size_t k = 0; k < held.size();) {
                std::size_t end = k;
                while (end < held.size() && held[end] == held[k]) {
                    ++end;
                }
                initial.push_back(Json::array({number_of(held[k]), end - k}));
                k = end;
            }
            devices.push_back(Json{{"name", device.name},
                                   {"kind", kind_of(device)},
                                   {"bytes", device.size_bytes},
                                   {"unit", device.write_unit_bytes},
                                   {"nand", device.controller == ControllerKind::kSpiNand},
                                   {"sectors", runs_of_sizes(sizes)},
                                   {"initial", std::move(initial)}});
        }
        Json& areas = json["areas"] = Json::array();
        for (const RecordedArea& area : recording.areas) {
            areas.push_back(Json{{"name", area.name},
                                 {"role", static_cast<int>(area.role)},
                                 {"device", area.device},
                                 {"offset", area.offset_bytes},
                                 {"bytes", area.size_bytes},
                                 {"first", area.first_sector},
                                 {"sectors", runs_of_sizes(area.sector_bytes)}});
        }
        Json& images = json["images"] = Json::array();
        for (const RecordedImage& image : recording.images) {
            images.push_back(Json{{"name", image.name}, {"version", image.version}});
        }
        Json& trailers = json["trailers"] = Json::array();
        for (const RecordedTrailer& trailer : recording.initial_trailers) {
            trailers.push_back(trailer_row(0, trailer));
        }
        return json;
    }

    static Json trailer_row(std::size_t op, const RecordedTrailer& trailer)
    {
        const auto optional = [](const auto& value) { return value ? Json(*value) : Json(); };
        return Json::array({op, trailer.area, static_cast<int>(trailer.magic),
                            static_cast<int>(trailer.copy_done), static_cast<int>(trailer.image_ok),
                            optional(trailer.swap_info), optional(trailer.swap_size_bytes),
                            optional(trailer.tlv_sizes), trailer.entries_written,
                            trailer.last_entry == kNone32 ? Json() : Json(trailer.last_entry),
                            trailer.entry_count});
    }

    Json steps(const Recording& recording)
    {
        Json list = Json::array();
        for (const RecordedStep& step : recording.steps) {
            list.push_back(Json{{"words", step.words},
                                {"expects", step.kind == StepKind::kExpect},
                                {"start", nanoseconds(step.start)},
                                {"run", step.run == kNone32 ? Json() : Json(step.run)},
                                {"failures", step.failures}});
        }
        return list;
    }

    Json events(const Recording& recording)
    {
        return Json{{"runs", runs(recording)},  {"calls", calls(recording)},
                    {"ops", ops(recording)},    {"changes", changes(recording)},
                    {"log", log(recording)},    {"trailers", trailers(recording)},
                    {"rules", rules(recording)}};
    }

    static Json cut_json(const RecordedRun& run)
    {
        if (!run.cut) {
            return {};
        }
        return Json{{"call", run.cut->call},
                    {"op", run.cut->operation},
                    {"time", nanoseconds(run.cut->time)},
                    {"in_call", run.cut->in_call},
                    {"reset", run.cut->kind != models::ResetKind::kPowerOn},
                    {"torn", run.cut->torn},
                    {"tear", run.cut->tear},
                    {"leaves", run.cut->leaves}};
    }

    Json runs(const Recording& recording)
    {
        Json list = Json::array();
        for (const RecordedRun& run : recording.runs) {
            const bool ok = run.outcome == OutcomeKind::kHandedOver ||
                            (run.outcome == OutcomeKind::kCommandDone && run.code == 0);
            list.push_back(Json{{"kind", static_cast<int>(run.kind)},
                                {"core", run.core},
                                {"reason", run.reason},
                                {"start", nanoseconds(run.start)},
                                {"end", nanoseconds(run.end)},
                                {"ok", ok},
                                {"outcome", run.outcome_text},
                                {"first_call", run.first_call},
                                {"calls", run.call_count},
                                {"first_op", run.first_op},
                                {"ops", run.op_count},
                                {"operations", run.operations},
                                {"cut", cut_json(run)}});
        }
        return list;
    }

    Json calls(const Recording& recording)
    {
        Json list = Json::array();
        for (const RecordedCall& call : recording.calls) {
            list.push_back(Json::array(
                {call.run, static_cast<int>(call.kind), call.area, call.offset_bytes,
                 call.byte_count, call.sector, nanoseconds(call.start), nanoseconds(call.end),
                 call.result, call.completed ? 1 : 0, call.first_op, call.op_count,
                 texts_.number_of(call.explanation), call.index, call.core}));
        }
        return list;
    }

    static Json ops(const Recording& recording)
    {
        Json list = Json::array();
        for (const RecordedOp& op : recording.ops) {
            list.push_back(Json::array(
                {op.index, op.count, op.run, op.call == kNone32 ? -1 : std::int64_t{op.call},
                 static_cast<int>(op.kind), op.device, op.offset_bytes, op.unit_bytes,
                 nanoseconds(op.start), nanoseconds(op.end), op.torn ? 1 : 0}));
        }
        return list;
    }

    Json changes(const Recording& recording)
    {
        Json list = Json::array();
        for (std::size_t i = 0; i < recording.ops.size(); ++i) {
            const RecordedOp& op = recording.ops[i];
            for (std::uint32_t k = 0; k < op.change_count; ++k) {
                const SectorChange& change = recording.changes[op.first_change + k];
                list.push_back(Json::array({i, change.device, change.sector,
                                            number_of(change.before), number_of(change.after)}));
            }
        }
        return list;
    }

    static Json trailers(const Recording& recording)
    {
        Json list = Json::array();
        for (std::size_t i = 0; i < recording.ops.size(); ++i) {
            const RecordedOp& op = recording.ops[i];
            for (std::uint32_t k = 0; k < op.trailer_count; ++k) {
                list.push_back(trailer_row(i, recording.trailers[op.first_trailer + k]));
            }
        }
        return list;
    }

    Json log(const Recording& recording)
    {
        static constexpr const char* kLetters = "EWID";
        Json list = Json::array();
        for (const RecordedLogLine& line : recording.log) {
            const std::size_t index = line.level == IO_LOG_ERROR     ? 0
                                      : line.level == IO_LOG_WARNING ? 1
                                      : line.level == IO_LOG_INFO    ? 2
                                                                     : 3;
            list.push_back(
                Json::array({std::string(1, kLetters[index]), texts_.number_of(line.text),
                             nanoseconds(line.time), line.run, line.op, line.call}));
        }
        return list;
    }

    static Json rules(const Recording& recording)
    {
        Json list = Json::array();
        for (const RecordedRule& rule : recording.rules) {
            list.push_back(Json{{"note", rule.is_note},
                                {"run", rule.run},
                                {"call", rule.call == kNone32 ? Json() : Json(rule.call)},
                                {"rule", rule.violation.rule},
                                {"text", rule.violation.text},
                                {"source", rule.violation.source},
                                {"symbol", rule.violation.symbol}});
        }
        return list;
    }

    Table<ContentKey> contents_;
    Table<std::string> texts_;
};

}  // namespace

nlohmann::json view_of(const Recording& recording, const TriedCuts& cuts)
{
    return RecordingView().view(recording, cuts);
}

}  // namespace brownout::sim
