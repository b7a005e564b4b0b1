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
    Json json{{"check", finding.check}, {"sentence", finding.sentence}, {"cuts", finding.cuts},
              {"nodes", finding.count}, {"trace", finding.trace},       {"tried", finding.tried}};
    if (!finding.found_as.empty()) {
        json["found_as"] = finding.found_as;
    }
    if (!repro.path.empty()) {
        json["repro"] = repro.path.string();
    }
    if (!repro.known_fix.empty()) {
        json["known_fix"] = repro.known_fix;
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

Json network_json(const NetworkSummary& network)
{
    Json json{{"same_version", network.same_version},
              {"application_newer", network.application_newer},
              {"network_newer", network.network_newer},
              {"cuts_half_written", network.cuts_half_written},
              {"network_half_written", network.network_half_written},
              {"application_half_written", network.application_half_written},
              {"versions_differ_running", network.versions_differ_running},
              {"mixtures_running", network.mixtures_running},
              {"network_not_running", network.network_not_running}};
    if (network.boots_to_heal_max) {
        json["boots_to_heal_max"] = *network.boots_to_heal_max;
    }
    if (network.boots_to_match_max) {
        json["boots_to_match_max"] = *network.boots_to_match_max;
    }
    for (const auto& [key, after] :
         {std::pair{"application_newer_after", &network.application_newer_after},
          std::pair{"network_newer_after", &network.network_newer_after},
          std::pair{"half_written_after", &network.half_written_after}}) {
        if (!after->empty()) {
            json[key] = *after;
        }
    }
    return json;
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

Json variant_json(const SuiteEntry& entry)
{
    Json json = Json::object();
    for (const auto& [name, value] : entry.variant) {
        json[name] = value;
    }
    return json;
}

// In the order of the suite. InputError, naming `file`: it is in `list` already.
void insert_by_index(Json& list, const Json& entry, const std::string& file)
{
    const auto at =
        std::lower_bound(list.begin(), list.end(), entry,
                         [](const Json& a, const Json& b) { return a["index"] < b["index"]; });
    if (at != list.end() && (*at)["index"] == entry["index"]) {
        throw InputError(Place{file}, fmt::format("holds exploration {} again: reports of one "
                                                  "suite are merged, each once",
                                                  entry["index"].dump()));
    }
    list.insert(at, entry);
}

Json exploration_json(const ExploredScenario& explored)
{
    const Exploration& exploration = *explored.exploration;
    Json json{{"index", explored.entry->index}, {"variant", variant_json(*explored.entry)}};
    json.update(scenario_json(*explored.machine));
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
    if (exploration.network) {
        json["network_core"] = network_json(*exploration.network);
    }
    if (exploration.walks > 0) {
        json["walks"] = exploration.walks;
    }
    json["checks"] = checks_json(exploration);
    Json& violations = json["violations"] = Json::array();
    for (std::size_t i = 0; i < exploration.findings.size(); ++i) {
        const WrittenRepro repro = i < explored.repros.size() ? explored.repros[i] : WrittenRepro{};
        violations.push_back(violation_json(exploration.findings[i], repro));
    }
    if (exploration.wear) {
        const WearReport& wear = *exploration.wear;
        json["wear"] = {{"device", wear.device},
                        {"offset", wear.offset_bytes},
                        {"erases_uncut", wear.erases_uncut},
                        {"erases_max", wear.erases_max},
                        {"erase_cycles", wear.erase_cycles},
                        {"upgrades_per_lifetime", wear.upgrades_per_lifetime()}};
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
    Json json{{"format", 1},
              {"planned", 0},
              {"explorations", Json::array()},
              {"skipped", Json::array()},
              {"errors", Json::array()}};
};

ExplorationReport::ExplorationReport() : document_(std::make_unique<Document>()) {}
ExplorationReport::~ExplorationReport() = default;

void ExplorationReport::set_planned(std::uint64_t planned)
{
    document_->json["planned"] = planned;
}

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

void ExplorationReport::add_skipped(const SuiteEntry& entry, const std::string& reason)
{
    const Scenario& scenario = entry.scenario;
    const int line = scenario.explore ? scenario.explore->place.line : 0;
    document_->json["skipped"].push_back(
        {{"index", entry.index},
         {"variant", variant_json(entry)},
         {"scenario", scenario.name},
         {"file", scenario.path.string()},
         {"line", std::max(1, line)},
         {"strategy", name_of(strategy_names(), scenario.boot.strategy)},
         {"reason", reason}});
}

void ExplorationReport::add_coverage(const std::vector<CoverageTable>& tables)
{
    Json& list = document_->json["coverage"] = Json::array();
    for (const CoverageTable& table : tables) {
        list.push_back(coverage_json(table));
    }
}

void ExplorationReport::merge(const std::string& text, const std::string& file)
{
    const Json other = Json::parse(text, nullptr, false);
    if (!other.is_object() || other.value("format", 0) != 1 || !other.contains("planned") ||
        !other.contains("explorations") || !other.contains("errors")) {
        throw InputError(Place{file}, "is no report of `brownout explore --json`");
    }
    const bool is_first = document_->json["planned"] == 0;
    if (!is_first && other["planned"] != document_->json["planned"]) {
        throw InputError(Place{file}, "is of another suite than the reports before it");
    }
    document_->json["planned"] = other["planned"];
    for (const Json& exploration : other["explorations"]) {
        insert_by_index(document_->json["explorations"], exploration, file);
    }
    for (const Json& skipped : other.value("skipped", Json::array())) {
        insert_by_index(document_->json["skipped"], skipped, file);
    }
    for (const Json& error : other["errors"]) {
        document_->json["errors"].push_back(error);
    }
}

std::uint64_t ExplorationReport::missing() const
{
    const std::uint64_t planned = document_->json["planned"];
    const std::uint64_t here = document_->json["explorations"].size() +
                               document_->json["skipped"].size() + document_->json["errors"].size();
    return planned > here ? planned - here : 0;
}

ExitCode ExplorationReport::exit_code() const
{
    bool failed = false;
    bool incomplete = false;
    for (const Json& exploration : document_->json["explorations"]) {
        failed = failed || verdict_of(exploration) == Verdict::kFailed;
        incomplete = incomplete || verdict_of(exploration) == Verdict::kIncomplete;
    }
    return !document_->json["errors"].empty() ? ExitCode::kBadInput
           : failed                           ? ExitCode::kCheckFailed
           : incomplete                       ? ExitCode::kIncomplete
                                              : ExitCode::kHolds;
}

std::string ExplorationReport::verdicts() const
{
    std::size_t counts[3] = {};
    std::string text;
    for (const Json& exploration : document_->json["explorations"]) {
        const Verdict verdict = verdict_of(exploration);
        ++counts[static_cast<std::size_t>(verdict)];
        if (verdict == Verdict::kIncomplete) {
            text += fmt::format("INCOMPLETE  {}: {}\n", name_of_exploration(exploration),
                                exploration["stopped_by"].get<std::string>());
        }
        for (const Json& violation : exploration["violations"]) {
            text +=
                fmt::format("FAILED  {}: {}, after {} cuts\n", name_of_exploration(exploration),
                            violation["check"].get<std::string>(), violation["cuts"].get<int>());
        }
    }
    for (const Json& error : document_->json["errors"]) {
        text += error["sentence"].get<std::string>() + "\n";
    }
    text += fmt::format("{} explorations: {} hold, {} failed, {} incomplete",
                        counts[0] + counts[1] + counts[2], counts[0], counts[1], counts[2]);
    const std::size_t skipped = document_->json["skipped"].size();
    return text + (skipped == 0 ? "\n" : fmt::format("; {} skipped\n", skipped));
}

std::string ExplorationReport::json() const
{
    return text_of(document_->json);
}

std::string ExplorationReport::junit() const
{
    return junit_xml(Json::parse(json()));
}

std::string ExplorationReport::sarif() const
{
    return sarif_log(Json::parse(json()));
}

std::string ExplorationReport::tap() const
{
    return tap_text(Json::parse(json()));
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
    std::string chosen;
    for (const auto& [name, value] : exploration["variant"].items()) {
        chosen += (chosen.empty() ? "" : ", ") + value.get<std::string>();
    }
    const std::string scenario = exploration["scenario"];
    return chosen.empty() ? scenario : scenario + " [" + chosen + "]";
}

}  // namespace brownout::sim
