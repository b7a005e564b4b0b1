#include <sim/case_exploration.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ostream>

namespace brownout::sim {

void print_case_exploration(const CaseExploration& exploration, std::ostream& out)
{
    out << fmt::format("{}   {}, from the flash before step {}, cut between calls\n",
                       exploration.id, exploration.strategy, exploration.step);
    if (exploration.closed) {
        out << "Every sequence of power cuts explored.\n";
    } else {
        out << fmt::format("INCOMPLETE  {}: {} states waiting\n", exploration.stopped_by,
                           exploration.waiting);
    }
    out << fmt::format(
        "  states   {} distinct flash contents at reset ({} that a cut leaves)\n"
        "  edges    {} ({} cuts, {} boots that run to their end)\n  boots    {}\n  depth    {}\n",
        exploration.states, exploration.cut_states, exploration.edges, exploration.cuts,
        exploration.boots, exploration.boots, exploration.depth);
    for (const auto& [end, count] : exploration.ends) {
        out << fmt::format("  from {} of them the next uncut boot: {}\n", count, end);
    }
    out << fmt::format("  took     {:.2f} s\n", exploration.elapsed_seconds);
}

std::string case_exploration_json(const CaseExploration& exploration)
{
    nlohmann::ordered_json document{{"format", 1},
                                    {"case", exploration.id},
                                    {"strategy", exploration.strategy},
                                    {"step", exploration.step},
                                    {"granularity", "calls"},
                                    {"closed", exploration.closed},
                                    {"states", exploration.states},
                                    {"cut_states", exploration.cut_states},
                                    {"edges", exploration.edges},
                                    {"cuts", exploration.cuts},
                                    {"boots", exploration.boots},
                                    {"depth", exploration.depth},
                                    {"ends", exploration.ends},
                                    {"elapsed_s", exploration.elapsed_seconds}};
    if (!exploration.closed) {
        document["stopped_by"] = exploration.stopped_by;
        document["waiting"] = exploration.waiting;
    }
    return document.dump(2) + "\n";
}

}  // namespace brownout::sim
