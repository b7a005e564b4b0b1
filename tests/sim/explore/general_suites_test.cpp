// What the general suites find by themselves: the table of scenarios/suites/README.md, row by row.
#include "small_scenario.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>
#include <sim/suite.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>

namespace brownout::sim {
namespace {

const std::filesystem::path kScenarios = TEST_SCENARIOS_FOLDER;

std::string whole_file(const std::filesystem::path& path)
{
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Row {
    std::string defect;
    std::vector<std::string> without;  // fixes that are left out
    std::string suite;
    std::string member;  // what the matrix chose, as reports say it
    std::string check;
    std::uint32_t cuts = 0;
};

void PrintTo(const Row& row, std::ostream* out)
{
    *out << row.defect;
}

std::vector<std::string> split(const std::string& text, const std::string& at)
{
    std::vector<std::string> parts;
    for (std::size_t from = 0; !text.empty() && from != std::string::npos;) {
        const std::size_t end = text.find(at, from);
        parts.push_back(text.substr(from, end == std::string::npos ? end : end - from));
        from = end == std::string::npos ? end : end + at.size();
    }
    return parts;
}

std::vector<Row> table_rows()
{
    std::vector<Row> rows;
    std::istringstream lines(whole_file(kScenarios / "suites" / "README.md"));
    for (std::string line; std::getline(lines, line);) {
        // "", defect, without, suite, scenario, check, cuts, ""
        std::vector<std::string> cells = split(line, "|");
        if (cells.size() != 8 || line.find("---") != std::string::npos) {
            continue;
        }
        for (std::string& cell : cells) {
            const std::size_t first = cell.find_first_not_of(' ');
            cell = first == std::string::npos
                       ? ""
                       : cell.substr(first, cell.find_last_not_of(' ') - first + 1);
        }
        if (cells[1] != "defect") {
            rows.push_back({cells[1], split(cells[2], ", "), cells[3], cells[4], cells[5],
                            static_cast<std::uint32_t>(std::stoul(cells[6]))});
        }
    }
    return rows;
}

std::vector<std::string> general_suites()
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kScenarios / "suites")) {
        const std::string name = entry.path().stem().string();
        if (name.starts_with("general-")) {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string suite_file(const std::string& name)
{
    return (kScenarios / "suites" / (name + ".yaml")).string();
}

std::uint32_t bit_of_fix(const std::string& name)
{
    const auto fix = value_of(fix_names(), name);
    return fix ? static_cast<std::uint32_t>(*fix) : 0;
}

std::uint32_t every_fix()
{
    std::uint32_t all = 0;
    for (const Named<boot_fix>& fix : fix_names()) {
        all |= static_cast<std::uint32_t>(fix.value);
    }
    return all;
}

Exploration explored(Scenario scenario)
{
    ScenarioMachine machine(std::move(scenario));
    return explore_all(machine);
}

void expect_holds(Scenario scenario)
{
    const Exploration exploration = explored(std::move(scenario));
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    for (const Finding& finding : exploration.findings) {
        ADD_FAILURE() << finding.check << ": " << finding.sentence;
    }
}

class GeneralSuite : public testing::TestWithParam<Row> {
protected:
    // The scenario of the row, with every fix.
    static std::optional<Scenario> member()
    {
        for (SuiteEntry& entry : suite_entries({suite_file(GetParam().suite)}, {})) {
            if (entry_name(entry).ends_with(" [" + GetParam().member + "]")) {
                return std::move(entry.scenario);
            }
        }
        return std::nullopt;
    }
};

TEST_P(GeneralSuite, FindsTheDefectUnaidedAndNothingOnceItIsMended)
{
    std::optional<Scenario> scenario = member();
    ASSERT_TRUE(scenario) << GetParam().suite << " has no [" << GetParam().member << "]";
    ASSERT_EQ(scenario->boot.fixes, every_fix());
    Scenario mended = *scenario;
    for (const std::string& name : GetParam().without) {
        ASSERT_NE(bit_of_fix(name), 0u) << name;
        scenario->boot.fixes &= ~bit_of_fix(name);
    }
    if (const auto older = value_of(older_names(), GetParam().defect)) {
        scenario->boot.older = static_cast<std::uint32_t>(*older);
    } else if (GetParam().without.empty()) {
        mended.explore->tears.clear();  // nothing else mends what only a tear does
    } else {
        mended.boot.fixes = scenario->boot.fixes | bit_of_fix(GetParam().without.front());
    }

    const Exploration exploration = explored(*scenario);
    EXPECT_TRUE(exploration.closed) << exploration.stopped_by;
    const auto found =
        std::find_if(exploration.findings.begin(), exploration.findings.end(),
                     [](const Finding& finding) { return finding.check == GetParam().check; });
    ASSERT_NE(found, exploration.findings.end());
    EXPECT_EQ(found->cuts, GetParam().cuts);
    EXPECT_TRUE(still_fails(*found)) << to_yaml(found->repro, "x.yaml");

    expect_holds(std::move(mended));
}

INSTANTIATE_TEST_SUITE_P(Table, GeneralSuite, testing::ValuesIn(table_rows()),
                         [](const testing::TestParamInfo<Row>& row) {
                             std::string name = row.param.defect;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

std::set<std::string> files_in(const char* folder)
{
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(kScenarios / folder)) {
        if (file.path().extension() == ".yaml") {
            names.insert(file.path().stem().string());
        }
    }
    return names;
}

TEST(GeneralSuites, FindEveryDefectThatHasARegressionScenario)
{
    std::set<std::string> listed;
    std::set<std::string> fixes;
    for (const Row& row : table_rows()) {
        listed.insert(row.defect);
        fixes.insert(row.without.begin(), row.without.end());
    }
    std::set<std::string> known;
    for (const char* folder : {"regressions", "regressions/older", "regressions/torn"}) {
        known.merge(files_in(folder));
    }
    known.erase("nand-without-ecc");  // of a board, not of the bootloader
    EXPECT_EQ(listed, known);
    for (const Named<boot_fix>& fix : fix_names()) {
        EXPECT_EQ(fixes.count(std::string(fix.name)), 1u) << fix.name;
    }
}

TEST(GeneralSuites, KnowOfNoDefect)
{
    ASSERT_GE(general_suites().size(), 8u);
    for (const std::string& suite : general_suites()) {
        const std::string text = whole_file(suite_file(suite));
        for (const Row& row : table_rows()) {
            EXPECT_EQ(text.find(row.defect), std::string::npos) << suite << ": " << row.defect;
        }
        for (const char* aid : {"older:", "mutant:", "checks:", "cut:", "fixes: ["}) {
            EXPECT_EQ(text.find(aid), std::string::npos) << suite << ": " << aid;
        }
    }
}

// A fifth of them; `brownout explore scenarios/suites/general-*.yaml` explores them all.
class WholeSuite : public testing::TestWithParam<std::string> {};

TEST_P(WholeSuite, HoldsWhereKnownDefectsAreClosed)
{
    constexpr std::uint64_t kShards = 5;
    for (SuiteEntry& entry : suite_entries({suite_file(GetParam())}, {})) {
        if (entry.index % kShards == 0) {
            SCOPED_TRACE(entry_name(entry));
            expect_holds(std::move(entry.scenario));
        }
    }
}

std::vector<std::string> suites_that_hold()
{
    std::vector<std::string> names = general_suites();
    names.erase(std::remove(names.begin(), names.end(), "general-torn-bits"), names.end());
    return names;
}

INSTANTIATE_TEST_SUITE_P(General, WholeSuite, testing::ValuesIn(suites_that_hold()),
                         [](const testing::TestParamInfo<std::string>& suite) {
                             std::string name = suite.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace brownout::sim
