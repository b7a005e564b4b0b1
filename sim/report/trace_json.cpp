// Recordings as traces. Format: "Trace Event Format", the JSON object form.
#include <sim/pictures.hpp>

#include <sim/machine.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kFirmwareProcess = 1;
constexpr std::uint32_t kFirstDeviceProcess = 2;
constexpr std::uint32_t kElsewhere = 0;  // thread of operations outside of partitions

std::string json_quoted(const std::string& text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Timestamps are microseconds; six decimals keep every picosecond.
std::string microseconds_text(models::Duration time)
{
    return fmt::format("{}.{:06}", time.count() / 1'000'000, time.count() % 1'000'000);
}

// An event without its end. Spans are kept until all are known.
struct Span {
    std::uint32_t process = 0;
    std::uint32_t thread = 0;
    models::Duration start{};
    models::Duration end{};
    std::uint32_t depth = 0;  // a span lies in one of smaller depth
    std::string name;
    std::string arguments;  // JSON members
};

class TraceWriter {
public:
    explicit TraceWriter(const Recording& recording) : recording_(recording) {}

    std::string text()
    {
        add_names();
        add_runs();
        for (const RecordedCall& call : recording_.calls) {
            add_call(call);
        }
        for (const RecordedOp& op : recording_.ops) {
            add_operation(op);
        }
        add_log();
        add_rules();
        add_counters();
        add_spans();
        std::stable_sort(events_.begin(), events_.end(),
                         [](const Event& a, const Event& b) { return a.at < b.at; });
        std::string text = "{\"displayTimeUnit\": \"ms\",\n \"otherData\": {";
        text += fmt::format("\"scenario\": {}, \"board\": {}, \"core\": {}, \"strategy\": {}",
                            json_quoted(recording_.scenario), json_quoted(recording_.board),
                            json_quoted(recording_.release), json_quoted(recording_.strategy));
        text += "},\n \"traceEvents\": [\n";
        const char* separator = "";
        for (const std::string& event : names_) {
            text += separator + event;
            separator = ",\n";
        }
        for (const Event& event : events_) {
            text += separator + event.text;
            separator = ",\n";
        }
        return text + "\n]}\n";
    }

private:
    struct Event {
        models::Duration at{};
        std::string text;
    };

    void add_name(const char* what, std::uint32_t process, std::uint32_t thread,
                  const std::string& name)
    {
        names_.push_back(fmt::format(
            R"({{"ph": "M", "name": "{}_name", "pid": {}, "tid": {}, "args": {{"name": {}}}}})",
            what, process, thread, json_quoted(name)));
        names_.push_back(fmt::format(R"({{"ph": "M", "name": "{0}_sort_index", "pid": {1}, )"
                                     R"("tid": {2}, "args": {{"sort_index": {3}}}}})",
                                     what, process, thread,
                                     what == std::string_view("process") ? process : thread));
    }

    void add_names()
    {
        add_name("process", kFirmwareProcess, 0, "firmware on " + recording_.board);
        for (std::uint32_t core = 0; core < recording_.cores.size(); ++core) {
            add_name("thread", kFirmwareProcess, core, recording_.cores[core]);
        }
        for (std::uint32_t i = 0; i < recording_.devices.size(); ++i) {
            add_name("process", kFirstDeviceProcess + i, 0, recording_.devices[i].name);
        }
        for (std::uint32_t i = 0; i < recording_.areas.size(); ++i) {
            const RecordedArea& area = recording_.areas[i];
            add_name("thread", process_of(area.device), 1 + i, area.name);
        }
    }

    static std::uint32_t process_of(std::uint32_t device) { return kFirstDeviceProcess + device; }

    void add_instant(const char* category, const char* scope, std::uint32_t core,
                     models::Duration at, const std::string& name, const std::string& arguments)
    {
        events_.push_back(
            {at, fmt::format(R"({{"ph": "i", "cat": "{}", "s": "{}", "pid": {}, "tid": {}, )"
                             R"("ts": {}, "name": {}, "args": {{{}}}}})",
                             category, scope, kFirmwareProcess, core, microseconds_text(at),
                             json_quoted(name), arguments)});
    }

    void add_runs()
    {
        for (const RecordedRun& run : recording_.runs) {
            if (run.kind == RecordedRunKind::kProgrammer) {
                add_instant("programmer", "p", run.core, run.start, run.reason, "");
                continue;
            }
            spans_.push_back(
                {kFirmwareProcess, run.core, run.start, run.end, 0, run.reason,
                 fmt::format(R"("outcome": {}, "calls": {}, "operations": {})",
                             json_quoted(run.outcome_text), run.call_count, run.operations)});
            models::Duration at = run.start;
            for (const RunPhase& phase : run.phases) {
                spans_.push_back({kFirmwareProcess, run.core, at, at + phase.duration, 1,
                                  phase.name,
                                  fmt::format(R"("erases": {}, "bytes_written": {})", phase.erases,
                                              phase.bytes_written)});
                at += phase.duration;
            }
            if (run.cut) {
                add_cut(run, *run.cut);
            }
        }
    }

    void add_cut(const RecordedRun& run, const RecordedCut& cut)
    {
        const bool is_reset = cut.kind == models::ResetKind::kSystemReset;
        add_instant("cut", "g", run.core, cut.time, is_reset ? "reset of the MCU" : "power cut",
                    fmt::format(R"("call": {}, "operation": {}, "tear": {}, "leaves": {})",
                                cut.call, cut.operation, json_quoted(cut.tear),
                                json_quoted(cut.leaves)));
    }

    static const char* call_word(RecordedCallKind kind)
    {
        switch (kind) {
        case RecordedCallKind::kWrite:
            return "write";
        case RecordedCallKind::kErase:
            return "erase";
        case RecordedCallKind::kStore:
            return "store";
        }
        return "";
    }

    void add_call(const RecordedCall& call)
    {
        const RecordedArea& area = recording_.areas[call.area];
        spans_.push_back(
            {process_of(area.device), 1 + call.area, call.start, call.end, 0,
             fmt::format("{} sector {}", call_word(call.kind), call.sector),
             fmt::format(R"("call": {}, "offset": {}, "bytes": {}, "result": {}, "completed": {}, )"
                         R"("explanation": {})",
                         call.index, call.offset_bytes, call.byte_count, call.result,
                         call.completed, json_quoted(call.explanation))});
    }

    static const char* operation_word(models::OperationKind kind)
    {
        switch (kind) {
        case models::OperationKind::kProgramWord:
            return "program word";
        case models::OperationKind::kProgramPage:
            return "program page";
        case models::OperationKind::kEraseSector:
            return "erase";
        case models::OperationKind::kEraseChip:
            return "erase chip";
        case models::OperationKind::kWriteStatus:
            return "write register";
        case models::OperationKind::kStoreRetained:
            return "store retained";
        }
        return "";
    }

    void add_operation(const RecordedOp& op)
    {
        std::string name = op.count == 1
                               ? fmt::format("op {}", op.index)
                               : fmt::format("ops {} to {}", op.index, op.index + op.count - 1);
        name += fmt::format(": {}", operation_word(op.kind));
        const std::uint32_t thread =
            op.call == kNone32 ? kElsewhere : 1 + recording_.calls[op.call].area;
        spans_.push_back({process_of(op.device), thread, op.start, op.end, 1, std::move(name),
                          fmt::format(R"("first": {}, "count": {}, "offset": {}, "bytes": {}, )"
                                      R"("torn": {})",
                                      op.index, op.count, op.offset_bytes,
                                      std::uint64_t{op.unit_bytes} * op.count, op.torn)});
    }

    void add_log()
    {
        for (const RecordedLogLine& line : recording_.log) {
            add_instant("log", "t", recording_.runs[line.run].core, line.time, line.text, "");
        }
    }

    void add_rules()
    {
        for (const RecordedRule& rule : recording_.rules) {
            const RecordedRun& run = recording_.runs[rule.run];
            const models::Duration at =
                rule.call == kNone32 ? run.start : recording_.calls[rule.call].start;
            add_instant(rule.is_note ? "note" : "rule", "p", run.core, at, rule.violation.rule,
                        fmt::format(R"("text": {}, "source": {})", json_quoted(rule.violation.text),
                                    json_quoted(rule.violation.source)));
        }
    }

    void add_counter(std::uint32_t device, models::Duration at, const std::string& name,
                     std::uint64_t value)
    {
        events_.push_back(
            {at, fmt::format(R"({{"ph": "C", "pid": {}, "tid": 0, "ts": {}, )"
                             R"("name": {}, "args": {{"value": {}}}}})",
                             process_of(device), microseconds_text(at), json_quoted(name), value)});
    }

    void add_status(const RecordedTrailer& trailer, models::Duration at)
    {
        const RecordedArea& area = recording_.areas[trailer.area];
        add_counter(area.device, at, "status entries in " + area.name, trailer.entries_written);
    }

    void add_counters()
    {
        std::vector<std::uint64_t> erased;
        for (std::uint32_t i = 0; i < recording_.initial.size(); ++i) {
            const auto& sectors = recording_.initial[i];
            erased.push_back(static_cast<std::uint64_t>(
                std::count_if(sectors.begin(), sectors.end(), [](const HeldContent& held) {
                    return held.kind == HeldKind::kErased;
                })));
            add_counter(i, {}, "erased sectors", erased.back());
        }
        for (const RecordedTrailer& trailer : recording_.initial_trailers) {
            add_status(trailer, {});
        }
        for (const RecordedOp& op : recording_.ops) {
            std::vector<std::uint64_t> now = erased;
            for (std::uint32_t i = 0; i < op.change_count; ++i) {
                const SectorChange& change = recording_.changes[op.first_change + i];
                now[change.device] -= change.before.kind == HeldKind::kErased ? 1 : 0;
                now[change.device] += change.after.kind == HeldKind::kErased ? 1 : 0;
            }
            for (std::uint32_t device = 0; device < now.size(); ++device) {
                if (now[device] != erased[device]) {
                    add_counter(device, op.end, "erased sectors", now[device]);
                }
            }
            erased = std::move(now);
            for (std::uint32_t i = 0; i < op.trailer_count; ++i) {
                add_status(recording_.trailers[op.first_trailer + i], op.end);
            }
        }
    }

    // Spans of a thread must lie in each other or apart. What a part goes on with after a reset of
    // the MCU does not: it is drawn up to the end of its call.
    void add_spans()
    {
        std::stable_sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) {
            return std::tie(a.process, a.thread, a.start, a.depth) <
                   std::tie(b.process, b.thread, b.start, b.depth);
        });
        std::vector<const Span*> open;
        for (Span& span : spans_) {
            while (!open.empty() &&
                   (open.back()->process != span.process || open.back()->thread != span.thread ||
                    open.back()->end <= span.start)) {
                open.pop_back();
            }
            if (!open.empty()) {
                span.end = std::min(span.end, open.back()->end);
            }
            span.end = std::max(span.end, span.start);
            open.push_back(&span);
            events_.push_back(
                {span.start, fmt::format(R"({{"ph": "X", "cat": "{}", "pid": {}, "tid": {}, )"
                                         R"("ts": {}, "dur": {}, "name": {}, "args": {{{}}}}})",
                                         category_of(span), span.process, span.thread,
                                         microseconds_text(span.start),
                                         microseconds_text(span.end - span.start),
                                         json_quoted(span.name), span.arguments)});
        }
    }

    static const char* category_of(const Span& span)
    {
        if (span.process == kFirmwareProcess) {
            return span.depth == 0 ? "run" : "phase";
        }
        return span.depth == 0 ? "call" : "op";
    }

    const Recording& recording_;
    std::vector<std::string> names_;
    std::vector<Event> events_;
    std::vector<Span> spans_;
};

}  // namespace

std::string trace_json(const Recording& recording)
{
    return TraceWriter(recording).text();
}

}  // namespace brownout::sim
