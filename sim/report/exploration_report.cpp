#include "report_json.hpp"

#include <sim/error.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

std::string size_text(std::uint64_t bytes)
{
    return bytes % 1024 == 0 ? fmt::format("{} KiB", bytes / 1024) : fmt::format("{} bytes", bytes);
}

// "internal: 256 sectors of 4 KiB, writes of 4"
std::string geometry_text(const BoardPlan& board)
{
    std::string text;
    for (const DevicePlan& device : board.devices) {
        text += fmt::format("{}{}:", text.empty() ? "" : "; ", device.name);
        for (const SectorRun& run : device.sectors) {
            text += fmt::format("{} {} sectors of {}", &run == device.sectors.data() ? "" : " +",
                                run.count, size_text(run.size_bytes));
        }
        text += fmt::format(", writes of {}", device.write_unit_bytes);
    }
    return text;
}

Json violation_json(const Finding& finding, const WrittenRepro& repro)
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

Json checks_json(const Exploration& exploration)
{
    Json checks = Json::array();
    for (const CheckResult& check : exploration.checks) {
        checks.push_back({{"name", check.name},
                          {"result", !check.holds         ? "failed"
                                     : exploration.closed ? "holds"
                                                          : "inconclusive"}});
    }
    return checks;
}

Json tears_json(const Exploration& exploration)
{
    Json tears = {"not-started"};
    for (const TearSetting& tear : exploration.tears) {
        tears.push_back(std::string(models::tear_model(tear.kind).name()) + " (" +
                        std::to_string(tear.samples) + " samples, seed " +
                        std::to_string(exploration.seed) + ")");
    }
    return tears;
}

Json scenario_json(const ScenarioMachine& machine)
{
    const Scenario& scenario = machine.scenario();
    const int line = scenario.explore ? scenario.explore->place.line : 0;
    return {{"scenario", scenario.name},
            {"file", scenario.path.string()},
            {"line", std::max(1, line)},
            {"core", core_json(machine)},
            {"strategy", name_of(strategy_names(), scenario.boot.strategy)},
            {"geometry", geometry_text(machine.machine().board())},
            {"inputs", inputs_json(machine)}};
}

Json exploration_json(const ExploredScenario& explored)
{
    const Exploration& exploration = *explored.exploration;
    Json json = scenario_json(*explored.machine);
    json.update({{"closed", exploration.closed},
                 {"granularity", name_of(granularity_names(), exploration.granularity)},
                 {"tears", tears_json(exploration)},
                 {"states", exploration.states},
                 {"contents", exploration.contents},
                 {"nodes", exploration.nodes},
                 {"edges", exploration.edges},
                 {"boots", exploration.boots},
                 {"depth", exploration.depth}});
    if (!exploration.closed) {
        json["stopped_by"] = exploration.stopped_by;
        json["waiting"] = exploration.waiting;
    }
    json["checks"] = checks_json(exploration);
    Json& violations = json["violations"] = Json::array();
    for (std::size_t i = 0; i < exploration.findings.size(); ++i) {
        const WrittenRepro repro = i < explored.repros.size() ? explored.repros[i] : WrittenRepro{};
        violations.push_back(violation_json(exploration.findings[i], repro));
    }
    json["elapsed_s"] = exploration.elapsed_seconds;
    json["memory_bytes_per_state"] = exploration.memory_bytes_per_state;
    return json;
}

Json coverage_json(const CoverageTable& table)
{
    Json rows = Json::array();
    for (const CoverageRow& row : table.rows) {
        Json entry{{"row", row.name}, {"reached", row.reached}};
        if (!row.unreachable_because.empty()) {
            entry["unreachable_because"] = row.unreachable_because;
        }
        rows.push_back(std::move(entry));
    }
    return {{"strategy", name_of(strategy_names(), table.strategy)},
            {"table", table.name},
            {"rows", std::move(rows)}};
}

}  // namespace

struct ExplorationReport::Document {
    Json json{{"format", 1}, {"explorations", Json::array()}, {"errors", Json::array()}};
};

ExplorationReport::ExplorationReport() : document_(std::make_unique<Document>()) {}
ExplorationReport::~ExplorationReport() = default;

void ExplorationReport::add(const ExploredScenario& explored)
{
    document_->json["explorations"].push_back(exploration_json(explored));
}

void ExplorationReport::add_error(const InputError& error)
{
    document_->json["errors"].push_back({{"file", error.place().file},
                                         {"line", std::max(1, error.place().line)},
                                         {"sentence", error.what()}});
}

void ExplorationReport::add_coverage(const std::vector<CoverageTable>& tables)
{
    Json& list = document_->json["coverage"] = Json::array();
    for (const CoverageTable& table : tables) {
        list.push_back(coverage_json(table));
    }
}

std::string ExplorationReport::json() const
{
    return text_of(document_->json);
}

std::string ExplorationReport::junit() const
{
    return junit_xml(Json::parse(json()));
}

std::string ExplorationReport::annotations() const
{
    return github_annotations(Json::parse(json()));
}

std::string ExplorationReport::summary() const
{
    return github_summary(Json::parse(json()));
}

Verdict verdict_of(const Json& exploration)
{
    return !exploration["violations"].empty() ? Verdict::kFailed
           : exploration["closed"]            ? Verdict::kHolds
                                              : Verdict::kIncomplete;
}

std::string name_of_exploration(const Json& exploration)
{
    return exploration["scenario"].get<std::string>();
}

}  // namespace brownout::sim
