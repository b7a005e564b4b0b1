// SARIF 2.1.0: a rule per check, a result per finding, the way there as a code flow. What did not
// close, or could not be loaded, is a result too, and what is not for the chosen core is one that
// does not apply: no result means that everything holds.
#include "report_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace brownout::sim {

namespace {

constexpr const char* kSarifSchema = "https://json.schemastore.org/sarif-2.1.0.json";

Json sarif_message(const std::string& text)
{
    return Json{{"text", text}};
}

Json sarif_location(const Json& entry, const std::string& text = {})
{
    const int line = entry.contains("line") ? entry["line"].get<int>() : 1;
    Json location{{"physicalLocation", Json{{"artifactLocation", Json{{"uri", entry["file"]}}},
                                            {"region", Json{{"startLine", std::max(1, line)}}}}}};
    if (!text.empty()) {
        location["message"] = sarif_message(text);
    }
    return location;
}

Json sarif_result(const std::string& rule, const char* level, const std::string& text,
                  const Json& entry)
{
    return Json{{"ruleId", rule},
                {"level", level},
                {"message", sarif_message(text)},
                {"locations", Json::array({sarif_location(entry)})}};
}

Json sarif_finding(const Json& exploration, const Json& violation)
{
    const int cuts = violation["cuts"];
    Json result = sarif_result(
        violation["check"], "error",
        fmt::format("{}: after {} power cut{}: {}", name_of_exploration(exploration), cuts,
                    cuts == 1 ? "" : "s", violation["sentence"].get<std::string>()),
        exploration);
    Json steps = Json::array();
    for (const Json& line : violation["trace"]) {
        steps.push_back(Json{{"location", sarif_location(exploration, line)}});
    }
    if (!steps.empty()) {
        const Json thread{{"locations", std::move(steps)}};
        result["codeFlows"] = Json::array({Json{{"threadFlows", Json::array({thread})}}});
    }
    if (violation.contains("repro")) {
        result["properties"] =
            Json{{"replay", "brownout replay " + violation["repro"].get<std::string>()}};
    }
    return result;
}

}  // namespace

std::string sarif_log(const Json& document)
{
    Json results = Json::array();
    for (const Json& exploration : document["explorations"]) {
        for (const Json& violation : exploration["violations"]) {
            results.push_back(sarif_finding(exploration, violation));
        }
        if (verdict_of(exploration) == Verdict::kIncomplete) {
            results.push_back(sarif_result("incomplete", "warning",
                                           name_of_exploration(exploration) + ": INCOMPLETE: " +
                                               exploration["stopped_by"].get<std::string>(),
                                           exploration));
        }
    }
    for (const Json& skipped : document["skipped"]) {
        const std::string reason = skipped["reason"];
        results.push_back(sarif_result(
            "skipped", "none", name_of_exploration(skipped) + ": skipped: " + reason, skipped));
        results.back()["kind"] = "notApplicable";
    }
    for (const Json& error : document["errors"]) {
        results.push_back(sarif_result("bad-input", "error", error["sentence"], error));
    }
    Json rules = Json::array();
    std::set<std::string> known;
    for (const Json& result : results) {
        const std::string rule = result["ruleId"];
        if (known.insert(rule).second) {
            rules.push_back(Json{{"id", rule}, {"name", rule}});
        }
    }
    const Json driver{{"name", "brownout"}, {"rules", std::move(rules)}};
    const Json run{
        {"tool", Json{{"driver", driver}}},
        {"invocations", Json::array({Json{{"executionSuccessful", document["errors"].empty()}}})},
        {"results", std::move(results)}};
    return text_of(
        Json{{"$schema", kSarifSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}});
}

}  // namespace brownout::sim
