// TAP 13: a test point per exploration. What did not close, or could not be loaded, is not ok; what
// is not for the chosen core has a SKIP directive.
#include "report_json.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

// '#' begins a directive in the description of a test point.
std::string tap_description(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        out += c == '#' ? "\\#" : c == '\n' ? " " : std::string(1, c);
    }
    return out;
}

// A YAML block; a JSON string is a YAML scalar.
std::string tap_details(const Json& details)
{
    std::string out = "  ---\n";
    for (const auto& [key, value] : details.items()) {
        out += fmt::format("  {}: {}\n", key, value.dump());
    }
    return out + "  ...\n";
}

std::string tap_point(int number, bool ok, const std::string& description)
{
    return fmt::format("{} {} - {}\n", ok ? "ok" : "not ok", number, tap_description(description));
}

}  // namespace

std::string tap_text(const Json& document)
{
    const std::size_t count =
        document["explorations"].size() + document["skipped"].size() + document["errors"].size();
    std::string out = fmt::format("TAP version 13\n1..{}\n", count);
    int number = 0;
    for (const Json& exploration : document["explorations"]) {
        const Verdict verdict = verdict_of(exploration);
        out += tap_point(++number, verdict == Verdict::kHolds, name_of_exploration(exploration));
        if (verdict == Verdict::kIncomplete) {
            out += tap_details(
                Json{{"severity", "incomplete"}, {"message", exploration["stopped_by"]}});
        }
        for (const Json& violation : exploration["violations"]) {
            Json details{{"severity", "fail"},
                         {"check", violation["check"]},
                         {"message", violation["sentence"]},
                         {"cuts", violation["cuts"]},
                         {"trace", violation["trace"]}};
            if (violation.contains("repro")) {
                details["replay"] = "brownout replay " + violation["repro"].get<std::string>();
            }
            out += tap_details(details);
        }
    }
    for (const Json& skipped : document["skipped"]) {
        out += fmt::format("ok {} - {} # SKIP {}\n", ++number,
                           tap_description(name_of_exploration(skipped)),
                           tap_description(skipped["reason"]));
    }
    for (const Json& error : document["errors"]) {
        out += tap_point(++number, false, "bad input");
        out += tap_details(Json{{"severity", "error"}, {"message", error["sentence"]}});
    }
    return out;
}

}  // namespace brownout::sim
