// JUnit XML: a suite per file, a test case per exploration. What holds passes, a broken check is a
// failure, and an exploration that did not close, or could not begin, is an error: never green.
// What is not for the chosen core is skipped.
#include "report_json.hpp"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace brownout::sim {

namespace {

// Control characters cannot be written in XML 1.0 at all.
std::string escaped(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\n':
        case '\t':
            out += c;
            break;
        default:
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string attribute(const Json& value)
{
    return escaped(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string properties_of(const Json& exploration)
{
    std::string xml = "      <properties>\n";
    for (const char* name :
         {"strategy", "geometry", "granularity", "states", "edges", "boots", "depth"}) {
        xml += fmt::format("        <property name=\"{}\" value=\"{}\"/>\n", name,
                           attribute(exploration[name]));
    }
    return xml + "      </properties>\n";
}

std::string failure_of(const Json& violation)
{
    std::string body;
    for (const Json& line : violation["trace"]) {
        body += line.get<std::string>() + "\n";
    }
    std::string repro;
    if (violation.contains("repro")) {
        repro = "brownout replay " + violation["repro"].get<std::string>();
        body += "repro: " + repro + "\n";
    }
    const int cuts = violation["cuts"];
    return fmt::format("      <failure type=\"{}\" message=\"after {} cut{}: {}{}\">{}</failure>\n",
                       attribute(violation["check"]), cuts, cuts == 1 ? "" : "s",
                       attribute(violation["sentence"]), repro.empty() ? "" : escaped("; " + repro),
                       escaped(body));
}

std::string case_of(const Json& exploration)
{
    std::string xml =
        fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n",
                    attribute(exploration["strategy"]), escaped(name_of_exploration(exploration)),
                    exploration["elapsed_s"].get<double>());
    xml += properties_of(exploration);
    for (const Json& violation : exploration["violations"]) {
        xml += failure_of(violation);
    }
    if (verdict_of(exploration) == Verdict::kIncomplete) {
        xml += fmt::format("      <error type=\"incomplete\" message=\"INCOMPLETE: {}\"/>\n",
                           attribute(exploration["stopped_by"]));
    }
    return xml + "    </testcase>\n";
}

std::string skipped_case_of(const Json& skipped)
{
    return fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n"
                       "      <skipped message=\"{}\"/>\n    </testcase>\n",
                       attribute(skipped["strategy"]), escaped(name_of_exploration(skipped)),
                       attribute(skipped["reason"]));
}

std::string error_case_of(const Json& error)
{
    return fmt::format("    <testcase classname=\"input\" name=\"bad input\">\n"
                       "      <error type=\"bad-input\" message=\"{}\"/>\n    </testcase>\n",
                       attribute(error["sentence"]));
}

struct Suite {
    std::string cases;
    int tests = 0;
    int failures = 0;
    int errors = 0;
    int skipped = 0;
    double seconds = 0;
};

}  // namespace

std::string junit_xml(const Json& document)
{
    std::vector<std::string> order;
    std::map<std::string, Suite> suites;
    const auto suite_of = [&](const Json& entry) -> Suite& {
        const std::string file = entry["file"];
        if (suites.find(file) == suites.end()) {
            order.push_back(file);
        }
        return suites[file];
    };
    for (const Json& exploration : document["explorations"]) {
        Suite& suite = suite_of(exploration);
        suite.cases += case_of(exploration);
        suite.seconds += exploration["elapsed_s"].get<double>();
        ++suite.tests;
        suite.failures += verdict_of(exploration) == Verdict::kFailed ? 1 : 0;
        suite.errors += verdict_of(exploration) == Verdict::kIncomplete ? 1 : 0;
    }
    for (const Json& skipped : document["skipped"]) {
        Suite& suite = suite_of(skipped);
        suite.cases += skipped_case_of(skipped);
        ++suite.tests;
        ++suite.skipped;
    }
    for (const Json& error : document["errors"]) {
        Suite& suite = suite_of(error);
        suite.cases += error_case_of(error);
        ++suite.tests;
        ++suite.errors;
    }
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"brownout\">\n";
    for (const std::string& file : order) {
        const Suite& suite = suites[file];
        xml += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
                           "skipped=\"{}\" time=\"{:.3f}\">\n{}  </testsuite>\n",
                           escaped(file), suite.tests, suite.failures, suite.errors, suite.skipped,
                           suite.seconds, suite.cases);
    }
    return xml + "</testsuites>\n";
}

}  // namespace brownout::sim
