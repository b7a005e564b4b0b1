#include <sim/report.hpp>

#include "report_json.hpp"
#include "wear_report.hpp"

#include <sim/crypto.hpp>
#include <sim/log_release.hpp>
#include <sim/scenario_names.hpp>

#include <fstream>
#include <iterator>

namespace brownout::sim {

namespace {

std::string file_sha256(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)),
                                          std::istreambuf_iterator<char>());
    return sha256_hex(bytes);
}

Json rules_json(const std::vector<Violation>& violations)
{
    Json list = Json::array();
    for (const Violation& violation : violations) {
        list.push_back({{"rule", violation.rule},
                        {"text", violation.text},
                        {"source", violation.source},
                        {"symbol", violation.symbol},
                        {"in", violation.in},
                        {"effect", violation.effect},
                        {"after_calls", violation.call}});
    }
    return list;
}

Json wear_json(const ScenarioMachine& machine, const MachineState& state)
{
    Json list = Json::array();
    for (const PartitionWear& wear : wear_of(machine, state)) {
        list.push_back({{"partition", wear.area->name},
                        {"device", machine.machine().board().devices[wear.area->device].name},
                        {"erases", wear.erases},
                        {"sectors_erased", wear.sectors_erased},
                        {"most_erases", wear.most_erases},
                        {"most_sector", wear.most_sector},
                        {"erase_cycles_max", wear.erase_cycles_max},
                        {"runs_in_a_lifetime", wear.runs_in_a_lifetime()}});
    }
    return list;
}

Json smp_json(const std::vector<SmpResult>& results)
{
    Json list = Json::array();
    for (const SmpResult& result : results) {
        Json entry{{"request", name_of(smp_kind_names(), result.request->kind())},
                   {"start_s", models::seconds(result.start)}};
        if (result.answered) {
            entry["answer"] = name_of(smp_answer_names(), result.answer);
            entry["longest_wait_s"] = models::seconds(result.longest);
        }
        if (result.request->kind() == SmpKind::kUpload) {
            entry["first_offset"] = result.first_offset_bytes;
            entry["next_offset"] = result.next_offset_bytes;
            entry["chunks"] = result.requests;
        }
        for (const SmpSlot& slot : result.slots) {
            entry["slots"].push_back({{"image", slot.image_index},
                                      {"slot", slot.slot},
                                      {"version", slot.version},
                                      {"name", slot.image},
                                      {"flags", slot.flags}});
        }
        list.push_back(std::move(entry));
    }
    return list;
}

Json phases_json(const std::vector<RunPhase>& phases)
{
    Json list = Json::array();
    for (const RunPhase& phase : phases) {
        list.push_back({{"phase", phase.name},
                        {"duration_s", models::seconds(phase.duration)},
                        {"erases", phase.erases},
                        {"erase_s", models::seconds(phase.erase_time)},
                        {"bytes_written", phase.bytes_written},
                        {"write_s", models::seconds(phase.write_time)}});
    }
    return list;
}

Json use_json(const ScenarioMachine& machine, const std::vector<DeviceUse>& use)
{
    Json devices = Json::object();
    for (std::size_t i = 0; i < use.size(); ++i) {
        devices[machine.machine().board().devices[i].name] = {
            {"erases", use[i].erases},
            {"erased_bytes", use[i].erased_bytes},
            {"programs", use[i].programs},
            {"programmed_bytes", use[i].programmed_bytes}};
    }
    return devices;
}

}  // namespace

std::string text_of(const Json& document)
{
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json inputs_json(const ScenarioMachine& machine)
{
    Json inputs;
    inputs["scenario_sha256"] = file_sha256(machine.scenario().path);
    if (!machine.scenario().board.path.empty()) {
        inputs["board_sha256"] = file_sha256(machine.scenario().board.path);
    }
    Json& images = inputs["images"] = Json::object();
    for (const KnownImage& image : machine.images()) {
        images[image.name] = sha256_hex(image.bytes);
    }
    return inputs;
}

Json core_json(const ScenarioMachine& machine)
{
    return Json{{"name", machine.core().name}, {"behaves_as", machine.core().release}};
}

std::string run_json(const ScenarioMachine& machine, const ScenarioResult& result)
{
    Json document{{"format", 1},
                  {"scenario", machine.scenario().name},
                  {"file", machine.scenario().path.string()},
                  {"core", core_json(machine)},
                  {"inputs", inputs_json(machine)},
                  {"holds", result.holds}};
    if (const LogRelease* const release = log_release(machine.scenario().boot.log)) {
        document["log"] = Json{{"release", release->name},
                               {"mcuboot", release->mcuboot},
                               {"known_differences", known_differences(*release)}};
    }
    Json& steps = document["steps"] = Json::array();
    for (const StepResult& step : result.steps) {
        Json entry{{"step", name_of(step_names(), step.step->kind())},
                   {"start_s", models::seconds(step.start)}};
        if (!step.use.empty()) {
            entry["flash_use"] = use_json(machine, step.use);
            entry["end_s"] = models::seconds(step.report.end);
            entry["outcome"] = outcome_words(machine, step.report.outcome);
            entry["calls"] = step.report.calls;
            entry["operations"] = step.report.operations;
            Json& log = entry["log"] = Json::array();
            for (const LogLine& line : step.report.log) {
                log.push_back({{"time_s", models::seconds(line.time)}, {"text", line.text}});
                if (line.core == CoreId::kNetwork) {
                    log.back()["core"] = "network";
                }
            }
            if (!step.phases.empty()) {
                entry["phases"] = phases_json(step.phases);
            }
            entry["violations"] = rules_json(step.report.violations);
            entry["notes"] = rules_json(step.report.notes);
        }
        if (!step.smp.empty()) {
            entry["requests"] = smp_json(step.smp);
        }
        if (!step.failures.empty()) {
            entry["failures"] = step.failures;
        }
        steps.push_back(std::move(entry));
    }
    document["wear"] = wear_json(machine, result.state);
    Json& slots = document["slots"] = Json::object();
    for (const AreaPlan& area : machine.machine().board().areas) {
        slots[area.name] = machine.slot_text(result.state, area);
    }
    return text_of(document);
}

}  // namespace brownout::sim
