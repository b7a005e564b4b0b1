// The state graph as a Graphviz file.
#include <sim/state_graph.hpp>

#include <fmt/format.h>

namespace brownout::sim {

namespace {

// Between quotation marks; a line break stays one.
std::string dot_quoted(const std::string& text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += '\\';
        }
        if (c == '\n') {
            quoted += "\\n";
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

std::string story_words(const Story& story)
{
    if (story.confirmed) {
        return "confirmed";
    }
    std::string words = story.ran_new     ? "new image ran"
                        : story.requested ? "upgrade requested"
                                          : "before the request";
    return story.permanent && story.requested ? words + ", permanent" : words;
}

// Colours that colour-blind people tell apart (Okabe and Ito), with black text on them; what they
// say is said in words as well.
const char* fill_of(const DrawnState& state)
{
    if (!state.broken_check.empty()) {
        return "#D55E00";
    }
    if (!state.booted) {
        return "#DDDDDD";
    }
    if (state.image < 0) {
        return "#CC79A7";
    }
    return state.image == state.story.new_image ? "#E69F00" : "#56B4E9";
}

std::string state_line(const DrawnState& state, std::size_t index)
{
    std::string words;
    if (index == 0) {
        words = "start\n";
    }
    words += state.states == 1 ? fmt::format("state {}", state.first_node)
                               : fmt::format("{} states", state.states);
    words += state.depth == state.depth_max
                 ? fmt::format(", {} cut{}", state.depth, state.depth == 1 ? "" : "s")
                 : fmt::format(", {} to {} cuts", state.depth, state.depth_max);
    words += "\n" + story_words(state.story);
    words += "\nnext boot: " + state.next_boot;
    words += state.at_rest ? "\nat rest" : "";
    words += state.broken_check.empty() ? "" : "\nFAILED " + state.broken_check;
    return fmt::format("  s{} [label={}, fillcolor=\"{}\"{}{}];\n", index, dot_quoted(words),
                       fill_of(state), state.at_rest ? ", peripheries=2" : "",
                       state.on_way_to_finding ? ", penwidth=3" : "");
}

std::string run_prefix(RunKind run)
{
    switch (run) {
    case RunKind::kBoot:
        break;
    case RunKind::kRequest:
        return "request: ";
    case RunKind::kConfirm:
        return "confirm: ";
    case RunKind::kUpload:
        return "upload: ";
    }
    return {};
}

std::string edge_words(const DrawnEdge& edge)
{
    if (edge.kind == DrawnEdge::Kind::kCompletes) {
        return run_prefix(edge.run) + "completes";
    }
    const char* what = edge.kind == DrawnEdge::Kind::kCut    ? "cut at call"
                       : edge.kind == DrawnEdge::Kind::kTorn ? "torn in call"
                                                             : "MCU reset in call";
    return run_prefix(edge.run) +
           (edge.first_call == edge.last_call
                ? fmt::format("{} {}", what, edge.first_call)
                : fmt::format("{}s {} to {}", what, edge.first_call, edge.last_call));
}

std::string edge_line(const DrawnEdge& edge)
{
    return fmt::format("  s{} -> s{} [label={}{}{}];\n", edge.from, edge.to,
                       dot_quoted(edge_words(edge)),
                       edge.kind == DrawnEdge::Kind::kCompletes ? ", style=dashed" : "",
                       edge.on_way_to_finding ? ", color=\"#D55E00\", penwidth=3" : "");
}

}  // namespace

std::string state_graph_dot(const ScenarioMachine& machine, const Exploration& exploration,
                            const StateGraph& graph)
{
    const std::string verdict = exploration.closed ? "every sequence of power cuts"
                                                   : "INCOMPLETE: " + exploration.stopped_by;
    std::string text = "digraph states {\n";
    text += fmt::format(
        "  graph [label={}, labelloc=t, rankdir=TB, bgcolor=white, fontname=\"sans-serif\"];\n",
        dot_quoted(fmt::format("{}: {}\n{}\nsolid: the first way that led there; dashed: where the "
                               "uncut boot leads; double border: at rest",
                               machine.scenario().name, verdict, state_graph_summary(graph))));
    text += "  node [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\"];\n"
            "  edge [fontname=\"sans-serif\", fontsize=11];\n";
    for (std::size_t i = 0; i < graph.states.size(); ++i) {
        text += state_line(graph.states[i], i);
    }
    for (const DrawnEdge& edge : graph.edges) {
        text += edge_line(edge);
    }
    return text + "}\n";
}

}  // namespace brownout::sim
