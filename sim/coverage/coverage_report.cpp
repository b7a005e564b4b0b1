#include <sim/coverage.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace brownout::sim {

namespace {

bool is_reached(const CoverageRow& row)
{
    return row.reached > 0;
}

void print_rows(const CoverageTable& table, bool can_be_reached, const char* word,
                std::ostream& out)
{
    for (const CoverageRow& row : table.rows) {
        if (is_reached(row) || row.unreachable_because.empty() != can_be_reached) {
            continue;
        }
        out << fmt::format("      {}  {}\n", word, row.name);
        if (!can_be_reached) {
            out << fmt::format("                     {}\n", row.unreachable_because);
        }
    }
}

}  // namespace

void print_coverage(const std::vector<CoverageTable>& tables, std::ostream& out)
{
    out << "\nDecision tables and status entries that the explored states reach\n";
    boot_strategy last = BOOT_STRATEGY_COUNT;
    std::uint64_t missed = 0;
    for (const CoverageTable& table : tables) {
        if (table.strategy != last) {
            out << fmt::format("\n  {}\n", name_of(strategy_names(), table.strategy));
            last = table.strategy;
        }
        const auto reached = std::count_if(table.rows.begin(), table.rows.end(), is_reached);
        out << fmt::format("    {:<18} {} of {}\n", table.name, reached, table.rows.size());
        print_rows(table, true, "NEVER REACHED", out);
        print_rows(table, false, "unreachable  ", out);
        missed += static_cast<std::uint64_t>(
            std::count_if(table.rows.begin(), table.rows.end(), [](const CoverageRow& row) {
                return !is_reached(row) && row.unreachable_because.empty();
            }));
    }
    out << (missed == 0 ? std::string("\nEvery row that can be reached is.\n")
                        : fmt::format("\n{} rows were never reached.\n", missed));
}

}  // namespace brownout::sim
