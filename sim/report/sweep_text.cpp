#include <sim/seed_sweep.hpp>

#include "report_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace brownout::sim {

namespace {

constexpr std::size_t kReasonsShown = 3;

std::string label_of(const SweepRow& row)
{
    std::string label;
    for (const auto& [axis, value] : row.variant) {
        label += (label.empty() ? "" : ", ") + value;
    }
    return label.empty() ? row.name : label;
}

std::string percent(std::uint32_t ppm)
{
    return fmt::format("{:g} %", ppm / 1e4);
}

std::string wanted_words(const SeedSweep& wanted)
{
    if (wanted.fails_to_ppm == 0) {
        return "never";
    }
    if (wanted.fails_from_ppm == 0) {
        return "at most " + percent(wanted.fails_to_ppm);
    }
    return wanted.fails_to_ppm == 1'000'000
               ? "at least " + percent(wanted.fails_from_ppm)
               : percent(wanted.fails_from_ppm) + " to " + percent(wanted.fails_to_ppm);
}

}  // namespace

void print_sweep(const std::vector<SweepRow>& rows, const std::string& command, std::ostream& out)
{
    std::size_t width = 0;
    for (const SweepRow& row : rows) {
        width = std::max(width, label_of(row).size());
    }
    out << fmt::format("  {:<{}}  {:>8}  {:>15}  {:<16}\n", "", width, "fails", "runs", "expected");
    for (const SweepRow& row : rows) {
        out << fmt::format("  {:<{}}  {:>6.1f} %  {:>6} of {:>5}  {:<16} {}{}\n", label_of(row),
                           width, row.failed_percent(), row.failed, row.runs,
                           wanted_words(row.wanted), row.holds ? "" : "FAILS",
                           row.same_for_all_seeds ? "(nothing is drawn: one run is all)" : "");
    }
    for (const SweepRow& row : rows) {
        if (row.failed == 0) {
            continue;
        }
        out << "\n" << label_of(row) << '\n';
        for (std::size_t i = 0; i < std::min(kReasonsShown, row.failures.size()); ++i) {
            out << fmt::format("  {:>6}  {}\n", row.failures[i].runs, row.failures[i].sentence);
        }
        out << fmt::format("  see one  {} --row {} --seed {}\n", command, row.index + 1,
                           *row.first_failing_seed);
    }
    const auto wrong =
        std::count_if(rows.begin(), rows.end(), [](const SweepRow& row) { return !row.holds; });
    out << (wrong == 0 ? fmt::format("\nAll {} rows fail as often as expected.\n", rows.size())
                       : fmt::format("\n{} of {} rows FAIL more or less often than expected.\n",
                                     wrong, rows.size()));
}

std::string sweep_json(const std::vector<SweepRow>& rows, const std::string& file)
{
    Json document{{"format", 1}, {"file", file}, {"holds", true}};
    Json& list = document["rows"] = Json::array();
    for (const SweepRow& row : rows) {
        Json variant = Json::object();
        for (const auto& [axis, value] : row.variant) {
            variant[axis] = value;
        }
        Json reasons = Json::array();
        for (const SweepFailure& failure : row.failures) {
            reasons.push_back({{"sentence", failure.sentence}, {"runs", failure.runs}});
        }
        Json entry{
            {"row", row.index + 1},
            {"scenario", row.name},
            {"variant", std::move(variant)},
            {"runs", row.runs},
            {"failed", row.failed},
            {"failed_percent", row.failed_percent()},
            {"expected_percent",
             {{"from", row.wanted.fails_from_ppm / 1e4}, {"to", row.wanted.fails_to_ppm / 1e4}}},
            {"holds", row.holds},
            {"same_for_all_seeds", row.same_for_all_seeds},
            {"failures", std::move(reasons)}};
        if (row.first_failing_seed) {
            entry["first_failing_seed"] = *row.first_failing_seed;
        }
        document["holds"] = document["holds"].get<bool>() && row.holds;
        list.push_back(std::move(entry));
    }
    return text_of(document);
}

}  // namespace brownout::sim
