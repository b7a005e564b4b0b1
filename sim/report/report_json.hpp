// The JSON of reports, and what is made of it: other forms for machines read nothing else, so that
// a merged report makes them as well as a fresh one.
#pragma once

#include <sim/report.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace brownout::sim {

using Json = nlohmann::ordered_json;

// File names and logs are bytes; JSON is UTF-8: what is not is replaced.
std::string text_of(const Json& document);

// Digests of every input of a scenario.
Json inputs_json(const ScenarioMachine& machine);
Json core_json(const ScenarioMachine& machine);

// What follows takes the document of an ExplorationReport.
enum class Verdict { kHolds, kFailed, kIncomplete };
Verdict verdict_of(const Json& exploration);
// "Swap using move [swap-move, 4 KiB]": the scenario and what was chosen from its matrix.
std::string name_of_exploration(const Json& exploration);

std::string junit_xml(const Json& document);           // junit_report.cpp
std::string sarif_log(const Json& document);           // sarif_report.cpp
std::string tap_text(const Json& document);            // tap_report.cpp
std::string github_annotations(const Json& document);  // github_report.cpp
std::string github_summary(const Json& document);      // github_report.cpp

}  // namespace brownout::sim
