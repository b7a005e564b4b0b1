// An exploration as the page reads it: verdicts, the graph collapsed, boot times of all states.
#include "check/wear.hpp"
#include "recording_view.hpp"

#include <sim/report.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

using Json = nlohmann::json;

Json state_json(const DrawnState& state)
{
    return Json{{"states", state.states},
                {"depth", state.depth},
                {"requested", state.story.requested},
                {"ran_new", state.story.ran_new},
                {"confirmed", state.story.confirmed},
                {"next", state.next_boot},
                {"image", state.image},
                {"rest", state.at_rest},
                {"booted", state.booted},
                {"on_way", state.on_way_to_finding},
                {"broken", state.broken_check}};
}

Json graph_json(const StateGraph& drawn)
{
    Json json{{"summary", state_graph_summary(drawn)}};
    Json& states = json["states"] = Json::array();
    for (const DrawnState& state : drawn.states) {
        states.push_back(state_json(state));
    }
    Json& edges = json["edges"] = Json::array();
    for (const DrawnEdge& edge : drawn.edges) {
        edges.push_back(Json{{"from", edge.from},
                             {"to", edge.to},
                             {"kind", static_cast<int>(edge.kind)},
                             {"states", edge.states},
                             {"first", edge.first_call},
                             {"last", edge.last_call},
                             {"on_way", edge.on_way_to_finding}});
    }
    return json;
}

}  // namespace

nlohmann::json view_of(const ExploredView& explored)
{
    const Exploration& exploration = explored.exploration;
    Json json{{"closed", exploration.closed},
              {"stopped_by", exploration.stopped_by},
              {"granularity", granularity_words(exploration.granularity)},
              {"tears", tear_words(exploration)},
              {"sampled", exploration.sampled},
              {"states", exploration.states},
              {"edges", exploration.edges},
              {"boots", exploration.boots},
              {"depth", exploration.depth},
              {"waiting", exploration.waiting},
              {"rest_boots", exploration.boots_to_rest_max},
              {"title", explored.machine.scenario().name},
              {"recorded", explored.recorded}};
    Json& checks = json["checks"] = Json::array();
    for (const CheckResult& check : exploration.checks) {
        checks.push_back(Json{{"name", check.name}, {"holds", check.holds}});
    }
    Json& findings = json["findings"] = Json::array();
    for (const Finding& finding : exploration.findings) {
        findings.push_back(Json{{"check", finding.check},
                                {"sentence", finding.sentence},
                                {"count", finding.count},
                                {"cuts", finding.cuts},
                                {"trace", finding.trace}});
    }
    Json& boots = json["boot_times"] = Json::array();  // microseconds, ascending
    std::vector<std::int64_t> times;
    for (const Node& node : explored.graph.nodes) {
        if (node.expanded) {
            times.push_back(node.facts.duration.count() / 1'000'000);
        }
    }
    std::sort(times.begin(), times.end());
    for (const std::int64_t time : times) {
        boots.push_back(time);
    }
    Json& wear = json["wear"] = Json::array();
    for (const SectorErases& sector : most_erases(explored.graph)) {
        wear.push_back(Json::array({sector.device, sector.offset_bytes, sector.count}));
    }
    json["graph"] = graph_json(state_graph(explored.machine, exploration, explored.graph));
    return json;
}

}  // namespace brownout::sim
