// The JSON Schema of exploration reports, field by field in the order of the report.
#include "report_json.hpp"

#include <sim/scenario_names.hpp>

namespace brownout::sim {

namespace {

Json of_type(const char* type, const char* description)
{
    return {{"type", type}, {"description", description}};
}

Json text(const char* description)
{
    return of_type("string", description);
}

Json count(const char* description)
{
    Json schema = of_type("integer", description);
    schema["minimum"] = 0;
    return schema;
}

Json list_of(Json items, const char* description)
{
    return {{"type", "array"}, {"items", std::move(items)}, {"description", description}};
}

template <class Value>
Json names(std::span<const Named<Value>> table)
{
    Json list = Json::array();
    for (const Named<Value>& entry : table) {
        list.push_back(entry.name);
    }
    return {{"enum", std::move(list)}};
}

// All properties are required but those named in `optional`; there are no others.
Json object(Json properties, const std::vector<std::string>& optional = {})
{
    Json required = Json::array();
    for (const auto& [name, schema] : properties.items()) {
        if (std::find(optional.begin(), optional.end(), name) == optional.end()) {
            required.push_back(name);
        }
    }
    return {{"type", "object"},
            {"additionalProperties", false},
            {"properties", std::move(properties)},
            {"required", std::move(required)}};
}

Json digest()
{
    return {{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}};
}

Json inputs_schema()
{
    return object({{"scenario_sha256", digest()},
                   {"board_sha256", digest()},
                   {"images", {{"type", "object"}, {"additionalProperties", digest()}}}},
                  {"board_sha256"});
}

Json violation_schema()
{
    return object({{"check", text("name of the check that does not hold")},
                   {"sentence", text("what happened")},
                   {"cuts", count("power cuts on the simplest way there that was found")},
                   {"nodes", count("nodes of the graph at which the check does not hold")},
                   {"trace", list_of(text("one boot"), "the way there, for people")},
                   {"tried", count("other ways that were tried in search of a simpler one")},
                   {"found_as", text("the way that was found first, if one was simpler")},
                   {"repro", text("file for brownout replay")},
                   {"known_fix", text("fix of the core with which it is gone")}},
                  {"repro", "known_fix", "found_as"});
}

Json wear_schema()
{
    return object({{"device", text("with the sector that is worn most")},
                   {"offset", count("of that sector")},
                   {"erases_uncut", count("of a sector in an upgrade that is not cut, the most")},
                   {"erases_max", count("the same along the ways that were found")},
                   {"erase_cycles", count("endurance")},
                   {"upgrades_per_lifetime", count("at erases_max each")}});
}

Json check_schema()
{
    return object({{"name", text("as in brownout list")},
                   {"result", {{"enum", {"holds", "failed", "inconclusive"}}}}});
}

Json network_schema()
{
    return object(
        {{"same_version", count("states at reset: both cores have whole images of one version")},
         {"application_newer", count("states: the application's version is higher")},
         {"network_newer", count("states: the network core's version is higher")},
         {"cuts_half_written", count("cuts that leave the network image half-written")},
         {"network_half_written", count("states with a half-written network image; those that no "
                                        "boot can tell apart are one")},
         {"application_half_written", count("states with a half-written application")},
         {"versions_differ_running", count("boots after which the cores ran two versions")},
         {"mixtures_running", count("boots after which the network core ran a mixture")},
         {"network_not_running", count("boots after which the network core ran nothing")},
         {"boots_to_heal_max", count("boots until a whole network image runs, from the states "
                                     "with a half-written one; missing: never from one of them")},
         {"boots_to_match_max", count("boots until both cores run one version, from the states "
                                      "with two; missing: never from one of them")},
         {"application_newer_after", text("the shortest way to such a state, its last run")},
         {"network_newer_after", text("likewise")},
         {"half_written_after", text("likewise")}},
        {"boots_to_heal_max", "boots_to_match_max", "application_newer_after",
         "network_newer_after", "half_written_after"});
}

Json exploration_schema()
{
    return object(
        {{"index", count("in the suite, all shards together")},
         {"variant",
          {{"type", "object"},
           {"additionalProperties", {{"type", "string"}}},
           {"description", "what the matrix of the scenario chose"}}},
         {"scenario", text("what it shows")},
         {"file", text("scenario file, as named on the command line")},
         {"line", count("of explore in the file")},
         {"core", object({{"name", text("of the bootloader")},
                          {"behaves_as", text("the release that it models")}})},
         {"strategy", names(strategy_names())},
         {"geometry", text("flash devices: sectors and write units")},
         {"inputs", inputs_schema()},
         {"closed", of_type("boolean", "no unexplored edge is left")},
         {"granularity", names(granularity_names())},
         {"tears", list_of(text("tear model"), "what the op in flight may leave")},
         {"states", count("distinct states at reset")},
         {"contents", count("distinct contents of all flash at reset")},
         {"nodes", count("states, told apart by the application's story too")},
         {"edges", count("power cuts and completed runs followed")},
         {"boots", count("boots run")},
         {"depth", count("power cuts after which nothing new turned up")},
         {"stopped_by", text("why it is not closed")},
         {"waiting", count("nodes not yet booted")},
         {"network_core", network_schema()},
         {"walks", count("of a random search; it closes nothing")},
         {"checks", list_of(check_schema(), "what was checked")},
         {"violations", list_of(violation_schema(), "the simplest one of each check")},
         {"wear", wear_schema()},
         {"elapsed_s", of_type("number", "measured: differs from run to run")},
         {"memory_bytes_per_state", of_type("number", "measured: differs from run to run")}},
        {"stopped_by", "waiting", "walks", "wear", "network_core"});
}

Json skipped_schema()
{
    return object({{"index", count("in the suite, all shards together")},
                   {"variant",
                    {{"type", "object"},
                     {"additionalProperties", {{"type", "string"}}},
                     {"description", "what the matrix of the scenario chose"}}},
                   {"scenario", text("what it shows")},
                   {"file", text("scenario file, as named on the command line")},
                   {"line", count("of explore in the file")},
                   {"strategy", names(strategy_names())},
                   {"reason", text("why the chosen core does not fit")}});
}

Json coverage_schema()
{
    const Json row = object({{"row", text("of the table")},
                             {"reached", count("times")},
                             {"unreachable_because", text("why no scenario can reach it")}},
                            {"unreachable_because"});
    return object({{"strategy", names(strategy_names())},
                   {"table", text("decision table, or the status entries")},
                   {"rows", list_of(row, "all of them")}});
}

Json error_schema()
{
    return object({{"file", text("the file that is not right")},
                   {"line", count("in it")},
                   {"sentence", text("what is wrong")}});
}

Json number(const char* description)
{
    return of_type("number", description);
}

// Violations of rules, and notes of drivers.
Json rule_schema()
{
    return object({{"rule", text("its stable name")},
                   {"text", text("what happened")},
                   {"source", text("where the rule stands")},
                   {"symbol", text("of the firmware: the buffer at fault, or the running code")},
                   {"in", text("functions of the firmware; empty: not known")},
                   {"effect", text("what came of it, if its call failed")},
                   {"after_calls", count("flash calls made before")}});
}

Json phase_schema()
{
    return object({{"phase", text("what the boot did")},
                   {"duration_s", number("device time")},
                   {"erases", count("calls that erase")},
                   {"erase_s", number("device time of them")},
                   {"bytes_written", count("by the calls of the phase")},
                   {"write_s", number("device time of that")}});
}

Json smp_request_schema()
{
    const Json slot = object({{"image", count("number")},
                              {"slot", count("number")},
                              {"version", text("as the server says it")},
                              {"name", text("of the image in the scenario; empty: none")},
                              {"flags", list_of(text("active, confirmed, ..."), "of the slot")}});
    return object({{"request", names(smp_kind_names())},
                   {"start_s", number("device time")},
                   {"answer", names(smp_answer_names())},
                   {"longest_wait_s", number("of the client for an answer")},
                   {"first_offset", count("upload: first byte that counted")},
                   {"next_offset", count("upload: where it ended")},
                   {"chunks", count("upload: requests that were answered")},
                   {"slots", list_of(slot, "list")}},
                  {"answer", "longest_wait_s", "first_offset", "next_offset", "chunks", "slots"});
}

Json step_schema()
{
    const Json use = object({{"erases", count("sectors or blocks")},
                             {"erased_bytes", count("by them")},
                             {"programs", count("words or pages")},
                             {"programmed_bytes", count("by them")}});
    const Json line = object({{"time_s", number("device time")},
                              {"text", text("of the line")},
                              {"core", {{"enum", {"network"}}}}},
                             {"core"});
    return object({{"step", names(step_names())},
                   {"start_s", number("device time")},
                   {"end_s", number("device time; this and what follows: if something ran")},
                   {"outcome", text("of the run")},
                   {"calls", count("flash-area writes and erases")},
                   {"operations", count("of flash devices")},
                   {"flash_use", {{"type", "object"}, {"additionalProperties", use}}},
                   {"log", list_of(line, "of both cores")},
                   {"phases", list_of(phase_schema(), "of a boot, in their order")},
                   {"violations", list_of(rule_schema(), "of device rules")},
                   {"notes", list_of(rule_schema(), "of drivers that served what breaks a rule")},
                   {"requests", list_of(smp_request_schema(), "of a management session")},
                   {"failures", list_of(text("what was not as expected"), "with their places")}},
                  {"end_s", "outcome", "calls", "operations", "flash_use", "log", "phases",
                   "violations", "notes", "requests", "failures"});
}

Json partition_wear_schema()
{
    return object({{"partition", text("name")},
                   {"device", text("it lies on")},
                   {"erases", count("of its sectors together")},
                   {"sectors_erased", count("at least once")},
                   {"most_erases", count("of one sector")},
                   {"most_sector", count("that sector, from 0")},
                   {"erase_cycles_max", count("endurance; 0: not given")},
                   {"runs_in_a_lifetime", count("of this scenario")}});
}

// The identity of a schema, and what it says.
std::string schema_text(const char* title, Json content)
{
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(std::move(content));
    return schema.dump(2) + "\n";
}

}  // namespace

std::string run_schema_json()
{
    const Json release = object({{"release", text("whose wording log lines have")},
                                 {"mcuboot", text("the tag in it")},
                                 {"known_differences", list_of(text("of behaviour"), "if any")}});
    return schema_text(
        "Brownout run report",
        object({{"format", {{"const", 1}}},
                {"scenario", text("what it shows")},
                {"file", text("scenario file, as named on the command line")},
                {"core", object({{"name", text("of the bootloader")},
                                 {"behaves_as", text("the release that it models")}})},
                {"inputs", inputs_schema()},
                {"holds", of_type("boolean", "all expectations do")},
                {"log", release},
                {"steps", list_of(step_schema(), "in their order")},
                {"wear", list_of(partition_wear_schema(), "one per partition that was erased")},
                {"slots",
                 {{"type", "object"},
                  {"additionalProperties", {{"type", "string"}}},
                  {"description", "what each partition holds in the end"}}}},
               {"log"}));
}

std::string exploration_schema_json()
{
    return schema_text("Brownout exploration report",
                       object({{"format", {{"const", 1}}},
                               {"planned", count("explorations of the suite, all shards together")},
                               {"explorations", list_of(exploration_schema(), "one per scenario")},
                               {"skipped", list_of(skipped_schema(), "not for the chosen core")},
                               {"errors", list_of(error_schema(), "what could not be explored")},
                               {"coverage", list_of(coverage_schema(), "only with --coverage")}},
                              {"coverage"}));
}

}  // namespace brownout::sim
