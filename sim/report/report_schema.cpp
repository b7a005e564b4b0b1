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
                                     "with a half-written one; missing: never from one of them")}},
        {"boots_to_heal_max"});
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

}  // namespace

std::string exploration_schema_json()
{
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "Brownout exploration report"}};
    schema.update(object({{"format", {{"const", 1}}},
                          {"planned", count("explorations of the suite, all shards together")},
                          {"explorations", list_of(exploration_schema(), "one per scenario")},
                          {"errors", list_of(error_schema(), "what could not be explored")},
                          {"coverage", list_of(coverage_schema(), "only with --coverage")}},
                         {"coverage"}));
    return schema.dump(2) + "\n";
}

}  // namespace brownout::sim
