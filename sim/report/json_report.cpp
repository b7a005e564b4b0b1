#include <sim/report.hpp>

#include <sim/crypto.hpp>
#include <sim/scenario_names.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace brownout::sim {

namespace {

using Json = nlohmann::ordered_json;

// File names and logs are bytes; JSON is UTF-8.
std::string text_of(const Json& document)
{
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string file_sha256(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)),
                                          std::istreambuf_iterator<char>());
    return sha256_hex(bytes);
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

Json finding_json(const Finding& finding, const WrittenRepro& repro)
{
    Json json{{"check", finding.check},
              {"sentence", finding.sentence},
              {"cuts", finding.cuts},
              {"nodes", finding.count},
              {"trace", finding.trace}};
    if (!repro.path.empty()) {
        json["repro"] = repro.path.string();
    }
    return json;
}

Json exploration_json(const ExploredScenario& explored)
{
    const Exploration& exploration = *explored.exploration;
    Json json{{"scenario", explored.machine->scenario().name},
              {"file", explored.machine->scenario().path.string()},
              {"core", core_json(*explored.machine)},
              {"strategy", name_of(strategy_names(), explored.machine->scenario().boot.strategy)},
              {"inputs", inputs_json(*explored.machine)},
              {"closed", exploration.closed},
              {"granularity", name_of(granularity_names(), exploration.granularity)},
              {"tears", {"not-started"}},
              {"states", exploration.states},
              {"contents", exploration.contents},
              {"nodes", exploration.nodes},
              {"edges", exploration.edges},
              {"boots", exploration.boots},
              {"depth", exploration.depth}};
    if (!exploration.closed) {
        json["stopped_by"] = exploration.stopped_by;
        json["waiting"] = exploration.waiting;
    }
    Json& checks = json["checks"] = Json::array();
    for (const CheckResult& check : exploration.checks) {
        checks.push_back({{"name", check.name},
                          {"result", !check.holds         ? "failed"
                                     : exploration.closed ? "holds"
                                                          : "inconclusive"}});
    }
    Json& violations = json["violations"] = Json::array();
    for (std::size_t i = 0; i < exploration.findings.size(); ++i) {
        const WrittenRepro repro = i < explored.repros.size() ? explored.repros[i] : WrittenRepro{};
        violations.push_back(finding_json(exploration.findings[i], repro));
    }
    json["elapsed_s"] = exploration.elapsed_seconds;
    json["memory_bytes_per_state"] = exploration.memory_bytes_per_state;
    return json;
}

}  // namespace

std::string explorations_json(const std::vector<ExploredScenario>& explored)
{
    Json document{{"format", 1}};
    Json& list = document["explorations"] = Json::array();
    for (const ExploredScenario& one : explored) {
        list.push_back(exploration_json(one));
    }
    return text_of(document);
}

std::string run_json(const ScenarioMachine& machine, const ScenarioResult& result)
{
    Json document{{"format", 1},
                  {"scenario", machine.scenario().name},
                  {"file", machine.scenario().path.string()},
                  {"core", core_json(machine)},
                  {"inputs", inputs_json(machine)},
                  {"holds", result.holds}};
    Json& steps = document["steps"] = Json::array();
    for (const StepResult& step : result.steps) {
        Json entry{{"step", name_of(step_names(), step.step->kind())},
                   {"start_s", models::seconds(step.start)}};
        const bool ran =
            step.step->kind() != StepKind::kUpload && step.step->kind() != StepKind::kExpect;
        if (ran) {
            entry["end_s"] = models::seconds(step.report.end);
            entry["outcome"] = outcome_words(machine, step.report.outcome);
            entry["calls"] = step.report.calls;
            entry["operations"] = step.report.operations;
            Json& log = entry["log"] = Json::array();
            for (const LogLine& line : step.report.log) {
                log.push_back({{"time_s", models::seconds(line.time)}, {"text", line.text}});
            }
        }
        if (!step.failures.empty()) {
            entry["failures"] = step.failures;
        }
        steps.push_back(std::move(entry));
    }
    Json& slots = document["slots"] = Json::object();
    for (const AreaPlan& area : machine.machine().board().areas) {
        slots[area.name] = machine.slot_text(result.state, area);
    }
    return text_of(document);
}

}  // namespace brownout::sim
